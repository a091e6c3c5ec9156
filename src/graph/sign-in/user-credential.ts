import { ConfidentialClientApplication } from '@azure/msal-node';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';
import { authOptions } from '../credentials/msal-authority.ts';
import { MsalNetwork } from '../credentials/msal-network.ts';
import { createTokenCache } from '../credentials/token-cache.ts';
import { wait as realWait, type Wait } from '../retry-delay.ts';
import type { AccessToken, TokenSource } from '../token-source.ts';
import type { UserApp } from './user-app.ts';
import { graphScopes, userTokenProblem } from './user-client.ts';

/** What a person's sign-in left behind. */
export interface UserTokens {
  /** Of this one sign-in: the next one, of whomever, has another. */
  id: string;
  /** MSAL's cache: a secret. */
  cache: string;
  homeAccountId: string;
  scopes: readonly string[];
}

/** Where the tokens of one connection are kept. */
export interface UserTokenStore {
  /** Null when nobody has signed in. */
  read(): Promise<UserTokens | null>;
  /** Microsoft renews the refresh token with each use. False, and nothing kept, where that sign-in is over. */
  keep(tokens: Pick<UserTokens, 'id'>, cache: string): Promise<boolean>;
  /** Says nothing of a sign-in that took the place of this one. */
  lapsed(tokens: Pick<UserTokens, 'id'>): Promise<void>;
}

export interface UserCredentialOptions {
  app: UserApp;
  store: UserTokenStore;
  outbound: Pick<Outbound, 'fetch'>;
  wait?: Wait;
  random?: () => number;
}

/** Tokens for Graph in the name of who signed in, renewed without that person for as long as Microsoft lets it. */
export function createUserCredential(options: UserCredentialOptions): TokenSource {
  return createTokenCache({ acquire: (_scope, signal) => renew(options, signal) });
}

async function renew(options: UserCredentialOptions, signal: AbortSignal): Promise<AccessToken> {
  const { app, store, outbound, wait = realWait, random = Math.random } = options;
  // What keeps the app itself out is told before who has to sign in.
  const proof = await app.proof(signal);
  const tokens = await store.read();
  if (tokens === null) throw new ProblemError('signInNeeded');
  const network = new MsalNetwork({ outbound, signal, wait, random });
  try {
    const client = new ConfidentialClientApplication({
      auth: { ...authOptions(app), ...proof },
      system: { networkClient: network },
    });
    const cache = client.getTokenCache();
    cache.deserialize(tokens.cache);
    const account = await cache.getAccountByHomeId(tokens.homeAccountId);
    if (account === null) throw new ProblemError('signInLapsed');
    const scopes = graphScopes(app, tokens.scopes);
    const result = await client.acquireTokenSilent({ account, scopes, forceRefresh: true });
    if (result.accessToken === '' || result.expiresOn === null)
      throw new ProblemError('entraUnknown', { detail: 'The answer carried no token.' });
    // Meanwhile somebody signed out, or another person signed in.
    if (!(await store.keep(tokens, cache.serialize()))) throw new ProblemError('signInNeeded');
    return { value: result.accessToken, expiresAt: result.expiresOn.getTime() };
  } catch (error) {
    const problem = withoutRefreshToken(error) ?? userTokenProblem(error, network, 'signInLapsed');
    if (problem.problem.code === 'signInLapsed') await store.lapsed(tokens);
    throw problem;
  }
}

/** MSAL asks nobody when it has nothing to ask with. */
function withoutRefreshToken(error: unknown): ProblemError | null {
  const code = (error as { errorCode?: unknown }).errorCode;
  return code === 'no_tokens_found' || code === 'refresh_token_expired' ? new ProblemError('signInLapsed') : null;
}
