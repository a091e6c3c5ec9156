import { and, eq, lt, sql } from 'drizzle-orm';
import type { Place, Workspace } from '../access/actor.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { isGuid } from '../connections/tenant-name.ts';
import { type Clouds, graphScope } from '../graph/clouds.ts';
import { consentRequests } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { ConsentLedger } from './consent-ledger.ts';
import { type ConsentLinks, type Return, tidyCode } from './consent-links.ts';
import { type ConsentRequest, tenantOf } from './consent-request.ts';
import { mayGoToMicrosoft, pageSecret } from './consent-requests.ts';
import { type ConsentTimes, nextDue } from './consent-times.ts';
import { type ListedPermission, listedPermissions } from './listed-permissions.ts';
import { readReturn } from './microsoft-return.ts';

export interface ConsentPagesOptions {
  ledger: ConsentLedger;
  links: ConsentLinks;
  vault: Pick<SecretVault, 'isCodeHash'>;
  workspaces: Pick<Workspaces, 'byId'>;
  connections: Pick<Connections, 'requestTest'>;
  clouds: Clouds;
  /** What the operator calls an app of theirs; null for one of the customer's own. */
  appName(connection: StoredConnection): string | null;
  times: ConsentTimes;
  publicUrl: string;
  now: () => Date;
}

/** What our page before Microsoft's names. */
export interface ConsentPage {
  requester: string;
  homeTenantId: string;
  workspace: Pick<Workspace, 'kind' | 'name'>;
  connectionName: string;
  /** Its id, and what was typed for it. */
  tenant: string;
  /** Its id, and its name where that is known. */
  app: string;
  permissions: ListedPermission[];
  message: string | null;
  /** Where the form may lead after the code: the browser asks the page for it. */
  loginOrigin: string;
}

export type Entered =
  | { kind: 'go'; url: string; browser: string }
  | { kind: 'wrongCode'; left: number; page: ConsentPage }
  | { kind: 'unknown' };

/** What the page after Microsoft's says, and where the chat is; only the right browser learns that. */
export interface CameBack {
  ending: ConsentReturn;
  place: Place | null;
}

export type ConsentReturn =
  | 'granted'
  | 'notGranted'
  | 'stopped'
  | 'otherTenant'
  | 'again'
  | 'late'
  | 'over'
  | 'otherBrowser'
  | 'unknown';

const mostPageTries = 5;

/** The way of a browser: our page, Microsoft's page, our page again. Nothing a browser says is believed. */
export class ConsentPages {
  readonly #options: ConsentPagesOptions;

  constructor(options: ConsentPagesOptions) {
    this.#options = options;
  }

  /** Null for a link that is unknown, used or over. */
  async page(state: string): Promise<ConsentPage | null> {
    const link = await this.#options.links.look(state);
    if (link === null) return null;
    const request = await this.#usable(link.requestId);
    return request === null || request.revision !== link.requestRevision ? null : this.#pageOf(request);
  }

  async enter(state: string, typed: string): Promise<Entered> {
    const page = await this.page(state);
    if (page === null) return { kind: 'unknown' };
    const entry = await this.#options.links.enter(state, typed);
    if (entry.kind === 'wrongCode') return { ...entry, page };
    if (entry.kind === 'unknown') return entry;
    const url = await this.#microsoftUrl(entry.link.requestId, state);
    return url === null ? { kind: 'unknown' } : { kind: 'go', url, browser: entry.browser };
  }

  /** For an administrator outside Teams; the code comes from whoever asked, on another way than the link. */
  async outsidePage(requestId: string): Promise<ConsentPage | null> {
    const request = isGuid(requestId) ? await this.#usable(requestId) : null;
    if (request === null || request.pageCodeHash === null || request.pageTries >= mostPageTries) return null;
    return this.#pageOf(request);
  }

  async enterOutside(requestId: string, typed: string): Promise<Entered> {
    const { links, vault } = this.#options;
    const page = await this.outsidePage(requestId);
    const request = page === null ? null : await this.#usable(requestId);
    const left = page === null || request === null ? null : await this.#spendPageTry(requestId);
    if (page === null || request === null || left === null) return { kind: 'unknown' };
    if (!vault.isCodeHash(request.pageCodeHash ?? '', pageSecret(request, tidyCode(typed))))
      return { kind: 'wrongCode', left, page };
    await this.#givePageTryBack(request);
    const { state, browser } = await links.issueEntered({
      requestId: request.id,
      requestRevision: request.revision,
      tenantId: request.tenantId,
      presser: { objectId: null, name: `an administrator of the tenant, asked by ${request.requester.name}` },
    });
    const url = await this.#microsoftUrl(request.id, state);
    return url === null ? { kind: 'unknown' } : { kind: 'go', url, browser };
  }

