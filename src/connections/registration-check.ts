import { eq } from 'drizzle-orm';
import { type AppRegistration, readAppRegistration, registrationRoles } from '../graph/app-registration.ts';
import type { Database } from '../store/database.ts';
import { connections } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Credential } from './credential.ts';
import { certificateOf, retired } from './credential-facts.ts';

export interface RegistrationCheckOptions {
  database: Pick<Database, 'db'>;
  vault: SecretVault;
  connections: Pick<Connections, 'get' | 'accessTo'>;
}

/** What the app registration itself says of its credentials, where the app may read it. */
export class RegistrationCheck {
  readonly #options: RegistrationCheckOptions;

  constructor(options: RegistrationCheckOptions) {
    this.#options = options;
  }

  /** The end of a secret that somebody typed without its day. True when something new was learned. */
  async learnExpiry(connectionId: string, signal: AbortSignal): Promise<boolean> {
    const { database, vault, connections: all } = this.#options;
    const connection = await all.get(connectionId);
    if (connection?.credential.source !== 'typed' || !mayRead(connection)) return false;
    const registered = await this.#read(connection, signal);
    if (registered === null) return false;
    const described = await retired(connection.credential, connection.secretId, async (secretId) =>
      (await vault.get(database.db, secretId)).toString('utf8'),
    );
    const hint = described.source === 'typed' ? described.hint : undefined;
    const matching = registered.secrets.filter((secret) => secret.hint === hint && secret.endsAt !== null);
    const [only] = matching;
    // Two secrets may begin alike; a guess would warn of the wrong day.
    if (only?.endsAt == null || matching.length > 1) return false;
    if (connection.credentialExpiresAt?.getTime() === only.endsAt.getTime()) return false;
    await database.db
      .update(connections)
      .set({ credentialExpiresAt: only.endsAt, credentialExpirySource: 'graph' })
      .where(eq(connections.id, connectionId));
    return true;
  }

  /** Whether a credential that is no longer used is gone from Entra; null where that cannot be seen. */
  async isRemoved(connection: StoredConnection, credential: Credential, signal: AbortSignal): Promise<boolean | null> {
    if (!mayRead(connection)) return null;
    const registered = await this.#read(connection, signal);
    if (registered === null) return null;
    const certificate = certificateOf(credential);
    if (certificate !== null)
      return !registered.certificates.some(({ thumbprint }) => thumbprint === certificate.thumbprint);
    if (credential.source === 'typed' && credential.hint !== undefined)
      return !registered.secrets.some(({ hint }) => hint === credential.hint);
    return null;
  }

  async #read(connection: StoredConnection, signal: AbortSignal): Promise<AppRegistration | null> {
    const { graph } = await this.#options.connections.accessTo(connection.id);
    return readAppRegistration(graph, connection.clientId, signal);
  }
}

function mayRead({ grantedRoles, status }: StoredConnection): boolean {
  return status === 'connected' && (grantedRoles ?? []).some((role) => registrationRoles.includes(role));
}
