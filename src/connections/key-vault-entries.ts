import { readCertificateFile } from '../graph/certificates/read-certificate-file.ts';
import type { Proof } from '../graph/credentials/app-credential.ts';
import { createKeyVaultReader } from '../graph/credentials/key-vault.ts';
import { createManagedIdentities } from '../graph/credentials/managed-identity.ts';
import type { Outbound } from '../network/outbound.ts';
import type { OwnIdentityConfig } from '../own-identity-config.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Credential, ExpirySource } from './credential.ts';

export interface KeyVaultEntriesOptions {
  /** Must allow the identity service and the vaults of `identity`. */
  outbound: Pick<Outbound, 'fetch'>;
  identity: OwnIdentityConfig;
}

type InKeyVault = Extract<Credential, { source: 'keyVault' }>;

export interface KeyVaultEntry {
  proof: Proof;
  /** What the certificate says, or else what somebody wrote at the entry. */
  expiresAt: Date | null;
  expirySource: ExpirySource | null;
}

export type ReadKeyVaultEntry = (credential: InKeyVault, signal: AbortSignal) => Promise<KeyVaultEntry>;

export function createKeyVaultEntries({ outbound, identity }: KeyVaultEntriesOptions): ReadKeyVaultEntry {
  const read = createKeyVaultReader({ outbound, identity, managedIdentity: createManagedIdentities(outbound) });
  return async ({ kind, reference }, signal) => {
    // The list may have changed since the connection was made.
    if (!identity.keyVaults.some(({ url }) => url === reference.vaultUrl)) throw new ProblemError('ownIdentityGone');
    const { value, contentType, expiresAt } = await read(reference, signal);
    if (kind === 'secret')
      return { proof: { kind, secret: value }, expiresAt, expirySource: expiresAt === null ? null : 'keyVault' };
    const isPem = contentType === 'application/x-pem-file' || value.includes('-----BEGIN ');
    const bytes = Buffer.from(value, isPem ? 'utf8' : 'base64');
    const { facts, privateKeyPem } = await readCertificateFile({ bytes, password: '', now: new Date() });
    return {
      proof: { kind, privateKeyPem, certificatePem: facts.pem },
      expiresAt: new Date(facts.notAfter),
      expirySource: 'certificate',
    };
  };
}
