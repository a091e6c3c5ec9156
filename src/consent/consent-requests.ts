import type { Access } from '../access/access.ts';
import type { Actor, Place, Workspace } from '../access/actor.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { newCode } from '../sign-in/link-secrets.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { Approvers, MayDecide } from './approvers.ts';
import { type ConsentLedger, decider } from './consent-ledger.ts';
import type { ConsentLinks } from './consent-links.ts';
import type { AskedPerson, ConsentRequest } from './consent-request.ts';
import { isOpen } from './consent-states.ts';
import { type ConsentTimes, nextDue } from './consent-times.ts';
import { permissionNames } from './listed-permissions.ts';

export interface ConsentRequestsOptions {
  ledger: ConsentLedger;
  links: ConsentLinks;
  vault: Pick<SecretVault, 'codeHash'>;
  approvers: Approvers;
  access: Pick<Access, 'presence'>;
  workspaces: Pick<Workspaces, 'byId'>;
  connections: Pick<Connections, 'requestTest'>;
  times: ConsentTimes;
  /** What an app of the operator is for, which no requester chooses; null for an app of the customer's own. */
  fixedCapabilities(connection: StoredConnection): readonly string[] | null;
  /** Links start with it. */
  publicUrl: string;
  now: () => Date;
}

export interface NewConsentRequest {
  workspace: Workspace;
  connection: StoredConnection;
  requester: Actor;
  place: Place;
  capabilities: string[];
  message: string | null;
  approvers: AskedPerson[];
  approversAre: 'approvers' | 'admins';
}

/** A request with what a person needs to see it by. */
export interface SeenRequest {
  request: ConsentRequest;
  workspace: Workspace;
  /** Null when it was deleted. */
  connection: StoredConnection | null;
  may: MayDecide;
  isRequester: boolean;
}

export type Review =
  /** Shown once, to this presser. */
  | { kind: 'link'; url: string; code: string; seen: SeenRequest }
  /** The list has changed since the request was made; the new one is shown first. */
  | { kind: 'newList'; seen: SeenRequest }
  | { kind: 'notNow'; seen: SeenRequest };

/** What people do with consent requests. Whether they may is the caller's business, by `SeenRequest.may`. */
export class ConsentRequests {
  readonly #options: ConsentRequestsOptions;

  constructor(options: ConsentRequestsOptions) {
    this.#options = options;
  }

  /** Null when one is open already. */
  async open(input: NewConsentRequest): Promise<ConsentRequest | null> {
    const { ledger, times, fixedCapabilities, now } = this.#options;
    const { workspace, connection } = input;
    const capabilities = [...(fixedCapabilities(connection) ?? input.capabilities)];
    const at = now();
    const expiresAt = new Date(at.getTime() + times.lifeMs);
    return ledger.open({
      workspaceId: workspace.id,
      connectionId: connection.id,
      requester: input.requester,
      place: input.place,
      state: 'waiting',
      stateSince: at,
      connectionName: connection.name,
      connectionRevision: connection.revision,
      cloud: connection.cloud,
      tenantId: connection.tenantId,
      tenantDomain: connection.tenantDomain,
      clientId: connection.clientId,
      capabilities,
      permissions: permissionNames(capabilities),
      message: input.message,
      approvers: input.approvers,
      approversAre: input.approversAre,
      createdAt: at,
      expiresAt,
      dueAt: nextDue({ state: 'waiting', createdAt: at, expiresAt, reminders: 0, grantedAt: null }, times, at),
    });
  }

  /**
   * As this person may see it: of the workspace they are in, or, in their own chat, one they asked for or were asked to
   * decide, for as long as they are a member there. Brought up to date first: a connection
   * that has become another one ends it, and so does its time.
   */
  async see(actor: Actor, here: Workspace, id: string): Promise<SeenRequest | null> {
    const { ledger, workspaces, approvers, access, now } = this.#options;
    const found = await ledger.get(id);
    if (found === null) return null;
    const workspace = found.workspaceId === here.id ? here : await workspaces.byId(found.workspaceId);
    if (workspace === null || workspace.homeTenantId !== actor.homeTenantId) return null;
    const isRequester = found.requester.objectId === actor.objectId;
    const isAsked = found.approvers.some(({ objectId }) => objectId === actor.objectId);
    const isHere = found.workspaceId === here.id;
    if (!isHere && !(here.kind === 'personal' && (isRequester || isAsked))) return null;
    const presence = isHere ? 'insider' : await access.presence(actor, workspace);
    if (presence === 'none') return null;
    const { connection, isSame } = await ledger.connectionOf(found);
    const due = !isSame ? 'connectionChanged' : found.expiresAt <= now() ? 'timeIsUp' : null;
    const moved = isOpen(found.state) && due !== null ? await ledger.move(found.id, due) : null;
    const request = moved?.request ?? found;
    const may = presence === 'guest' ? 'notApprover' : await approvers.mayDecide(actor, request, workspace);
    return { request, workspace, connection, may, isRequester };
  }