  /** How many are left; null when there was none. Spent before the code is looked at, so that guesses at once all count. */
  async #spendPageTry(requestId: string): Promise<number | null> {
    const [row] = await this.#options.ledger.db
      .update(consentRequests)
      .set({ pageTries: sql`${consentRequests.pageTries} + 1` })
      .where(and(eq(consentRequests.id, requestId), lt(consentRequests.pageTries, mostPageTries)))
      .returning();
    return row === undefined ? null : mostPageTries - row.pageTries;
  }

  /** Unless a new code has been made meanwhile, which begins with all its tries. */
  async #givePageTryBack({ id, pageCodeHash }: ConsentRequest): Promise<void> {
    await this.#options.ledger.db
      .update(consentRequests)
      .set({ pageTries: sql`${consentRequests.pageTries} - 1` })
      .where(and(eq(consentRequests.id, id), eq(consentRequests.pageCodeHash, pageCodeHash ?? '')));
  }

  /**
   * Microsoft's answer. It only ever starts a look: what it says of the tenant is compared, what it says of the grant is
   * found out with a token of our own.
   */
  async comeBack(query: URLSearchParams, browser: string | null): Promise<CameBack> {
    const { ledger, links } = this.#options;
    const returned = await links.comeBack(query.get('state') ?? '', browser);
    if (returned.kind === 'unknown' || returned.kind === 'otherBrowser') return { ending: returned.kind, place: null };
    const { link } = returned;
    const request = await ledger.get(link.requestId);
    if (request === null) return { ending: 'unknown', place: null };
    // An administrator outside Teams has no chat to go back to.
    const place = link.presser.objectId === null ? null : request.place;
    const ending = returned.kind === 'again' ? 'again' : await this.#answered(query, returned, request);
    return { ending, place };
  }

  async #answered(
    query: URLSearchParams,
    { kind, link }: Extract<Return, { kind: 'used' | 'late' }>,
    request: ConsentRequest,
  ): Promise<ConsentReturn> {
    const { ledger } = this.#options;
    const answer = readReturn(query);
    // A grant that comes too late, or for a request that is over, stands at Microsoft all the same: the test tells.
    const isOver = !mayGoToMicrosoft(request) || request.revision !== link.requestRevision;
    if (kind === 'late' || isOver) {
      await this.#look(request);
      return kind === 'late' && !isOver ? 'late' : 'over';
    }
    if (answer.kind === 'granted') {
      const { tenant } = answer;
      if (tenant !== null && isGuid(link.tenantId) && tenant !== link.tenantId) return 'otherTenant';
      return this.#granted(request, link.presser, tenant);
    }
    if (answer.kind === 'stopped') {
      await ledger.amend(request, 'outcome', { note: answer.note });
      await this.#look(request);
      return 'stopped';
    }
    await ledger.move(request.id, 'notGrantedThere', async () => ({ note: 'notGrantedThere' }));
    await this.#look(request);
    return 'notGranted';
  }

  async #granted(
    request: ConsentRequest,
    presser: { objectId: string | null; name: string },
    tenant: string | null,
  ): Promise<ConsentReturn> {
    const { ledger, times, now } = this.#options;
    const grantedAt = now();
    await ledger.move(request.id, 'grantReported', async () => ({
      note: null,
      decidedBy: presser,
      grantedAt,
      reportedTenant: tenant,
      dueAt: nextDue({ ...request, state: 'granting', grantedAt }, times, grantedAt),
    }));
    await this.#look(request);
    return 'granted';
  }

  /** A connection that cannot be tested any more ends its request at the next look. */
  async #look({ connectionId }: ConsentRequest): Promise<void> {
    await this.#options.connections.requestTest(connectionId).catch(() => undefined);
  }

  async #usable(requestId: string): Promise<ConsentRequest | null> {
    const { ledger, now } = this.#options;
    const request = await ledger.get(requestId);
    if (request === null || !mayGoToMicrosoft(request) || request.expiresAt <= now()) return null;
    return (await ledger.connectionOf(request)).isSame ? request : null;
  }

  async #pageOf(request: ConsentRequest): Promise<ConsentPage | null> {
    const { ledger, workspaces, clouds } = this.#options;
    const workspace = await workspaces.byId(request.workspaceId);
    const cloud = clouds.find(request.cloud);
    if (workspace === null || cloud === undefined) return null;
    const { connection } = await ledger.connectionOf(request);
    const appName = connection === null ? null : this.#options.appName(connection);
    return {
      requester: request.requester.name,
      homeTenantId: workspace.homeTenantId,
      workspace,
      connectionName: request.connectionName,
      tenant: tenantOf(request),
      app: appName === null ? request.clientId : `${appName} (${request.clientId})`,
      permissions: listedPermissions(request.capabilities),
      message: request.message,
      loginOrigin: new URL(cloud.loginUrl).origin,
    };
  }

  /** https://learn.microsoft.com/entra/identity-platform/v2-admin-consent */
  async #microsoftUrl(requestId: string, state: string): Promise<string | null> {
    const { ledger, clouds, publicUrl } = this.#options;
    const request = await ledger.get(requestId);
    const cloud = request === null ? undefined : clouds.find(request.cloud);
    if (request === null || cloud === undefined) return null;
    const url = new URL(`${cloud.loginUrl}/${encodeURIComponent(request.tenantId)}/v2.0/adminconsent`);
    url.search = new URLSearchParams({
      client_id: request.clientId,
      scope: graphScope(cloud),
      redirect_uri: `${publicUrl}/consent/callback`,
      state,
    }).toString();
    return url.href;
  }
}
