import { and, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import type { StoredConnection } from '../connections/connection.ts';
import { connectionById } from '../connections/connection-store.ts';
import { noteConnectedBy, showConsentStage } from '../connections/consent-stage.ts';
import { isGuid } from '../connections/tenant-name.ts';
import type { Database, Db } from '../store/database.ts';
import { consentRequests, workspaces } from '../store/schema.ts';
import type { ConsentEvents, ConsentNewsKind } from './consent-events.ts';
import { asRequest, type ConsentRequest, type Decider } from './consent-request.ts';
import { type ConsentEvent, nextState, openStates } from './consent-states.ts';

export type Change = Partial<
  Pick<
    typeof consentRequests.$inferInsert,
    | 'note'
    | 'decidedBy'
    | 'reason'
    | 'grantedAt'
    | 'grantedRoles'
    | 'reportedTenant'
    | 'capabilities'
    | 'permissions'
    | 'approvers'
    | 'dueAt'
  >
>;

export interface LedgerOptions {
  database: Pick<Database, 'db'>;
  events: ConsentEvents;
  audit: AuditLog;
  now: () => Date;
}

/** The one place in which consent requests are written, so that nobody can change one without telling of it. */
export class ConsentLedger {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  get db(): Db {
    return this.#options.database.db;
  }

  /** Null when the connection has an open one already. */
  async open(values: typeof consentRequests.$inferInsert): Promise<ConsentRequest | null> {
    const opened = await this.db.transaction(async (tx) => {
      const [row] = await tx.insert(consentRequests).values(values).onConflictDoNothing().returning();
      if (row === undefined) return null;
      const request = asRequest(row);
      await this.#record(tx, 'consent.opened', null, request, request.requester);
      await showConsentStage(tx, request.connectionId, this.#options.now());
      await this.#options.events.opened(tx, request);
      return request;
    });
    if (opened !== null) this.#options.events.settled(opened);
    return opened;
  }

  async get(id: string, tx: Db = this.db): Promise<ConsentRequest | null> {
    const [row] = await tx.select().from(consentRequests).where(eq(consentRequests.id, id));
    return row === undefined ? null : asRequest(row);
  }

  /** The open one, else the newest. */
  async ofConnection(connectionId: string): Promise<ConsentRequest | null> {
    const [row] = await this.db
      .select()
      .from(consentRequests)
      .where(eq(consentRequests.connectionId, connectionId))
      .orderBy(desc(consentRequests.createdAt))
      .limit(1);
    return row === undefined ? null : asRequest(row);
  }

  /** Newest first. */
  async openIn(workspaceId: string): Promise<ConsentRequest[]> {
    return this.#open(eq(consentRequests.workspaceId, workspaceId));
  }

  /** Those of every workspace of a tenant that somebody asked for or was asked to decide. */
  async openFor({ homeTenantId, objectId }: { homeTenantId: string; objectId: string }): Promise<ConsentRequest[]> {
    const here = this.db
      .select({ id: workspaces.id })
      .from(workspaces)
      .where(eq(workspaces.homeTenantId, homeTenantId));
    const isPart = or(
      sql`${consentRequests.requester} ->> 'objectId' = ${objectId}`,
      sql`${consentRequests.approvers} @> ${JSON.stringify([{ objectId }])}::jsonb`,
    );
    return this.#open(and(inArray(consentRequests.workspaceId, here), isPart));
  }

  async #open(whose: SQL | undefined): Promise<ConsentRequest[]> {
    const rows = await this.db
      .select()
      .from(consentRequests)
      .where(and(whose, inArray(consentRequests.state, [...openStates])))
      .orderBy(desc(consentRequests.createdAt));
    return rows.map(asRequest);
  }

  /** `moved` is false when the event means nothing in the state the request is in by now. */
  async move(
    id: string,
    event: ConsentEvent,
    change: (request: ConsentRequest, tx: Db) => Promise<Change | null> = async () => ({}),
  ): Promise<{ moved: boolean; request: ConsentRequest } | null> {
    const { now, events } = this.#options;
    const done = await this.db.transaction(async (tx) => {
      const request = await this.#lock(tx, id);
      if (request === null) return null;
      const state = nextState(request.state, event);
      const set = state === null ? null : await change(request, tx);
      if (state === null || set === null) return { moved: false, request };
      const moved = await this.#write(tx, request, { ...set, state, stateSince: now() });
      await this.#record(tx, `consent.${event}`, request, moved, set.decidedBy === undefined ? null : moved.decidedBy);
      if (event === 'verified' && moved.decidedBy !== null)
        await noteConnectedBy(tx, moved.connectionId, moved.decidedBy);
      await showConsentStage(tx, moved.connectionId, now());
      await events.changed(tx, moved, event);
      return { moved: true, request: moved };
    });
    if (done?.moved === true) events.settled(done.request);
    return done;
  }

  /** A change that leaves the state alone; nothing happens when it is not the revision the caller saw. */
  async amend(request: ConsentRequest, what: ConsentNewsKind, change: Change): Promise<ConsentRequest> {
    const { events } = this.#options;
    const amended = await this.db.transaction(async (tx) => {
      const present = await this.#lock(tx, request.id);
      if (present === null || present.revision !== request.revision) return null;
      const written = await this.#write(tx, present, change);
      await this.#record(tx, `consent.${what}`, present, written, null);
      await events.changed(tx, written, what);
      return written;
    });
    if (amended === null) return (await this.get(request.id)) ?? request;
    events.settled(amended);
    return amended;
  }

  /** What nobody sees: counters, the next look, the code of the page. */
  async note(id: string, change: Partial<typeof consentRequests.$inferInsert>, tx: Db = this.db): Promise<void> {
    await tx.update(consentRequests).set(change).where(eq(consentRequests.id, id));
  }

  /** Leaves the request as it is. */
  async question(request: ConsentRequest, by: string, question: string): Promise<void> {
    const { events } = this.#options;
    await this.db.transaction((tx) => events.questioned(tx, request, by, question));
    events.settled(request);
  }

  /** The page for an administrator outside Teams is a way in: that it was made is written down, its code is not. */
  async openPage(request: ConsentRequest, pageCodeHash: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.note(request.id, { pageCodeHash, pageTries: 0 }, tx);
      await this.#record(tx, 'consent.page', request, request, null);
    });
  }

  async remind(request: ConsentRequest, change: { reminders: number; dueAt: Date }): Promise<void> {
    const { events } = this.#options;
    await this.db.transaction(async (tx) => {
      const present = await this.#lock(tx, request.id);
      if (present === null || present.reminders >= change.reminders) return;
      await this.note(request.id, change, tx);
      await events.reminded(tx, present);
    });
    events.settled(request);
  }

  /** The connection as it is, and whether it is still the one that was asked for. */
  async connectionOf(request: ConsentRequest): Promise<{ connection: StoredConnection | null; isSame: boolean }> {
    const connection = await connectionById(this.db, request.connectionId);
    return { connection, isSame: connection !== null && isSameTarget(request, connection) };
  }

  #record(
    tx: Db,
    action: string,
    before: ConsentRequest | null,
    after: ConsentRequest,
    by: Decider | null,
  ): Promise<void> {
    return this.#options.audit.record(tx, {
      workspaceId: after.workspaceId,
      action,
      subject: { kind: 'consent', id: after.id, name: after.connectionName },
      ...(before === null ? {} : { before: { state: before.state } }),
      after: { state: after.state, ...(after.grantedRoles === null ? {} : { granted: after.grantedRoles.join(', ') }) },
      ...(by === null ? {} : { by: { objectId: by.objectId ?? '', name: by.name } }),
    });
  }

  async #lock(tx: Db, id: string): Promise<ConsentRequest | null> {
    const [row] = await tx.select().from(consentRequests).where(eq(consentRequests.id, id)).for('update');
    return row === undefined ? null : asRequest(row);
  }

  async #write(
    tx: Db,
    request: ConsentRequest,
    change: Partial<typeof consentRequests.$inferInsert>,
  ): Promise<ConsentRequest> {
    const [row] = await tx
      .update(consentRequests)
      .set({ ...change, revision: request.revision + 1 })
      .where(eq(consentRequests.id, request.id))
      .returning();
    if (row === undefined) throw new Error('A consent request that is locked is gone');
    return asRequest(row);
  }
}

/** A tenant that was typed as a domain becomes its id with the first token; that is no change by a person. */
export function isSameTarget(request: ConsentRequest, connection: StoredConnection): boolean {
  const wasResolved = !isGuid(request.tenantId) && connection.revision === request.connectionRevision;
  return (
    connection.status !== 'disabled' &&
    connection.name === request.connectionName &&
    connection.cloud === request.cloud &&
    connection.clientId === request.clientId &&
    (connection.tenantId === request.tenantId || wasResolved)
  );
}

export const decider = (actor: { objectId: string; name: string }): Decider => ({
  objectId: actor.objectId,
  name: actor.name,
});
