import { createTeamsAdapter } from '../../src/bot/adapter.ts';
import { createServiceHosts } from '../../src/bot/auth/service-hosts.ts';
import { createOwnLoginCredentials, loginAuthority } from '../../src/bot/credentials.ts';
import type { BotConfig } from '../../src/config.ts';

const bot: BotConfig = {
  appType: 'SingleTenant',
  appId: '11111111-1111-4111-8111-111111111111',
  appPassword: 'secret',
  appTenantId: 'contoso.example',
  tokenIssuer: 'https://api.botframework.com',
  openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  loginUrl: undefined,
  oauthScope: 'https://api.botframework.com',
  serviceHosts: [],
};
const serviceHosts = createServiceHosts({ further: [], loopbackOnly: false });
const adapterOf = (change: Partial<BotConfig>) =>
  createTeamsAdapter({ bot: { ...bot, ...change }, serviceHosts, now: Date.now });

it.each<[string, Partial<BotConfig>]>([
  ['SingleTenant', {}],
  ['UserAssignedMSI', { appType: 'UserAssignedMSI', appPassword: undefined }],
  // A secret that was left in the environment must not stop a bot that has none.
  ['UserAssignedMSI', { appType: 'UserAssignedMSI' }],
  ['MultiTenant', { appType: 'MultiTenant', appTenantId: undefined }],
  ['SingleTenant with its own login host', { loginUrl: 'https://login.example' }],
])('is made for %s', (_type, change) => {
  expect(() => adapterOf(change)).not.toThrow();
});

it('gives no token of the bot to a host that is not Teams’', async () => {
  const { connector } = adapterOf({});
  const call = { serviceUrl: 'https://evil.example/', conversationId: 'c', activity: { type: 'message' as const } };

  await expect(connector.send(call)).rejects.toMatchObject({ arrival: 'no' });
});

it.each<[Partial<BotConfig>, string]>([
  [{}, 'https://login.microsoftonline.com/contoso.example'],
  [{ appType: 'MultiTenant' }, 'https://login.microsoftonline.com/botframework.com'],
  [{ loginUrl: 'https://login.microsoftonline.us' }, 'https://login.microsoftonline.us/contoso.example'],
  [
    { loginUrl: 'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us' },
    'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us',
  ],
  [{ loginUrl: 'http://127.0.0.1:4000' }, 'http://127.0.0.1:4000/contoso.example'],
])('%j asks for its token at %s', (change, authority) => {
  expect(loginAuthority({ ...bot, ...change })).toBe(authority);
});

it('sends its secret over plain http to this machine only', () => {
  const withLogin = (loginUrl: string) => () =>
    createOwnLoginCredentials({ ...bot, appId: 'app', appPassword: 'secret', loginUrl });

  expect(withLogin('http://127.0.0.1:4000')).not.toThrow();
  expect(withLogin('http://login.example')).toThrow('https');
});
