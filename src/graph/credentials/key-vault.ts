import type { Outbound } from '../../network/outbound.ts';
import type { OwnIdentityConfig } from '../../own-identity-config.ts';
import { ProblemError } from '../../problems/problem.ts';
import { AzureHttpClient } from './azure-http-client.ts';
import type { ManagedIdentityToken } from './managed-identity.ts';

export interface KeyVaultReference {
  /** `https://name.vault.azure.net` */
  vaultUrl: string;
  name: string;
  /** Without it the newest one counts, so that a rotation in the vault is followed. */
  version?: string;
}

export interface KeyVaultAnswer {
  value: string;
  contentType: string | null;
  expiresAt: Date | null;
}

export interface KeyVaultOptions {
  outbound: Pick<Outbound, 'fetch'>;
  identity: OwnIdentityConfig;
  managedIdentity: ManagedIdentityToken;
}

export type ReadKeyVault = (reference: KeyVaultReference, signal: AbortSignal) => Promise<KeyVaultAnswer>;

/** Hosts whose own answer names the vault service as audience; another one is a private rig of the operator. */
const microsoftVaults = /\.vault\.(azure\.net|usgovcloudapi\.net|azure\.cn)$/;

/** Read with this service's own identity, each time a token is asked for: nothing of it is kept. */
export function createKeyVaultReader(options: KeyVaultOptions): ReadKeyVault {
  const httpClient = new AzureHttpClient(options.outbound);
  return async ({ vaultUrl, name, version }, signal) => {
    const { SecretClient } = await import('@azure/keyvault-secrets');
    const client = new SecretClient(vaultUrl, await credentialOf(options, httpClient), {
      httpClient,
      retryOptions: { maxRetries: 1, retryDelayInMs: 500 },
      disableChallengeResourceVerification: !microsoftVaults.test(new URL(vaultUrl).hostname),
    });
    try {
      const { value, properties } = await client.getSecret(name, {
        abortSignal: signal,
        ...(version === undefined ? {} : { version }),
      });
      if (value === undefined || value === '') throw new ProblemError('keyVaultEntryMissing');
      return { value, contentType: properties.contentType ?? null, expiresAt: properties.expiresOn ?? null };
    } catch (error) {
      throw refusal(error);
    }
  };
}

async function credentialOf({ identity, managedIdentity }: KeyVaultOptions, httpClient: AzureHttpClient) {
  const [managed] = identity.managedIdentities;
  if (managed !== undefined)
    return {
      async getToken(scopes: string | string[], { abortSignal }: { abortSignal?: unknown } = {}) {
        const signal = abortSignal instanceof AbortSignal ? abortSignal : AbortSignal.timeout(longestMs);
        const token = await managedIdentity(managed, [scopes].flat()[0] ?? '', signal);
        return { token: token.value, expiresOnTimestamp: token.expiresAt };
      },
    };
  const { workload, tokenFile } = identity;
  if (workload === undefined || tokenFile === undefined) throw new ProblemError('keyVaultNoIdentity');
  const { WorkloadIdentityCredential } = await import('@azure/identity');
  return new WorkloadIdentityCredential({ ...workload, tokenFilePath: tokenFile, httpClient });
}

const longestMs = 12_000;

function refusal(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { statusCode: status, cause } = error as { statusCode?: unknown; cause?: unknown };
  if (cause instanceof ProblemError) return cause;
  if (status === 404) return new ProblemError('keyVaultEntryMissing');
  const ids = typeof status === 'number' ? { ids: { serviceCode: `Key Vault ${status}` } } : {};
  return new ProblemError(status === 401 || status === 403 ? 'keyVaultRefused' : 'keyVaultUnavailable', ids);
}
