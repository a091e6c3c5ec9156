import { eq } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import type { Database, Db } from '../store/database.ts';
import { connections, credentialChanges } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import { recordConnection } from './connection-audit.ts';
import { connectionIn, keepNameFree, nameKey } from './connection-store.ts';
import type { Connections, SavedBy } from './connections.ts';
import type { UserSessions } from './user-sessions.ts';

export interface ConnectionLifeOptions {
  database: Pick<Database, 'db'>;
  vault: SecretVault;
  /** Sign-ins go with their connection. */
  sessions: Pick<UserSessions, 'remove'>;
  audit: AuditLog;
  connections: Pick<Connections, 'changing' | 'requestTestIn'>;
  now?: () => Date;
}

interface Asked {
  workspaceId: string;
  id: string;
  by: SavedBy;
}

/** What people do with a connection besides using it. Each answers null when the connection is not there any more. */
export class ConnectionLife {
  readonly #options: ConnectionLifeOptions;
  readonly #now: () => Date;

  constructor(options: ConnectionLifeOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** Nothing else changes: what was planned or is running goes on under the new name. */
  rename({ name, ...asked }: Asked & { name: string }): Promise<StoredConnection | null> {
    return this.#change(asked, async (tx, { workspaceId, id }) => {
      await keepNameFree(tx, workspaceId, name, id);
      await tx
        .update(connections)
        .set({ name, nameKey: nameKey(name) })
        .where(eq(connections.id, id));
    });
  }

  disable(asked: Asked): Promise<StoredConnection | null> {
    return this.#change(asked, async (tx, { id, status, credentialRevision }) => {
      if (status === 'disabled') return;
      await tx
        .update(connections)
        .set({
          status: 'disabled',
          statusReason: null,
          statusSince: this.#now(),
          testingSince: null,
          lastProblem: null,
          credentialRevision: credentialRevision + 1,
        })
        .where(eq(connections.id, id));
    });
  }

  /** Its state is not what it was: it is tested before it counts as connected. */
  enable(asked: Asked): Promise<StoredConnection | null> {
    return this.#change(asked, async (tx, { id, status }) => {
      if (status !== 'disabled') return;
      await tx
        .update(connections)
        .set({ status: 'notFinished', statusReason: 'draft', statusSince: this.#now() })
        .where(eq(connections.id, id));
      await this.#options.connections.requestTestIn(tx, id);
    });
  }

  /** Asks Microsoft again as if for the first time: cached tokens die in every process, and a test follows. */
  refresh(asked: Asked): Promise<StoredConnection | null> {
    return this.#change(asked, async (tx, { id, credentialRevision }) => {
      await tx
        .update(connections)
        .set({ credentialRevision: credentialRevision + 1 })
        .where(eq(connections.id, id));
      await this.#options.connections.requestTestIn(tx, id);
    });
  }

  /** The name it had; null when it was gone already. Its secrets go at once, its row stays for what refers to it. */
  async remove({ workspaceId, id, by }: Asked): Promise<string | null> {
    const { database, vault, sessions, audit } = this.#options;
    return database.db.transaction(async (tx) => {
      await tx.select({ id: connections.id }).from(connections).where(eq(connections.id, id)).for('update');
      const before = await connectionIn(tx, workspaceId, id);
      if (before === null) return null;
      await tx.delete(credentialChanges).where(eq(credentialChanges.connectionId, id));
      await tx
        .update(connections)
        .set({ deletedAt: this.#now(), secretId: null, testingSince: null })
        .where(eq(connections.id, id));
      await sessions.remove(tx, id);
      for (const secretId of [before.secretId, before.change?.secretId ?? null])
        if (secretId !== null) await vault.remove(tx, secretId);
      await audit.record(tx, {
        workspaceId,
        subject: { kind: 'connection', id, name: before.name },
        before: { name: before.name, tenant: before.tenantId, application: before.clientId },
        by,
      });
      return before.name;
    });
  }

  #change(
    { workspaceId, id, by }: Asked,
    change: (tx: Db, before: StoredConnection) => Promise<void>,
  ): Promise<StoredConnection | null> {
    return this.#options.connections.changing(async (tx) => {
      await tx.select({ id: connections.id }).from(connections).where(eq(connections.id, id)).for('update');
      const before = await connectionIn(tx, workspaceId, id);
      if (before === null) return null;
      await change(tx, before);
      const after = await connectionIn(tx, workspaceId, id);
      if (after === null) return null;
      await recordConnection(this.#options.audit, tx, { before, after, renewed: false, by });
      return after;
    });
  }
}
