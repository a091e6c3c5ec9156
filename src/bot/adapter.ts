import { type Activity, CloudAdapter, ConfigurationBotFrameworkAuthentication, type TurnContext } from 'botbuilder';
import type { BotConfig } from '../config.ts';
import type { ChannelToken } from './auth/channel-token.ts';
import type { ServiceHosts } from './auth/service-hosts.ts';
import { createBoundedMap } from './bounded-map.ts';
import { createOwnLoginCredentials, loginAuthority } from './credentials.ts';
import {
  type Connector,
  ConnectorFault,
  connectorFault,
  type Member,
  type OutboundActivity,
} from './outbound/connector.ts';

export interface TeamsAdapter {
  /** Runs a turn for an activity that was verified here; what the turn answers comes back. */
  run(
    token: ChannelToken | null,
    activity: object,
    turn: () => Promise<InvokeAnswer | null>,
  ): Promise<InvokeAnswer | null>;
  readonly connector: Connector;
}

/** Teams reads the outcome from the body: the HTTP status is always 200. */
export interface InvokeAnswer {
  statusCode: number;
  type: string;
  value: unknown;
}

export interface TeamsAdapterOptions {
  bot: BotConfig;
  serviceHosts: ServiceHosts;
  now: () => number;
  /** How long one call to the connector may take. */
  answerWithin?: number;
}

type ConnectorClient = Awaited<
  ReturnType<ReturnType<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>['create']>
>;
type UserTokenClient = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['createUserTokenClient']>>;
type ClaimsIdentity = Parameters<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>[0];
type AuthenticatedRequest = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']>>;
type ConnectorFactory = NonNullable<AuthenticatedRequest['connectorFactory']>;

export function createTeamsAdapter({
  bot,
  serviceHosts,
  now,
  answerWithin = 15_000,
}: TeamsAdapterOptions): TeamsAdapter {
  const adapter = new VerifiedAdapter(new LeanAuthentication(bot, serviceHosts), bot);
  const call = async <T>(serviceUrl: string, ask: (client: ConnectorClient) => Promise<T>): Promise<T> => {
    try {
      return await ask(await adapter.clientFor(serviceUrl));
    } catch (error) {
      throw connectorFault(error, now());
    }
  };
  const timeout = answerWithin;
  return {
    run: (token, activity, turn) => adapter.runVerified(token, activity, turn),
    connector: {
      send: ({ serviceUrl, conversationId, activity }) =>
        call(serviceUrl, async (client) => {
          const sent = await client.conversations.sendToConversation(conversationId, wire(activity), {
            timeout,
          });
          return { id: typeof sent?.id === 'string' && sent.id !== '' ? sent.id : null };
        }),
      update: ({ serviceUrl, conversationId, activityId, activity }) =>
        call(serviceUrl, async (client) => {
          await client.conversations.updateActivity(conversationId, activityId, wire({ ...activity, id: activityId }), {
            timeout,
          });
        }),
      member: ({ serviceUrl, conversationId, memberId }) =>
        call(serviceUrl, async (client) =>
          readMember(await client.conversations.getConversationMember(conversationId, memberId, { timeout })),
        ),
    },
  };
}

/** The SDK's type asks for lists that can be changed; it does not change them. */
const wire = (activity: OutboundActivity) => activity as unknown as Partial<Activity>;

function readMember(found: object): Member {
  const member = found as Record<string, unknown>;
  const text = (name: string) => (typeof member[name] === 'string' ? member[name] : null);
  return {
    teamsId: text('id'),
    objectId: text('aadObjectId') ?? text('objectId'),
    name: text('name'),
    tenantId: text('tenantId')?.toLowerCase() ?? null,
    userRole: text('userRole')?.toLowerCase() ?? null,
  };
}

/** The SDK's adapter behind our own verification: it never sees a header. */
class VerifiedAdapter extends CloudAdapter {
  readonly #authentication: LeanAuthentication;
  readonly #bot: BotConfig;
  readonly #ownIdentity: ClaimsIdentity;

  constructor(authentication: LeanAuthentication, bot: BotConfig) {
    super(authentication);
    this.#authentication = authentication;
    this.#bot = bot;
    this.#ownIdentity = this.createClaimsIdentity(bot.appId ?? '');
  }

  clientFor(serviceUrl: string): Promise<ConnectorClient> {
    return this.#authentication.createConnectorFactory(this.#ownIdentity).create(serviceUrl, this.#bot.oauthScope);
  }

