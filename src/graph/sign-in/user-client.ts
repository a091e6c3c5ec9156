import { ConfidentialClientApplication, PublicClientApplication } from '@azure/msal-node';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';
import { authOptions } from '../credentials/msal-authority.ts';
import { MsalNetwork } from '../credentials/msal-network.ts';
import { entraProblem } from '../entra-errors.ts';
import { wait as realWait, type Wait } from '../retry-delay.ts';
import { type VerifiedPerson, verifyIdToken } from './id-token.ts';
import type { UserApp } from './user-app.ts';

export interface UserClientOptions {
  outbound: Pick<Outbound, 'fetch'>;
  wait?: Wait;
  random?: () => number;
}

export interface SignInRequest {
  redirectUri: string;
  /** Delegated permissions of Graph; none when only the person matters. */
  scopes: readonly string[];
  state: string;
  nonce: string;
  /** PKCE: https://www.rfc-editor.org/rfc/rfc7636 */
  challenge: string;
  loginHint?: string;
}

export interface Redemption {
  redirectUri: string;
  scopes: readonly string[];
  nonce: string;
  code: string;
  verifier: string;
}

export interface Redeemed {
  person: VerifiedPerson;
  /** MSAL's cache with the refresh token in it: a secret. */
  cache: string;
  /** The account's key in that cache. */
  homeAccountId: string;
}

/** The authorization code flow: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow */
export class UserClient {
  readonly #options: UserClientOptions;

  constructor(options: UserClientOptions) {
    this.#options = options;
  }

  /** The address of Microsoft's page. Nothing is sent yet. */
  signInUrl(app: UserApp, request: SignInRequest): Promise<string> {
    const { redirectUri, scopes, state, nonce, challenge, loginHint } = request;
    return new PublicClientApplication({ auth: authOptions(app) }).getAuthCodeUrl({
      redirectUri,
      scopes: graphScopes(app, scopes),
      state,
      nonce,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      responseMode: 'query',
      // A browser that is signed in as somebody else must not answer for the person who presses.
      prompt: 'select_account',
      ...(loginHint === undefined ? {} : { loginHint }),
    });
  }

  async redeem(app: UserApp, redemption: Redemption, signal: AbortSignal): Promise<Redeemed> {
    const { wait = realWait, random = Math.random, outbound } = this.#options;
    const network = new MsalNetwork({ outbound, signal, wait, random });
    const { code, verifier, redirectUri, scopes, nonce } = redemption;
    try {
      const client = new ConfidentialClientApplication({
        auth: { ...authOptions(app), ...(await app.proof(signal)) },
        system: { networkClient: network },
      });
      const result = await client.acquireTokenByCode(
        { code, codeVerifier: verifier, redirectUri, scopes: graphScopes(app, scopes), nonce },
        { code, nonce },
      );
      const person = await verifyIdToken(result.idToken, { app, nonce, outbound, signal });
      const homeAccountId = result.account?.homeAccountId ?? '';
      return { person, homeAccountId, cache: client.getTokenCache().serialize() };
    } catch (error) {
      throw userTokenProblem(error, network, 'signInNotTrusted');
    }
  }
}

export const graphScopes = ({ cloud }: Pick<UserApp, 'cloud'>, scopes: readonly string[]): string[] =>
  scopes.map((scope) => `${cloud.graphUrl}/${scope}`);

/** MSAL's errors repeat Microsoft's text; only the kind of the error goes on. */
export function userTokenProblem(
  error: unknown,
  network: MsalNetwork,
  ofGrant: 'signInNotTrusted' | 'signInLapsed',
): ProblemError {
  if (error instanceof ProblemError) return error;
  if (network.failure instanceof ProblemError) return network.failure;
  if (network.failure !== null) return new ProblemError('networkDown', { cause: network.failure });
  const code = (error as { errorCode?: unknown }).errorCode;
  const cause = new Error(`Sign-in failed: ${typeof code === 'string' ? code : 'unknown'}`);
  if (network.refusal !== null) {
    const refused = entraProblem({ ...network.refusal, secretIsGuid: false }, cause);
    // OAuth's word for a code or a refresh token that is not good any more; consent that was taken away is told apart.
    const isGrant = network.refusal.body.error === 'invalid_grant' && refused.problem.code !== 'notConsented';
    if (!isGrant) return refused;
    const { ids } = refused.problem;
    return new ProblemError(ofGrant, { cause, ...(ids === undefined ? {} : { ids }) });
  }
  return new ProblemError('signInNotTrusted', { cause });
}
