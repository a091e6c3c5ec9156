import type { TokenSource } from '../token-source.ts';
import { type AppCredentialOptions, createAppCredential } from './app-credential.ts';

export interface SecretCredentialOptions extends Omit<AppCredentialOptions, 'proof'> {
  secret: () => Promise<string>;
}

/** Client credentials with a secret. */
export function createSecretCredential({ secret, ...options }: SecretCredentialOptions): TokenSource {
  return createAppCredential({ ...options, proof: async () => ({ kind: 'secret', secret: await secret() }) });
}
