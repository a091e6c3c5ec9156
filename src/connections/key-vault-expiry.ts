import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import { connections } from '../store/schema.ts';
import type { Connections } from './connections.ts';
import type { ReadKeyVaultEntry } from './key-vault-entries.ts';

export interface KeyVaultExpiryOptions {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'get'>;
  read: ReadKeyVaultEntry;
}

/** When a credential ends that a vault keeps; it may be renewed there at any time. */
export class KeyVaultExpiry {
  readonly #options: KeyVaultExpiryOptions;

  constructor(options: KeyVaultExpiryOptions) {
    this.#options = options;
  }

  /** True when something new was learned. */
  async learn(connectionId: string, signal: AbortSignal): Promise<boolean> {
    const { database, connections: all, read } = this.#options;
    const connection = await all.get(connectionId);
    if (connection?.credential.source !== 'keyVault' || connection.status === 'disabled') return false;
    const { expiresAt, expirySource } = await read(connection.credential, signal);
    if (connection.credentialExpiresAt?.getTime() === expiresAt?.getTime()) return false;
    const { revision, credentialRevision } = connection;
    const learned = await database.db
      .update(connections)
      .set({ credentialExpiresAt: expiresAt, credentialExpirySource: expirySource })
      .where(
        and(
          eq(connections.id, connectionId),
          eq(connections.revision, revision),
          // Another credential may have come while the vault was asked.
          eq(connections.credentialRevision, credentialRevision),
        ),
      )
      .returning({ id: connections.id });
    return learned.length > 0;
  }
}
