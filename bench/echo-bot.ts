import {
  ActivityHandler,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConfigurationBotFrameworkAuthenticationOptions,
} from 'botbuilder';
import restify from 'restify';
import { registration } from './cast.ts';

/**
 * The baseline: the SDK's echo bot on restify and nothing else. It checks tokens by itself, for the bench's issuer.
 * `node bench/echo-bot.ts PORT SINK_PORT`
 */
const [port = '', sinkPort = ''] = process.argv.slice(2);
const microsoft = `http://127.0.0.1:${sinkPort}`;

type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** The SDK's own credentials ask Microsoft about login hosts they do not know. Like them, these keep their token. */
function benchCredentials(): CredentialsFactory {
  let token: Promise<string> | undefined;
  const login = async () => {
    const response = await fetch(`${microsoft}/${registration.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: registration.appId,
        client_secret: registration.password,
        scope: `${registration.oauthScope}/.default`,
      }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return access_token;
  };
  return {
    isValidAppId: async (appId) => appId === registration.appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      async signRequest(request) {
        token ??= login();
        request.headers.set('authorization', `Bearer ${await token}`);
        return request;
      },
    }),
  };
}

const settings: ConfigurationBotFrameworkAuthenticationOptions = {
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppId: registration.appId,
  MicrosoftAppPassword: registration.password,
  MicrosoftAppTenantId: registration.tenantId,
  ToChannelFromBotLoginUrl: `${microsoft}/${registration.tenantId}`,
  ToChannelFromBotOAuthScope: registration.oauthScope,
  ToBotFromChannelTokenIssuer: registration.issuer,
  ToBotFromChannelOpenIdMetadataUrl: `${microsoft}/.well-known/openidconfiguration`,
  ToBotFromEmulatorOpenIdMetadataUrl: `${microsoft}/.well-known/openidconfiguration`,
  OAuthUrl: microsoft,
};

/** The SDK's type has no place for Node's `method: undefined`, which no request of a server has. */
type RequestOfSdk = restify.Request & { method: string };

const bot = new ActivityHandler();
bot.onMessage(async (context, next) => {
  await context.sendActivity(`Echo: ${context.activity.text}`);
  await next();
});

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(settings, benchCredentials()));
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.get('/readyz', (_request, response, next) => {
  response.send(200);
  next();
});
server.post('/api/messages', (request, response, next) => {
  adapter.process(request as RequestOfSdk, response, (context) => bot.run(context)).then(() => next(), next);
});
server.listen(Number(port), '127.0.0.1');