  ofConnection(connectionId: string): Promise<ConsentRequest | null> {
    return this.#options.ledger.ofConnection(connectionId);
  }

  openIn(workspaceId: string): Promise<ConsentRequest[]> {
    return this.#options.ledger.openIn(workspaceId);
  }

  /** Those of their own chat, and those of places in which they still are. */
  async openFor(actor: Actor, here: Workspace): Promise<ConsentRequest[]> {
    const { ledger } = this.#options;
    const found = await ledger.openFor(actor);
    const places = [...new Set(found.map(({ workspaceId }) => workspaceId))];
    const open = await Promise.all(places.map((id) => id === here.id || this.#isPart(actor, id)));
    return found.filter(({ workspaceId }) => open[places.indexOf(workspaceId)]);
  }

  /** Closed where Teams does not say. */
  async #isPart(actor: Actor, workspaceId: string): Promise<boolean> {
    const { workspaces, access } = this.#options;
    const workspace = await workspaces.byId(workspaceId);
    if (workspace === null) return false;
    return (await access.presence(actor, workspace).catch(() => 'none')) !== 'none';
  }

  approversFor(workspace: Workspace, requester: Actor) {
    return this.#options.approvers.of(workspace, requester);
  }

  async review(seen: SeenRequest, presser: Actor): Promise<Review> {
    const { ledger, links, fixedCapabilities, publicUrl } = this.#options;
    const { request } = seen;
    if (!mayGoToMicrosoft(request)) return { kind: 'notNow', seen };
    const fixed = seen.connection === null ? null : fixedCapabilities(seen.connection);
    const capabilities = [...(fixed ?? request.capabilities)];
    const permissions = permissionNames(capabilities);
    if (permissions.join(' ') !== request.permissions.join(' ')) {
      const amended = await ledger.amend(request, 'listChanged', { capabilities, permissions });
      return { kind: 'newList', seen: { ...seen, request: amended } };
    }
    const { state, code } = await links.issue({
      requestId: request.id,
      requestRevision: request.revision,
      tenantId: request.tenantId,
      presser: decider(presser),
    });
    return { kind: 'link', url: `${publicUrl}/consent/go/${state}`, code, seen };
  }

  async deny(seen: SeenRequest, by: Actor, reason: string): Promise<SeenRequest> {
    const { ledger } = this.#options;
    const done = await ledger.move(seen.request.id, 'deny', async () => ({ decidedBy: decider(by), reason }));
    return { ...seen, request: done?.request ?? seen.request };
  }

  async withdraw(seen: SeenRequest, by: Actor): Promise<SeenRequest> {
    const { ledger } = this.#options;
    const done = await ledger.move(seen.request.id, 'withdraw', async () => ({ decidedBy: decider(by) }));
    return { ...seen, request: done?.request ?? seen.request };
  }

  /** Somebody says it is done, or wants to know: a fresh token tells. */
  async check(seen: SeenRequest): Promise<void> {
    if (isOpen(seen.request.state)) await this.#options.connections.requestTest(seen.request.connectionId);
  }

  question({ request }: SeenRequest, by: Actor, question: string): Promise<void> {
    return this.#options.ledger.question(request, by.name, question);
  }

  /** One more person is asked; nobody is asked twice. */
  async alsoAsk(seen: SeenRequest, person: AskedPerson): Promise<SeenRequest> {
    const { request } = seen;
    if (!isOpen(request.state)) return seen;
    const others = request.approvers.filter(({ objectId }) => objectId !== person.objectId);
    const amended = await this.#options.ledger.amend(request, 'asked', { approvers: [...others, person] });
    return { ...seen, request: amended };
  }

  /** The page for an administrator outside Teams. Each call makes a new code and ends the former one. */
  async outsidePage(seen: SeenRequest): Promise<{ url: string; code: string } | null> {
    const { ledger, vault, publicUrl } = this.#options;
    if (!mayGoToMicrosoft(seen.request)) return null;
    const code = newCode();
    await ledger.openPage(seen.request, vault.codeHash(pageSecret(seen.request, code)));
    return { url: `${publicUrl}/consent/r/${seen.request.id}`, code };
  }

  /** At each press: somebody may have granted it at Microsoft meanwhile. Many presses in a row are one look. */
  async lookAfter({ request, connection }: SeenRequest): Promise<void> {
    if (!isOpen(request.state) || connection === null || connection.testingSince !== null) return;
    const testedAt = connection.lastTestedAt?.getTime() ?? 0;
    if (this.#options.now().getTime() - testedAt < lookPauseMs) return;
    // A connection that cannot be tested now is found out by the next look.
    await this.#options.connections.requestTest(connection.id).catch(() => undefined);
  }
}

const lookPauseMs = 60_000;

export const mayGoToMicrosoft = ({ state }: Pick<ConsentRequest, 'state'>): boolean =>
  state === 'waiting' || state === 'withMicrosoft';

/** What the hash of the page's code is made of. */
export const pageSecret = ({ id }: Pick<ConsentRequest, 'id'>, code: string): string => `${id} ${code}`;
