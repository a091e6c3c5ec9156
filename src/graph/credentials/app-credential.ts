import type { Outbound } from '../../network/outbound.ts';
import type { Cloud } from '../clouds.ts';
import type { Wait } from '../retry-delay.ts';
import type { AccessToken, TokenSource } from '../token-source.ts';
import { requestToken } from './client-token.ts';
import { createTokenCache } from './token-cache.ts';

/** What proves to Entra that the app itself is asking. */
export type Proof =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; privateKeyPem: string; certificatePem: string }
  /** A token of another issuer that a federated credential of the app trusts. */
  | { kind: 'assertion'; assertion: string }
  /** The app is a managed identity: its host gives the token, Entra is not asked. */
  | { kind: 'identity'; token: (scope: string, signal: AbortSignal) => Promise<AccessToken> };

export interface AppCredentialOptions {
  cloud: Cloud;
  /** GUID or domain. */
  tenantId: string;
  clientId: string;
  /** Asked for once per token request, so that a plain value lives no longer than that and a renewed one serves at once. */
  proof: (signal: AbortSignal) => Promise<Proof>;
  outbound: Pick<Outbound, 'fetch'>;
  timeoutMs?: number;
  wait?: Wait;
  random?: () => number;
  now?: () => number;
}

/** App-only tokens by any kind of credential. */
export function createAppCredential(options: AppCredentialOptions): TokenSource {
  const { timeoutMs, now } = options;
  return createTokenCache({
    acquire: async (scope, signal) => {
      const proof = await options.proof(signal);
      return proof.kind === 'identity' ? proof.token(scope, signal) : requestToken(options, proof, scope, signal);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(now === undefined ? {} : { now }),
  });
}
