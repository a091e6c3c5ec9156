import { and, eq, isNull } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit/audit.ts';
import { asProblemError, type Problem } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { connections, credentialChanges } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import type { ConnectionAccesses } from './connection-access.ts';
import { recordConnection } from './connection-audit.ts';
import { statusAfter } from './connection-status.ts';
import { connectionById, connectionIn } from './connection-store.ts';
import type { ConnectionTestQueue } from './connection-test-queue.ts';
import { type ConnectionTestResult, testConnection } from './connection-tester.ts';
import type { SavedBy } from './connections.ts';
import type { NewCredential, PreparedCredential } from './credential.ts';
import { isNewToEntra, retired } from './credential-facts.ts';
import { dropCredentialChange } from './drop-credential-change.ts';
import type { OpenCredential } from './open-credential.ts';
import { prepareCredential } from './prepare-credential.ts';
import { leadsTheSameWay } from './tenant-name.ts';

export interface CredentialRotationOptions {
  database: Pick<Database, 'db'>;
  vault: SecretVault;
  audit: AuditLog;
  accesses: Pick<ConnectionAccesses, 'openWith'>;
  open: OpenCredential;
  tests: Pick<ConnectionTestQueue, 'addCredential' | 'wake'>;
  /** After a test of a new credential, in the process that ran it. */
  onTested: (connectionId: string) => void;
  logger: Logger;
  now: () => Date;
}

interface Asked {
  workspaceId: string;
  id: string;
  by: SavedBy;
}

/**
 * A new credential in the place of an old one, without a gap: the new one is kept beside the old, tested, and only then
 * taken into use. Whatever fails on the way leaves the old one at work.
 */
export class CredentialRotation {
  readonly #options: CredentialRotationOptions;

  constructor(options: CredentialRotationOptions) {
    this.#options = options;
  }

  /** Takes the place of a rotation that was begun before. Null when the connection is gone. */
  async begin({ workspaceId, id, by, credential: asked }: Asked & { credential: NewCredential }) {
    const { database, now } = this.#options;
    const known = await connectionIn(database.db, workspaceId, id);
    if (known === null) return null;
    const prepared = await prepareCredential(asked, { name: known.name, now: now() });
    const begun = await database.db.transaction((tx) => this.beginIn(tx, { workspaceId, id, by, prepared }));
    this.#options.tests.wake();
    return begun;
  }

  /** In a transaction of the caller, who wakes the tests behind it. */
  async beginIn(tx: Db, { workspaceId, id, by, prepared }: Asked & { prepared: PreparedCredential }) {
    const { credential, plain, expiresAt, expirySource } = prepared;
    const { vault, tests, now } = this.#options;
    const before = await this.#locked(tx, workspaceId, id);
    if (before === null) return null;
    await this.#drop(tx, before);
    const secretId = plain === null ? null : await vault.put(tx, plain);
    await tx.insert(credentialChanges).values({
      connectionId: id,
      state: isNewToEntra(credential) ? 'prepared' : 'testing',
      credentialKind: credential.kind,
      credential,
      secretId,
      expiresAt,
      expirySource,
      startedById: by.objectId,
      startedByName: by.name,
      createdAt: now(),
    });
    if (!isNewToEntra(credential)) await tests.addCredential(tx, id);
    await this.#record(tx, before, by, `${credential.kind}, to be tested`);
    return connectionById(tx, id);
  }

