import type { Outbound } from '../../network/outbound.ts';
import type { ManagedIdentityConfig } from '../../own-identity-config.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { AccessToken } from '../token-source.ts';
import { AzureHttpClient } from './azure-http-client.ts';

export type ManagedIdentityToken = (
  identity: ManagedIdentityConfig,
  scope: string,
  signal: AbortSignal,
) => Promise<AccessToken>;

/**
 * Tokens of the machine's own identities. The machine's identity service keeps tokens for about a day, so a role that was
 * granted a minute ago may take hours to appear, and nothing can hurry it.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
 */
export function createManagedIdentities(outbound: Pick<Outbound, 'fetch'>): ManagedIdentityToken {
  // One for all: MSAL keeps the client of the first request for the whole process.
  const httpClient = new AzureHttpClient(outbound);
  return async ({ clientId, isSystemAssigned }, scope, signal) => {
    // Loaded on first use: few services run with such an identity, and all of them would wait for it at the start.
    const { ManagedIdentityCredential } = await import('@azure/identity');
    const options = { httpClient, retryOptions: { maxRetries: 1, retryDelayInMs: 500 } };
    try {
      const credential = new ManagedIdentityCredential(isSystemAssigned ? options : { ...options, clientId });
      const token = await credential.getToken(scope, { abortSignal: signal });
      return { value: token.token, expiresAt: token.expiresOnTimestamp };
    } catch (error) {
      throw refusal(error);
    }
  };
}

/** The library's messages repeat the service's text; what matters is whether the service answered. */
function refusal(error: unknown): ProblemError {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1) {
    if (cause instanceof ProblemError) return cause;
    if (cause.name === 'ServerError' || cause.name === 'ManagedIdentityError')
      return new ProblemError('managedIdentityRefused');
  }
  return new ProblemError('managedIdentityUnavailable');
}
