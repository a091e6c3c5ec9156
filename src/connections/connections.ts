import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit/audit.ts';
import type { Clouds } from '../graph/clouds.ts';
import type { Proof } from '../graph/credentials/app-credential.ts';
import type { OwnIdentityConfig } from '../own-identity-config.ts';
import { asProblemError, ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { connections } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import { type ConnectionAccess, ConnectionAccesses, type ConnectionAccessOptions } from './connection-access.ts';
import { recordConnection } from './connection-audit.ts';
import { columnsOf, credentialColumns, startingOver } from './connection-columns.ts';
import { namedAmong, prepareUsableConnections } from './connection-directory.ts';
import type { ConnectionFormValues } from './connection-form.ts';
import { connectionById, connectionsOf, keepNameFree } from './connection-store.ts';
import { ConnectionTestQueue } from './connection-test-queue.ts';
import { type ConnectionTestResult, testConnection } from './connection-tester.ts';
import { standingAfterTest } from './consent-stage.ts';
import type { NewCredential } from './credential.ts';
import { CredentialRotation } from './credential-rotation.ts';
import { dropCredentialChange } from './drop-credential-change.ts';
import type { ManagedApps } from './managed-apps.ts';
import { createCredentialOpener, type OpenCredential } from './open-credential.ts';
import { prepareCredential } from './prepare-credential.ts';
import { leadsTheSameWay } from './tenant-name.ts';
import { assertMayUse } from './user-sessions.ts';

export interface ConnectionsOptions extends Omit<ConnectionAccessOptions, 'proof'> {
  database: Pick<Database, 'db' | 'queue'>;
  vault: SecretVault;
  clouds: Clouds;
  identity: OwnIdentityConfig;
  audit: AuditLog;
  logger: Logger;
  /** The operator's apps, which some connections use instead of their own. */
  managed?: Pick<ManagedApps, 'proofOf'>;
  /** Object id of the person whose turn it is; null in the background. */
  presser?: () => string | null;
  now?: () => Date;
}

export interface SavedBy {
  objectId: string;
  name: string;
}

export interface NewConnection {
  workspaceId: string;
  values: ConnectionFormValues;
  credential: NewCredential;
  by: SavedBy;
}

export interface ConnectionChange {
  workspaceId: string;
  id: string;
  /** The one the person saw. */
  revision: number;
  values: ConnectionFormValues;
  /** Null keeps the present one. */
  credential: NewCredential | null;
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
  readonly #open: OpenCredential;
  readonly #usable: (workspaceId: string) => Promise<StoredConnection[]>;
  readonly rotation: CredentialRotation;

  constructor(options: ConnectionsOptions) {
    const { database } = options;
    this.#options = options;
    this.#tests = new ConnectionTestQueue(database.queue);
    this.#now = options.now ?? (() => new Date());
    this.#usable = prepareUsableConnections(database.db);
    this.#open = createCredentialOpener({ ...options, db: database.db });
    this.#accesses = new ConnectionAccesses({
      ...options,
      proof: (opened, signal) => this.proofOf(opened, signal),
    });
    this.rotation = new CredentialRotation({
      ...options,
      accesses: this.#accesses,
      open: this.#open,
      tests: this.#tests,
      onTested: (id) => this.#tell(id),
      now: this.#now,
    });
  }

  /** A connection is tested as soon as it is there. `twins` reach the same tenant with the same app, from this workspace. */
  async create(input: NewConnection): Promise<{ connection: StoredConnection; twins: StoredConnection[] }> {
    const { vault, audit } = this.#options;
    const prepared = await prepareCredential(input.credential, { name: input.values.name, now: this.#now() });
    return this.changing(async (tx) => {
      await keepNameFree(tx, input.workspaceId, input.values.name);
      const secretId = prepared.plain === null ? null : await vault.put(tx, prepared.plain);
      const [row] = await tx
        .insert(connections)
        .values({
          workspaceId: input.workspaceId,
          ...columnsOf(input.values),
          mode: 'custom',
          ...credentialColumns(prepared),
          secretId,
          ...startingOver(this.#now()),
          connectedById: input.by.objectId,
          connectedByName: input.by.name,
        })
        .returning({ id: connections.id });
      if (row === undefined) throw new Error('The new connection did not come back from the store');
      const connection = await this.requestTestIn(tx, row.id);
      await recordConnection(audit, tx, { before: null, after: connection, renewed: false, by: input.by });
      const twins = (await connectionsOf(tx, input.workspaceId)).filter(
        (other) =>
          other.id !== row.id && other.tenantId === connection.tenantId && other.clientId === connection.clientId,
      );
      return { connection, twins };
    });
  }

  /** Own ones and those that were lent; by name. */
  async list(workspaceId: string): Promise<StoredConnection[]> {
    return this.#usable(workspaceId);
  }

  /** One that the workspace may use: its own, or one that was lent to it. Changes look for own ones by themselves. */
  async find(workspaceId: string, idOrName: string): Promise<StoredConnection | null> {
    return namedAmong(await this.#usable(workspaceId), idOrName);
  }

  /** For cards that follow a connection, which know its id only; the workspace is the caller's to check. */
  async get(id: string, db: Db = this.#options.database.db): Promise<StoredConnection | null> {
    return connectionById(db, id);
  }

  /** Null when somebody changed it meanwhile. Whatever changed, the connection is tested again. */
  async update(change: ConnectionChange): Promise<StoredConnection | null> {
    const { vault, audit } = this.#options;
    const { credential, values } = change;
    const prepared =
      credential === null ? null : await prepareCredential(credential, { name: values.name, now: this.#now() });
    return this.changing(async (tx) => {
      await keepNameFree(tx, change.workspaceId, change.values.name, change.id);
      const before = await this.get(change.id, tx);
      if (before === null || before.workspaceId !== change.workspaceId || before.revision !== change.revision)
        return null;
      const columns = columnsOf(change.values, before);
      const elsewhere =
        before.cloud !== columns.cloud ||
        before.tenantId !== columns.tenantId ||
        before.clientId !== columns.clientId ||
        before.permissionKind !== columns.permissionKind;
      const secretId =
        prepared === null ? before.secretId : prepared.plain === null ? null : await vault.put(tx, prepared.plain);
      await tx
        .update(connections)
        .set({
          ...columns,
          ...(prepared === null ? {} : credentialColumns(prepared)),
          secretId,
          revision: before.revision + 1,
          connectedById: change.by.objectId,
          connectedByName: change.by.name,
          // Another tenant or app is another connection in all but name.
          ...(elsewhere ? startingOver(this.#now()) : {}),
        })
        .where(eq(connections.id, change.id));
      if (elsewhere) {
        await this.#options.sessions?.remove(tx, change.id);
        // A credential that waits for its test was meant for the tenant and app of before.
        await dropCredentialChange(tx, vault, before);
      }
      if (before.secretId !== null && before.secretId !== secretId) await vault.remove(tx, before.secretId);
      const connection = await this.requestTestIn(tx, change.id);
      await recordConnection(audit, tx, { before, after: connection, renewed: credential !== null, by: change.by });
      return connection;
    });
  }

  /** Queues a test; one that is already waiting serves. Returns the connection, marked as being tested. */
  async requestTest(id: string): Promise<StoredConnection> {
    return this.changing((tx) => this.requestTestIn(tx, id));
  }

  /** Ignored when the connection was changed or switched off after the test began: the change brings a test of its own. */
  async recordTest(
    id: string,
    revision: number,
    result: ConnectionTestResult,
    credentialRevision?: number,
  ): Promise<StoredConnection | null> {
    const recorded = await this.#options.database.db.transaction(async (tx) => {
      const before = await this.get(id, tx);
      if (before === null || before.revision !== revision || before.status === 'disabled') return null;
      if (credentialRevision !== undefined && before.credentialRevision !== credentialRevision) return null;
      const now = this.#now();
      const { status, statusReason, lastProblem } = await standingAfterTest(tx, before, result);
      const same = status === before.status && statusReason === before.statusReason;
      await tx
        .update(connections)
        .set({
          status,
          statusReason,
          ...(same ? {} : { statusSince: now }),
          lastProblem,
          tenantId: result.tenantId,
          ...(result.roles === null ? {} : { grantedRoles: result.roles }),
          ...(status === 'connected' && before.connectedAt === null ? { connectedAt: now } : {}),
          lastTestedAt: now,
          testingSince: null,
        })
        .where(and(eq(connections.id, id), eq(connections.revision, revision)));
      return this.get(id, tx);
    });
    this.#tell(id);
    return recorded;
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }

  /** Called after every test, in the process that ran it. Returns how to stop listening. */
  onTested(listener: (connectionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tokens live as long as a revision. Throws when the connection cannot be used at all, or not by this person. */
  async accessTo(id: string, by: string | null = this.#options.presser?.() ?? null): Promise<ConnectionAccess> {
    const connection = await this.get(id);
    if (connection === null) throw new ProblemError('connectionNotFound');
    if (connection.status === 'disabled') throw new ProblemError('connectionDisabled');
    await assertMayUse(this.#options.sessions, connection, by);
    return this.#accesses.of(connection);
  }

  /** Needed before the first `requestTest`, in every process that asks for tests. */
  prepare(): Promise<void> {
    return this.#tests.prepare();
  }

  /** Runs tests until the queue stops. */
  work(): Promise<void> {
    return this.#tests.work(
      (id, signal) => this.runTest(id, signal),
      (id, signal) => this.rotation.run(id, signal),
    );
  }

  /** For a change that may ask for a test. */
  async changing<T>(change: (tx: Db) => Promise<T>): Promise<T> {
    const changed = await this.#options.database.db.transaction(change);
    this.#tests.wake();
    return changed;
  }

  /** Now, in this process. */
  async runTest(id: string, signal: AbortSignal): Promise<void> {
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
    const recorded = await this.recordTest(id, connection.revision, result, connection.credentialRevision);
    if (recorded?.statusReason === 'propagating') await this.#testAgainLater(connection);
    this.#options.logger.info(
      { connectionId: id, status: result.status, reason: result.reason, ids: result.problem?.ids },
      'connection tested',
    );
  }

  /** Microsoft names no time for passing a consent on; minutes are usual. */
  async #testAgainLater({ id, statusReason, statusSince }: StoredConnection): Promise<void> {
    const waitedMs = statusReason === 'propagating' ? this.#now().getTime() - statusSince.getTime() : 0;
    if (waitedMs > longestPropagationMs) return;
    await this.#tests.addLater(id, waitedMs < 60_000 ? 10 : waitedMs < 10 * 60_000 ? 30 : 120);
  }

  /** Somebody who opened the connection before its credential was renewed goes on with the new one. */
  async proofOf(opened: StoredConnection, signal: AbortSignal): Promise<Proof> {
    const { managed } = this.#options;
    const current = await this.get(opened.id);
    if (current === null) throw new ProblemError('connectionNotFound');
    if (current.status === 'disabled') throw new ProblemError('connectionDisabled');
    if (!leadsTheSameWay(current, opened)) throw new ProblemError('connectionChanged');
    if (current.mode === 'managed' && managed !== undefined) return managed.proofOf(current);
    const cloud = this.#options.clouds.find(current.cloud);
    if (cloud === undefined) throw new ProblemError('cloudUnknown');
    try {
      return await this.#open(current, cloud, signal);
    } catch (error) {
      // Between reading the row and opening its secret a rotation may have taken the secret away: the new one is there.
      const newest = await this.get(opened.id);
      if (newest === null || newest.secretId === current.secretId) throw error;
      return this.#open(newest, cloud, signal);
    }
  }

  async requestTestIn(tx: Db, id: string): Promise<StoredConnection> {
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
    const found = await this.get(id, tx);
    if (found === null) throw new ProblemError('connectionNotFound');
    return found;
  }
}