  /** Tests the prepared credential, once more if it failed before. */
  async test({ workspaceId, id }: Omit<Asked, 'by'>): Promise<StoredConnection | null> {
    const found = await this.#options.database.db.transaction(async (tx) => {
      const before = await this.#locked(tx, workspaceId, id);
      if (before === null) return null;
      if (before.change !== null && before.change.state !== 'switched') {
        await tx.update(credentialChanges).set({ state: 'testing' }).where(eq(credentialChanges.connectionId, id));
        await this.#options.tests.addCredential(tx, id);
      }
      return connectionById(tx, id);
    });
    this.#options.tests.wake();
    return found;
  }

  /** The new credential goes, or, once it is in use, the reminder about the old one. */
  discard({ workspaceId, id, by }: Asked): Promise<StoredConnection | null> {
    return this.#options.database.db.transaction(async (tx) => {
      const before = await this.#locked(tx, workspaceId, id);
      if (before === null) return null;
      if (before.change !== null && before.change.state !== 'switched')
        await this.#record(tx, before, by, `${before.change.credentialKind}, discarded`);
      await this.#drop(tx, before);
      return connectionById(tx, id);
    });
  }

  /** For the queue. */
  async run(id: string, signal: AbortSignal): Promise<void> {
    const { database, logger, onTested } = this.#options;
    const connection = await connectionById(database.db, id);
    const change = connection?.change ?? null;
    if (connection === null || change === null || change.state !== 'testing') return;
    const result = await this.#tested(connection, signal);
    // With a token in hand, what Intune says of it is the connection's affair, not the credential's.
    const passed = result.probe !== 'notAsked';
    await database.db.transaction(async (tx) => {
      const current = await this.#locked(tx, connection.workspaceId, id);
      // Discarded, or begun anew, while the test ran.
      if (current?.change == null || current.change.createdAt.getTime() !== change.createdAt.getTime()) return;
      // Tested against another tenant or app than it would now serve.
      if (!leadsTheSameWay(current, connection)) return;
      if (passed) await this.#switch(tx, current, result);
      else await this.#fail(tx, id, result.problem);
    });
    logger.info({ connectionId: id, passed, reason: result.reason, ids: result.problem?.ids }, 'new credential tested');
    onTested(id);
  }

  async #tested(connection: StoredConnection, signal: AbortSignal): Promise<ConnectionTestResult> {
    const { accesses, open, logger } = this.#options;
    const { change, tenantId } = connection;
    if (change === null) throw new Error('There is nothing to test');
    try {
      const opened = accesses.openWith(connection, (ends) => open(change, opened.cloud, ends));
      const { cloud, tokenSource, graph } = opened;
      return await testConnection({ cloud, tenantId, tokenSource, graph, signal });
    } catch (error) {
      signal.throwIfAborted();
      const { problem } = asProblemError(error);
      if (problem.code === 'unexpected') logger.error({ err: error, connectionId: connection.id }, 'test failed');
      return { status: 'error', reason: problem.code, problem, roles: null, tenantId, probe: 'notAsked' };
    }
  }

  async #switch(tx: Db, before: StoredConnection, result: ConnectionTestResult): Promise<void> {
    const { vault, now } = this.#options;
    const { id, change } = before;
    if (change === null) return;
    const after = statusAfter({ ...before, credential: change.credential }, result);
    const isSame = after.status === before.status && after.statusReason === before.statusReason;
    await tx
      .update(connections)
      .set({
        credentialKind: change.credentialKind,
        credential: change.credential,
        secretId: change.secretId,
        credentialExpiresAt: change.expiresAt,
        credentialExpirySource: change.expirySource,
        credentialRevision: before.credentialRevision + 1,
        // A test that runs with the old credential is not recorded any more.
        testingSince: null,
        ...(before.status === 'disabled'
          ? {}
          : {
              ...after,
              ...(isSame ? {} : { statusSince: now() }),
              lastProblem: result.problem,
              ...(result.roles === null ? {} : { grantedRoles: result.roles }),
              ...(after.status === 'connected' && before.connectedAt === null ? { connectedAt: now() } : {}),
              lastTestedAt: now(),
            }),
      })
      .where(eq(connections.id, id));
    const old = await retired(before.credential, before.secretId, async (secretId) =>
      (await vault.get(tx, secretId)).toString('utf8'),
    );
    await tx
      .update(credentialChanges)
      .set({ state: 'switched', secretId: null, problem: null, before: old, testedAt: now() })
      .where(eq(credentialChanges.connectionId, id));
    if (before.secretId !== null) await vault.remove(tx, before.secretId);
    await this.#record(
      tx,
      before,
      { objectId: change.startedById, name: change.startedByName },
      `${change.credentialKind}, in use`,
    );
  }

  async #fail(tx: Db, id: string, problem: Problem | null): Promise<void> {
    await tx
      .update(credentialChanges)
      .set({ state: 'failed', problem, testedAt: this.#options.now() })
      .where(eq(credentialChanges.connectionId, id));
  }

  #drop(tx: Db, connection: StoredConnection): Promise<void> {
    return dropCredentialChange(tx, this.#options.vault, connection);
  }

  #record(tx: Db, before: StoredConnection, by: SavedBy, credential: string): Promise<void> {
    return recordConnection(this.#options.audit, tx, { before, after: before, renewed: true, credential, by });
  }

  async #locked(tx: Db, workspaceId: string, id: string): Promise<StoredConnection | null> {
    await tx
      .select({ id: connections.id })
      .from(connections)
      .where(and(eq(connections.id, id), isNull(connections.deletedAt)))
      .for('update');
    return connectionIn(tx, workspaceId, id);
  }
}
