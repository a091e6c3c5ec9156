import { ConfidentialClientApplication } from '@azure/msal-node';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { Cloud } from '../clouds.ts';
import { entraProblem } from '../entra-errors.ts';
import { wait as realWait, type Wait } from '../retry-delay.ts';
import type { AccessToken, TokenSource } from '../token-source.ts';
import { MsalNetwork } from './msal-network.ts';

export interface SecretCredentialOptions {
  cloud: Cloud;
  /** GUID or domain. */
  tenantId: string;
  clientId: string;
  /** Asked for once per token request, so that the plain value lives no longer than that. */
  secret: () => Promise<string>;
  outbound: Pick<Outbound, 'fetch'>;
  timeoutMs?: number;
  wait?: Wait;
  random?: () => number;
  now?: () => number;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A token that ends sooner is not handed out: it would expire under way. */
const marginMs = 5 * 60_000;

/** Client credentials with a secret. Tokens are kept in memory, for as long as this object: one revision of a connection. */
export function createSecretCredential(options: SecretCredentialOptions): TokenSource {
  const { timeoutMs = 15_000, now = Date.now } = options;
  const kept = new Map<string, AccessToken>();
  const underWay = new Map<string, Promise<AccessToken>>();

  const acquire = (scope: string): Promise<AccessToken> => {
    const running = underWay.get(scope);
    if (running !== undefined) return running;
    const started = requestToken(options, scope, AbortSignal.timeout(timeoutMs))
      .then((token) => {
        kept.set(scope, token);
        return token;
      })
      .finally(() => underWay.delete(scope));
    underWay.set(scope, started);
    return started;
  };

  return {
    async getToken(scope, { fresh = false, signal } = {}) {
      signal?.throwIfAborted();
      const known = kept.get(scope);
      if (!fresh && known !== undefined && known.expiresAt - marginMs > now()) return known;
      return untilAborted(acquire(scope), signal);
    },
  };
}

/** One caller's cancellation must not end a request that others wait for. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function requestToken(
  { cloud, tenantId, clientId, secret, outbound, wait = realWait, random = Math.random }: SecretCredentialOptions,
  scope: string,
  signal: AbortSignal,
): Promise<AccessToken> {
  const clientSecret = await secret();
  const network = new MsalNetwork({ outbound, signal, wait, random });
  const authority = `${cloud.loginUrl}/${encodeURIComponent(tenantId)}`;
  // A client for each request: what MSAL would keep (tokens, throttling) is kept here, where a revision ends it.
  const client = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority,
      // Both spare a round trip, and let the token endpoint itself say what is wrong with the tenant.
      knownAuthorities: [new URL(cloud.loginUrl).host],
      authorityMetadata: JSON.stringify({
        issuer: `${authority}/v2.0`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
    },
    system: { networkClient: network },
  });
  try {
    const result = await client.acquireTokenByClientCredential({ scopes: [scope], skipCache: true });
    if (result === null || result.accessToken === '' || result.expiresOn === null)
      throw new ProblemError('entraUnknown', { detail: 'The answer carried no token.' });
    return { value: result.accessToken, expiresAt: result.expiresOn.getTime() };
  } catch (error) {
    throw tokenProblem(error, network, guid.test(clientSecret), signal);
  }
}

function tokenProblem(error: unknown, network: MsalNetwork, secretIsGuid: boolean, signal: AbortSignal): ProblemError {
  if (error instanceof ProblemError) return error;
  if (network.failure instanceof ProblemError) return network.failure;
  if (network.failure !== null) return new ProblemError('networkDown', { cause: network.failure });
  if (network.refusal !== null) return entraProblem({ ...network.refusal, secretIsGuid }, withoutText(error));
  if (signal.aborted) return new ProblemError('networkDown', { cause: signal.reason });
  return new ProblemError('entraUnknown', { cause: withoutText(error) });
}

/** MSAL's errors repeat Microsoft's text; only the kind of the error goes on. */
function withoutText(error: unknown): Error {
  const code = (error as { errorCode?: unknown }).errorCode;
  return new Error(`Token request failed: ${typeof code === 'string' ? code : 'unknown'}`);
}
