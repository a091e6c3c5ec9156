import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import type { BotConfig } from '../config.ts';
import { isLoopbackName } from './auth/service-hosts.ts';

export type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** Looking it up in MSAL's cache for each request costs more than the rest of the request. */
const renewBefore = 5 * 60 * 1000;
const publicLogin = 'https://login.microsoftonline.com';

/** Where the bot gets its own token: the authority with its tenant. */
export function loginAuthority(bot: BotConfig): string {
  const tenant = bot.appType === 'MultiTenant' ? 'botframework.com' : (bot.appTenantId ?? 'botframework.com');
  const login = new URL(bot.loginUrl ?? publicLogin);
  return login.pathname === '/' ? `${login.origin}/${tenant}` : `${login.origin}${login.pathname}`;
}

/**
 * Credentials for a login host that the operator named. The SDK's own credentials ask Microsoft about hosts they do not
 * know; here the host is declared known.
 */
export function createOwnLoginCredentials(bot: BotConfig & { appId: string; appPassword: string }): CredentialsFactory {
  const authority = loginAuthority(bot);
  const { hostname, host, protocol } = new URL(authority);
  const plain = protocol === 'http:';
  if (plain && !isLoopbackName(hostname)) throw new Error('A login host without https must be on this machine');
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: bot.appId,
      clientSecret: bot.appPassword,
      // MSAL refuses an http authority, so a test rig's is written as https here and as http on the wire.
      authority: authority.replace(/^http:/, 'https:'),
      knownAuthorities: [host],
    },
    ...(plain ? { system: { networkClient: createPlainNetwork(host) } } : {}),
  });
  const scopes = [`${bot.oauthScope.replace(/\/\.default$/, '')}/.default`];
  let known: { authorization: string; renewAt: number } | null = null;
  let asking: Promise<string> | null = null;
  const ask = async () => {
    const token = await application.acquireTokenByClientCredential({ scopes });
    if (token === null) throw new Error('The login host gave no token');
    const authorization = `Bearer ${token.accessToken}`;
    known = { authorization, renewAt: (token.expiresOn?.getTime() ?? 0) - renewBefore };
    return authorization;
  };
  const authorization = () => {
    if (known !== null && known.renewAt > Date.now()) return known.authorization;
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  return {
    isValidAppId: async (appId) => appId === bot.appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      async signRequest(request) {
        request.headers.set('Authorization', await authorization());
        return request;
      },
    }),
  };
}

function createPlainNetwork(host: string): INetworkModule {
  const request = async <T>(
    method: 'GET' | 'POST',
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ) => {
    const target = new URL(url);
    if (target.host !== host) throw new Error('The login host named another host');
    target.protocol = 'http:';
    const response = await fetch(target, {
      method,
      headers: options?.headers ?? {},
      ...(options?.body === undefined ? {} : { body: options.body }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    return {
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as T,
      status: response.status,
    };
  };
  return {
    sendGetRequestAsync: (url, options) => request('GET', url, options),
    sendPostRequestAsync: (url, options) => request('POST', url, options),
  };
}
