import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Clouds } from '../graph/clouds.ts';
import { asProblemError, ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { connections, workspaces } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import { type ConnectionAccess, ConnectionAccesses, type ConnectionAccessOptions } from './connection-access.ts';
import type { ConnectionFormValues } from './connection-form.ts';
import { ConnectionTestQueue } from './connection-test-queue.ts';
import { type ConnectionTestResult, testConnection } from './connection-tester.ts';
import { isGuid } from './tenant-name.ts';

export interface ConnectionsOptions extends Omit<ConnectionAccessOptions, 'secret'> {
  database: Pick<Database, 'db' | 'queue'>;
  vault: SecretVault;
  clouds: Clouds;
  logger: Logger;
  now?: () => Date;
}

export interface SavedBy {
  objectId: string;
  name: string;
}

export interface NewConnection {
  workspaceId: string;
  values: ConnectionFormValues;
  secret: string;
  by: SavedBy;
}

export interface ConnectionChange {
  workspaceId: string;
  id: string;
  /** The one the person saw. */
  revision: number;
  values: ConnectionFormValues;
  /** Null keeps the stored one. */
  secret: string | null;
  by: SavedBy;
}

const longestPropagationMs = 60 * 60_000;

/** The connections of all workspaces: kept, tested, opened. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #accesses: ConnectionAccesses;
  readonly #listeners = new Set<(connectionId: string) => void>();
  readonly #now: () => Date;
  readonly #tests: ConnectionTestQueue;

  constructor(options: ConnectionsOptions) {
    const { database, vault } = options;
    this.#options = options;
    this.#tests = new ConnectionTestQueue(database.queue);
    this.#now = options.now ?? (() => new Date());
    this.#accesses = new ConnectionAccesses({
      ...options,
      secret: async (opened) => (await vault.get(database.db, await this.#secretIdOf(opened))).toString('utf8'),
    });
  }

  /** A connection is tested as soon as it is there. `twins` reach the same tenant with the same app, from this workspace. */
  async create(input: NewConnection): Promise<{ connection: StoredConnection; twins: StoredConnection[] }> {
    const { vault } = this.#options;
    return this.#changing(async (tx) => {
      await this.#keepNameFree(tx, input.workspaceId, input.values.name, null);
      const secretId = await vault.put(tx, input.secret);
      const [row] = await tx
        .insert(connections)
        .values({
          workspaceId: input.workspaceId,
          ...columnsOf(input.values),
          mode: 'custom',
          permissionKind: 'application',
          credentialKind: 'secret',
          secretId,
          status: 'notFinished',
          statusReason: 'draft',
          connectedById: input.by.objectId,
          connectedByName: input.by.name,
        })
        .returning();
      if (row === undefined) throw new Error('The new connection did not come back from the store');
      const connection = await this.#requestTest(tx, row.id);
      const twins = (await this.#rows(tx, input.workspaceId)).filter(
        (other) =>
          other.id !== row.id && other.tenantId === connection.tenantId && other.clientId === connection.clientId,
      );
      return { connection, twins };
    });
  }

  /** By name. */
  async list(workspaceId: string): Promise<StoredConnection[]> {
    return this.#rows(this.#options.database.db, workspaceId);
  }

  /** Never one of another workspace. */
  async find(workspaceId: string, idOrName: string): Promise<StoredConnection | null> {
    const wanted = isGuid(idOrName)
      ? eq(connections.id, idOrName.toLowerCase())
      : eq(connections.nameKey, nameKey(idOrName));
    const [row] = await this.#options.database.db
      .select()
      .from(connections)
      .where(and(eq(connections.workspaceId, workspaceId), wanted, isNull(connections.deletedAt)));
    return row === undefined ? null : stored(row);
  }

  /** For cards that follow a connection, which know its id only; the workspace is the caller's to check. */
  async get(id: string, db: Db = this.#options.database.db): Promise<StoredConnection | null> {
    const [row] = await db
      .select()
      .from(connections)
      .where(and(eq(connections.id, id), isNull(connections.deletedAt)));
    return row === undefined ? null : stored(row);
  }

  /** Null when somebody changed it meanwhile. Whatever changed, the connection is tested again. */
  async update(change: ConnectionChange): Promise<StoredConnection | null> {
    const { vault } = this.#options;
    return this.#changing(async (tx) => {
      await this.#keepNameFree(tx, change.workspaceId, change.values.name, change.id);
      const before = await this.get(change.id, tx);
      if (before === null || before.workspaceId !== change.workspaceId || before.revision !== change.revision)
        return null;
      const columns = columnsOf(change.values);
      const elsewhere =
        before.cloud !== columns.cloud || before.tenantId !== columns.tenantId || before.clientId !== columns.clientId;
      const secretId = change.secret === null ? before.secretId : await vault.put(tx, change.secret);
      await tx
        .update(connections)
        .set({
          ...columns,
          secretId,
          revision: before.revision + 1,
          connectedById: change.by.objectId,
          connectedByName: change.by.name,
          // Another tenant or app is another connection in all but name: it starts over.
          ...(elsewhere
            ? {
                status: 'notFinished' as const,
                statusReason: 'draft',
                statusSince: this.#now(),
                lastProblem: null,
                grantedRoles: null,
                connectedAt: null,
                lastTestedAt: null,
              }
            : {}),
        })
        .where(eq(connections.id, change.id));
      if (before.secretId !== null && before.secretId !== secretId) await vault.remove(tx, before.secretId);
      return this.#requestTest(tx, change.id);
    });
  }

  /** Queues a test; one that is already waiting serves. Returns the connection, marked as being tested. */
  async requestTest(id: string): Promise<StoredConnection> {
    return this.#changing((tx) => this.#requestTest(tx, id));
  }

  /** Ignored when the connection was changed or switched off after the test began: the change brings a test of its own. */
  async recordTest(id: string, revision: number, result: ConnectionTestResult): Promise<void> {
    await this.#options.database.db.transaction(async (tx) => {
      const before = await this.get(id, tx);
      if (before === null || before.revision !== revision || before.status === 'disabled') return;
      const now = this.#now();
      // What once worked and now waits for somebody is broken, not unfinished.
      const isBroken = result.reason === 'draft' && before.connectedAt !== null;
      const status = isBroken ? 'error' : result.status;
      const statusReason = isBroken ? (result.problem?.code ?? null) : result.reason;
      const same = status === before.status && statusReason === before.statusReason;
      await tx
        .update(connections)
        .set({
          status,
          statusReason,
          ...(same ? {} : { statusSince: now }),
          lastProblem: result.problem,
          tenantId: result.tenantId,
          ...(result.roles === null ? {} : { grantedRoles: result.roles }),
          ...(status === 'connected' && before.connectedAt === null ? { connectedAt: now } : {}),
          lastTestedAt: now,
          testingSince: null,
        })
        .where(and(eq(connections.id, id), eq(connections.revision, revision)));
    });
    for (const listener of this.#listeners) listener(id);
  }

  /** Called after every test, in the process that ran it. Returns how to stop listening. */
  onTested(listener: (connectionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tokens live as long as a revision. Throws when the connection cannot be used at all. */
  async accessTo(id: string): Promise<ConnectionAccess> {
    const connection = await this.get(id);
    if (connection === null) throw new ProblemError('connectionNotFound');
    if (connection.status === 'disabled') throw new ProblemError('connectionDisabled');
    return this.#accesses.of(connection);
  }

  /** Needed before the first `requestTest`, in every process that asks for tests. */
  prepare(): Promise<void> {
    return this.#tests.prepare();
  }

  /** Runs tests until the queue stops. */
  work(): Promise<void> {
    return this.#tests.work((id, signal) => this.#test(id, signal));
  }

  /** A change that may ask for a test. */
  async #changing<T>(change: (tx: Db) => Promise<T>): Promise<T> {
    const changed = await this.#options.database.db.transaction(change);
    this.#tests.wake();
    return changed;
  }

  async #test(id: string, signal: AbortSignal): Promise<void> {
    const connection = await this.get(id);
    if (connection === null || connection.status === 'disabled') return;
    let result: ConnectionTestResult;
    try {
      const access = this.#accesses.of(connection);
      result = await testConnection({
        cloud: access.cloud,
        tenantId: connection.tenantId,
        tokenSource: access.tokenSource,
        graph: access.graph,
        signal,
      });
    } catch (error) {
      // Shutting down: the queue brings the test back.
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) this.#options.logger.error({ err: error, connectionId: id }, 'test failed');
      const { problem } = asProblemError(error);
      const { tenantId } = connection;
      result = { status: 'error', reason: problem.code, problem, roles: null, tenantId, probe: 'notAsked' };
    }
    await this.recordTest(id, connection.revision, result);
    if (result.reason === 'propagating') await this.#testAgainLater(connection);
    this.#options.logger.info(
      { connectionId: id, status: result.status, reason: result.reason, ids: result.problem?.ids },
      'connection tested',
    );
  }

  /** Microsoft names no time for passing a consent on; minutes are usual. */
  async #testAgainLater({ id, statusReason, statusSince }: StoredConnection): Promise<void> {
    const waitedMs = statusReason === 'propagating' ? this.#now().getTime() - statusSince.getTime() : 0;
    if (waitedMs > longestPropagationMs) return;
    const seconds = waitedMs < 60_000 ? 10 : waitedMs < 10 * 60_000 ? 30 : 120;
    await this.#tests.addLater(id, seconds);
  }

  /** Somebody who opened the connection before its secret was renewed goes on with the new one. */
  async #secretIdOf(opened: StoredConnection): Promise<string> {
    const current = await this.get(opened.id);
    if (current === null) throw new ProblemError('connectionNotFound');
    if (current.status === 'disabled') throw new ProblemError('connectionDisabled');
    const isSame =
      current.cloud === opened.cloud &&
      current.clientId === opened.clientId &&
      (current.tenantId === opened.tenantId || !isGuid(opened.tenantId));
    if (!isSame) throw new ProblemError('connectionChanged');
    if (current.secretId === null) throw new ProblemError('vaultRowMissing');
    return current.secretId;
  }

  async #requestTest(tx: Db, id: string): Promise<StoredConnection> {
    const [row] = await tx
      .update(connections)
      .set({ testingSince: this.#now() })
      .where(and(eq(connections.id, id), isNull(connections.deletedAt), ne(connections.status, 'disabled')))
      .returning();
    if (row === undefined) {
      const found = await this.get(id, tx);
      throw new ProblemError(found === null ? 'connectionNotFound' : 'connectionDisabled');
    }
    await this.#tests.add(tx, id);
    return stored(row);
  }

  async #rows(tx: Db, workspaceId: string): Promise<StoredConnection[]> {
    const rows = await tx
      .select()
      .from(connections)
      .where(and(eq(connections.workspaceId, workspaceId), isNull(connections.deletedAt)))
      .orderBy(asc(connections.nameKey));
    return rows.map(stored);
  }

  /** Holds the workspace's row until the transaction ends, so that two people cannot take one name at once. */
  async #keepNameFree(tx: Db, workspaceId: string, name: string, exceptId: string | null): Promise<void> {
    await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
    const taken = await tx
      .select({ id: connections.id })
      .from(connections)
      .where(
        and(
          eq(connections.workspaceId, workspaceId),
          eq(connections.nameKey, nameKey(name)),
          isNull(connections.deletedAt),
        ),
      );
    if (taken.some((other) => other.id !== exceptId)) throw new ProblemError('connectionNameTaken');
  }
}

function nameKey(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase();
}

function columnsOf({ name, cloud, tenant, clientId }: ConnectionFormValues) {
  return { name, nameKey: nameKey(name), cloud, tenantId: tenant, clientId };
}

function stored(row: typeof connections.$inferSelect): StoredConnection {
  return row as StoredConnection;
}