  async runVerified(
    token: ChannelToken | null,
    activity: object,
    turn: () => Promise<InvokeAnswer | null>,
  ): Promise<InvokeAnswer | null> {
    const identity = this.createClaimsIdentity(this.#bot.appId ?? '');
    for (const claim of token?.claims ?? []) identity.claims.push({ ...claim });
    let answer: InvokeAnswer | null = null;
    const logic = async (_context: TurnContext) => {
      answer = await turn();
    };
    await this.processActivity(
      {
        audience: this.#bot.oauthScope,
        claimsIdentity: identity,
        connectorFactory: this.#authentication.createConnectorFactory(identity),
      },
      activity as Activity,
      logic,
    );
    return answer;
  }
}

/** Teams' service URLs name the tenant, so there are as many as tenants. */
const rememberedClients = 1_000;

/**
 * The SDK builds a client pipeline for the connector and one for its token service in each turn. Here a client is made
 * once per service URL, and with two of its habits taken away:
 * - It repeats a request up to three times by itself, also when only the answer was lost, so messages arrived twice. Its
 *   `noRetryPolicy` option is read by nobody, hence the removal from the pipeline. Repeating is the door's business.
 * - It follows redirects, with the bot's token.
 */
class LeanAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #clients = createBoundedMap<Promise<ConnectorClient>>(rememberedClients, Date.now);
  readonly #serviceHosts: ServiceHosts;
  #userTokens: Promise<UserTokenClient> | null = null;

  constructor(bot: BotConfig, serviceHosts: ServiceHosts) {
    super(settings(bot), credentials(bot));
    this.#serviceHosts = serviceHosts;
  }

  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    const factory = super.createConnectorFactory(identity);
    return {
      create: (serviceUrl, audience) => {
        const known = this.#clients.get(serviceUrl);
        if (known !== undefined) return known;
        if (!this.#serviceHosts(serviceUrl))
          throw new ConnectorFault('This service host may not have a token of the bot', { arrival: 'no' });
        const made = factory.create(serviceUrl, audience).then(withoutHabits);
        this.#clients.set(serviceUrl, made);
        made.catch(() => this.#clients.delete(serviceUrl));
        return made;
      },
    };
  }

  override createUserTokenClient(identity: ClaimsIdentity): Promise<UserTokenClient> {
    this.#userTokens ??= super.createUserTokenClient(identity);
    return this.#userTokens;
  }
}

interface ClientPipeline {
  getOrderedPolicies(): { name: string }[];
  removePolicy(policy: { name: string }): unknown;
}

const unwantedPolicies = ['defaultRetryPolicy', 'redirectPolicy'];

function withoutHabits(client: ConnectorClient): ConnectorClient {
  // A private field of the frozen SDK; a test watches that one failed call is one request.
  const { pipeline } = (client as unknown as { client: { pipeline: ClientPipeline } }).client;
  for (const name of unwantedPolicies) pipeline.removePolicy({ name });
  return client;
}

/** The SDK takes its own endpoints only if none is given, so all of them are. */
function settings(bot: BotConfig): Record<string, string> {
  const secret = bot.appType !== 'UserAssignedMSI' && bot.appPassword !== undefined;
  return {
    MicrosoftAppType: bot.appType,
    MicrosoftAppId: bot.appId ?? '',
    ...(secret ? { MicrosoftAppPassword: bot.appPassword ?? '' } : {}),
    ...(bot.appTenantId === undefined ? {} : { MicrosoftAppTenantId: bot.appTenantId }),
    ToChannelFromBotLoginUrl: loginAuthority(bot),
    ToChannelFromBotOAuthScope: bot.oauthScope,
    ToBotFromChannelTokenIssuer: bot.tokenIssuer,
    ToBotFromChannelOpenIdMetadataUrl: bot.openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: bot.openIdMetadataUrl,
    OAuthUrl: 'https://token.botframework.com',
  };
}

function credentials(bot: BotConfig) {
  const { appId, appPassword } = bot;
  if (appId === undefined) return disabledCredentials;
  if (bot.loginUrl === undefined || bot.appType === 'UserAssignedMSI' || appPassword === undefined) return undefined;
  return createOwnLoginCredentials({ ...bot, appId, appPassword });
}

/** The demo's client asks for no token. */
const disabledCredentials: ReturnType<typeof createOwnLoginCredentials> = {
  isValidAppId: async () => true,
  isAuthenticationDisabled: async () => true,
  createCredentials: async () => ({ signRequest: async (request) => request }),
};
