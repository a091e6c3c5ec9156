import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { AuditLog } from '../../audit/audit.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Connections } from '../../connections/connections.ts';
import type { IntuneApp } from '../../graph/intune-app.ts';
import { IntuneAppChanges } from '../../graph/intune-app-changes.ts';
import { IntuneApps } from '../../graph/intune-apps.ts';
import { type Wait, wait } from '../../graph/retry-delay.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { Database } from '../../store/database.ts';
import { linkApps } from '../../store/schema.ts';
import { type LinkForm, linkAppBody, typeOfForm } from './link-form.ts';
import type { Store, StoreLink } from './store-links.ts';

type Row = typeof linkApps.$inferSelect;

export interface LinkApp extends Omit<Row, 'form'> {
  form: LinkForm | null;
}

export interface LinkAppsOptions {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'accessTo'>;
  audit: AuditLog;
  now?: () => Date;
  /** Between looks for an app whose creation had no answer. */
  pause?: Wait;
}

/** A create that somebody else's press began is given this long. */
const creatingMs = 60_000;
/** A new app may take a while to appear in listings. */
const lookUpPausesMs = [0, 1_000, 2_000, 4_000];

/** Apps that are a link: asked for, planned, and created once, however often somebody presses. */
export class LinkApps {
  readonly #options: LinkAppsOptions;
  readonly #now: () => Date;

  constructor(options: LinkAppsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  async begin(workspaceId: string, requester: { objectId: string; name: string }, link: StoreLink): Promise<LinkApp> {
    const id = randomUUID();
    const [row] = await this.#options.database.db
      .insert(linkApps)
      .values({
        id,
        workspaceId,
        requesterId: requester.objectId,
        requesterName: requester.name,
        store: link.store,
        url: link.url,
        storeId: link.id,
        state: 'draft',
        marker: `[Quartermaster link ${id.slice(0, 13)}]`,
      })
      .returning();
    if (row === undefined) throw new Error('The new link did not come back from the store');
    return linkApp(row);
  }

  async find(workspaceId: string, id: string): Promise<LinkApp | null> {
    const [row] = await this.#options.database.db
      .select()
      .from(linkApps)
      .where(and(eq(linkApps.id, id), eq(linkApps.workspaceId, workspaceId)));
    return row === undefined ? null : linkApp(row);
  }

  /** Null when somebody changed it meanwhile. */
  plan(app: LinkApp, form: LinkForm): Promise<LinkApp | null> {
    return this.#change(app, { form: { ...form }, connectionId: form.connectionId, state: 'planned' });
  }

  discard(app: LinkApp): Promise<LinkApp | null> {
    return this.#change(app, { state: 'discarded' });
  }

  /** Apps of the same kind that lead to the same place. */
  async twins(app: LinkApp, form: LinkForm, signal: AbortSignal): Promise<IntuneApp[]> {
    const { graph } = await this.#options.connections.accessTo(form.connectionId);
    const found: IntuneApp[] = [];
    for await (const page of new IntuneApps(graph).ofType(typeOfForm(form), signal))
      found.push(...page.filter((other) => isTwin(app, form, other)));
    return found;
  }

  /** `waiting`: another press is at it. Fails with what Intune says; then it can be pressed again. */
  async create(app: LinkApp, connection: StoredConnection, signal: AbortSignal): Promise<LinkApp | 'waiting'> {
    if (app.form === null || app.state === 'draft' || app.state === 'discarded') return app;
    if (app.state === 'created') return app;
    const isRepeat = app.state === 'creating';
    if (isRepeat && this.#now().getTime() - (app.creatingSince?.getTime() ?? 0) < creatingMs) return 'waiting';
    const begun = await this.#change(app, { state: 'creating', creatingSince: this.#now() });
    if (begun === null) return 'waiting';
    const { graph, cloud, mobileApps } = await this.#options.connections.accessTo(connection.id);
    const changes = new IntuneAppChanges(graph, cloud.graphUrl);
    const wanted = app.form;
    const known = async () => (await mobileApps.findByMarker(wanted.displayName, app.marker, signal))?.id ?? null;
    try {
      const there = isRepeat ? await this.#lookFor(known, signal) : null;
      const body = linkAppBody(wanted, { url: app.url, id: app.storeId }, app.marker);
      const appId = there ?? (await changes.create(typeOfForm(wanted), body));
      return await this.#created(begun, appId);
    } catch (error) {
      const mayBeThere = !(error instanceof ProblemError) || unanswered.has(error.problem.code);
      const found = mayBeThere ? await this.#lookFor(known, signal).catch(() => null) : null;
      if (found !== null) return this.#created(begun, found);
      // Not there as far as anybody can see: the next press looks once more before it creates.
      await this.#change(begun, mayBeThere ? { creatingSince: null } : { state: 'planned', creatingSince: null });
      throw error;
    }
  }

  async #lookFor(known: () => Promise<string | null>, signal: AbortSignal): Promise<string | null> {
    const pause = this.#options.pause ?? wait;
    for (const milliseconds of lookUpPausesMs) {
      if (milliseconds > 0) await pause(milliseconds, signal);
      const id = await known();
      if (id !== null) return id;
    }
    return null;
  }

  async #created(app: LinkApp, appId: string): Promise<LinkApp> {
    return this.#options.database.db.transaction(async (tx) => {
      const [row] = await tx
        .update(linkApps)
        .set({ state: 'created', appId, revision: app.revision + 1 })
        .where(eq(linkApps.id, app.id))
        .returning();
      if (row === undefined) throw new Error('The link is gone from the store');
      await this.#options.audit.record(tx, {
        workspaceId: app.workspaceId,
        subject: { kind: 'app', id: appId, name: app.form?.displayName ?? appId },
        after: { kind: app.form === null ? app.store : typeOfForm(app.form), link: app.url },
      });
      return linkApp(row);
    });
  }

  async #change(app: LinkApp, values: Partial<typeof linkApps.$inferInsert>): Promise<LinkApp | null> {
    const [row] = await this.#options.database.db
      .update(linkApps)
      .set({ ...values, revision: app.revision + 1 })
      .where(and(eq(linkApps.id, app.id), eq(linkApps.revision, app.revision)))
      .returning();
    return row === undefined ? null : linkApp(row);
  }
}

/** After these the app may be there. Intune was seen to leave one behind that waits for an approval. */
const unanswered: ReadonlySet<string> = new Set([
  'networkDown',
  'graphDown',
  'graphFault',
  'graphAnswerUnexpected',
  'unexpected',
  'approvalRequired',
  'approvalPending',
]);

const linkApp = (row: Row): LinkApp => ({ ...row, form: row.form as LinkForm | null });

function isTwin(app: Pick<LinkApp, 'store' | 'storeId' | 'url'>, form: LinkForm, { identifier }: IntuneApp): boolean {
  if (identifier === null) return false;
  const same: Record<Store, () => boolean> = {
    microsoft: () => identifier.toUpperCase() === app.storeId,
    apple: () => form.store === 'apple' && identifier === form.bundleId,
    // Intune fills in the package's name; until then the link stands for it.
    google: () => identifier === app.storeId || identifier === app.url,
    web: () => identifier === app.url,
  };
  return same[app.store]();
}
