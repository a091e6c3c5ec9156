import type { Cloud } from '../graph/clouds.ts';
import type { Proof } from '../graph/credentials/app-credential.ts';
import { createManagedIdentities } from '../graph/credentials/managed-identity.ts';
import { readTokenFile } from '../graph/credentials/token-file.ts';
import type { Outbound } from '../network/outbound.ts';
import type { OwnIdentityConfig } from '../own-identity-config.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { Credential } from './credential.ts';
import { createKeyVaultEntries } from './key-vault-entries.ts';

/** A credential with the vault's id of its secret part. */
export interface SealedCredential {
  credential: Credential;
  secretId: string | null;
}

export interface CredentialOpenerOptions {
  db: Db;
  vault: SecretVault;
  /** Must allow the identity service and the vaults of `identity`. */
  outbound: Pick<Outbound, 'fetch'>;
  identity: OwnIdentityConfig;
}

/** Turns a stored credential into what is shown to Entra, for one token request. */
export type OpenCredential = (sealed: SealedCredential, cloud: Cloud, signal: AbortSignal) => Promise<Proof>;

export function createCredentialOpener({ db, vault, outbound, identity }: CredentialOpenerOptions): OpenCredential {
  const managedIdentity = createManagedIdentities(outbound);
  const keyVaultEntry = createKeyVaultEntries({ outbound, identity });
  const fromVault = async (secretId: string | null): Promise<string> => {
    if (secretId === null) throw new ProblemError('vaultRowMissing');
    return (await vault.get(db, secretId)).toString('utf8');
  };
  const identityNamed = (name: string) => {
    const found = identity.managedIdentities.find((one) => one.name === name);
    if (found === undefined) throw new ProblemError('ownIdentityGone');
    return found;
  };

  return async ({ credential, secretId }, cloud, signal): Promise<Proof> => {
    switch (credential.source) {
      case 'typed':
        return { kind: 'secret', secret: await fromVault(secretId) };
      case 'made':
      case 'uploaded':
        if (credential.certificate === null) throw new ProblemError('certificateAwaited');
        return {
          kind: 'certificate',
          privateKeyPem: await fromVault(secretId),
          certificatePem: credential.certificate.pem,
        };
      case 'keyVault':
        return (await keyVaultEntry(credential, signal)).proof;
      case 'tokenFile': {
        if (identity.tokenFile === undefined) throw new ProblemError('ownIdentityGone');
        return { kind: 'assertion', assertion: await readTokenFile(identity.tokenFile) };
      }
      case 'managedIdentity': {
        const scope = `${cloud.federationAudience}/.default`;
        const named = identityNamed(credential.identity);
        const { value } = await managedIdentity(named, scope, signal);
        return { kind: 'assertion', assertion: value };
      }
      case 'machine': {
        const named = identityNamed(credential.identity);
        return {
          kind: 'identity',
          token: (scope, ends) => managedIdentity(named, scope, ends),
        };
      }
    }
  };
}
