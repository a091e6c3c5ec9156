import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Members } from '../access/access.ts';
import type { Reach } from '../access/reach.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { Audit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Messenger } from '../dialogs/messenger.ts';
import type { People } from '../dialogs/people.ts';
import type { Follow, Route, StandardAnswers } from '../dialogs/route.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from '../store/database.ts';
import { createTeamsAdapter } from './adapter.ts';
import { createAnswers } from './answers.ts';
import { createAuditTrail } from './audit-trail.ts';
import { createChannelTokens } from './auth/channel-token.ts';
import { createDemoGate, createTokenGate, type Gate } from './auth/gate.ts';
import { createServiceHosts, type ServiceHosts } from './auth/service-hosts.ts';
import { createSigningKeys } from './auth/signing-keys.ts';
import { type Clock, systemClock } from './clock.ts';
import { createConversations } from './conversations.ts';
import { createFailures } from './failures.ts';
import { createGuard } from './guard.ts';
import { createInbound } from './inbound.ts';
import { createKeptWords } from './kept-words.ts';
import { createMembers } from './members.ts';
import { createMembership } from './membership.ts';
import { createCoalescer } from './outbound/coalescer.ts';
import { createDelivery } from './outbound/delivery.ts';
import { createDoor } from './outbound/door.ts';
import { createLiveCards } from './outbound/live-cards.ts';
import { createMessenger } from './outbound/messenger.ts';
import { createOutbox } from './outbound/outbox.ts';
import { createRateLimits } from './outbound/rate-limits.ts';
import { createPeople } from './people.ts';
import { createRequestReader } from './requests.ts';
import { createRoster } from './roster.ts';
import { createRouteTable } from './route-table.ts';
import { type Belongings, createScope } from './scope.ts';
import { createTurnFactory } from './turn.ts';
import { createTurns } from './turns.ts';

export interface Bot {
  /** `POST /api/messages`; reads the body itself. */
  messages(request: IncomingMessage, response: ServerResponse): Promise<void>;
  readonly messenger: Messenger;
  /** The route table, row by row. */
  readonly routes: readonly Route[];
  /** What Teams says of the people of a workspace. */
  readonly members: Members;
  /** Starts delivering what is in the outbox. */
  start(): void;
  /** Ends when no turn is running and nothing is on its way to Teams. */
  idle(): Promise<void>;
  /** Takes nothing new, ends what is running, within 20 seconds. */
  drain(): Promise<void>;
}

export interface BotOptions {
  config: Pick<Config, 'bot' | 'allowedHomeTenants' | 'demo'>;
  /** May need the messenger, which needs the routes' bot: hence a function. */
  routes: readonly Route[] | ((messenger: Messenger, people: People) => readonly Route[]);
  answers: StandardAnswers;
  database: Database;
  access: Access;
  reach: Reach;
  belongings: Belongings;
  audit: Audit;
  workspaces: Workspaces;
  log: Logger;
  metrics: Metrics;
  onShown?: (follow: Follow, how: 'sent' | 'updated') => void;
  clock?: Clock;
  /** What Teams' limits and the pauses between messages are counted by. */
  teamsClock?: Clock | undefined;
}

const channelId = 'msteams';
const drainWithin = 20_000;
const lastWords = 1_000;

export function createBot(options: BotOptions): Bot {
  const {
    config,
    database,
    access,
    audit,
    workspaces,
    log,
    metrics,
    clock = systemClock,
    teamsClock = clock,
  } = options;
  const now = () => clock.now();
  const loopbackOnly = config.bot.appId === undefined;
  if (loopbackOnly && !config.demo) throw new Error('Without an app id only the demo starts');
  const serviceHosts = createServiceHosts({ further: config.bot.serviceHosts, loopbackOnly });
  const adapter = createTeamsAdapter({ bot: config.bot, serviceHosts, now });
  const { connector } = adapter;

  const conversations = createConversations({ database, now });
  const liveCards = createLiveCards({ database });
  const limits = createRateLimits({ now: () => teamsClock.now() });
  const roster = createRoster({ connector, limits, clock: teamsClock });
  const door = createDoor({ limits, clock: teamsClock, log });
  const count = metrics.outbound;
  const delivery = createDelivery({
    door,
    connector,
    conversations,
    liveCards,
    now,
    log,
    count,
    onShown: options.onShown,
  });
  const coalescer = createCoalescer({ liveCards, delivery, clock: teamsClock, log });
  const outbox = createOutbox({ database, delivery, conversations, clock: teamsClock, log });
  const messenger = createMessenger({ outbox, coalescer, liveCards });

  const routes =
    typeof options.routes === 'function'
      ? options.routes(messenger, createPeople({ conversations, roster }))
      : options.routes;
  const table = createRouteTable(routes);
  const members = createMembers({ database, roster });
  const words = createKeptWords(now);
  const turns = createTurns({
    turnOf: createTurnFactory({ workspaces, roster, clock }),
    reader: createRequestReader(table, options.answers, words),
    guard: createGuard({ access, roster, answers: options.answers, belongings: options.belongings }),
    membership: createMembership({ workspaces, conversations, roster, table }),
    answers: createAnswers({ delivery, conversations, liveCards, log }),
    standard: options.answers,
    conversations,
    failures: createFailures({ database, clock, log }),
    trail: createAuditTrail({ audit, database, log }),
    scope: createScope({ access, reach: options.reach, workspaces, belongings: options.belongings, words }),
    metrics,
    clock,
    log,
  });

  let draining = false;
  const gate = createGate(config, serviceHosts, now, log);
  const messages = createInbound({ gate, adapter, turns, metrics, clock, log, isDraining: () => draining });
  metrics.gauge('turns_running', 'Turns that are being worked on', async () => turns.running);
  metrics.gauge('outbound_waiting', 'Messages that wait for their turn at the door', async () => door.waiting);
  metrics.gauge('outbox_waiting', 'Stored messages that are not delivered yet', () => outbox.waiting());

  const idle = async () => {
    await turns.idle();
    await door.idle();
  };
  const finish = async () => {
    await turns.idle();
    await Promise.all([outbox.stop(), coalescer.flush()]);
    await door.idle();
  };

  const within = async (milliseconds: number, work: Promise<unknown>) => {
    const patience = new AbortController();
    await Promise.race([work, clock.sleep(milliseconds, patience.signal)]);
    patience.abort();
  };

  return {
    messages,
    messenger,
    routes,
    members,
    start: () => outbox.start(),
    idle,
    async drain() {
      draining = true;
      const finished = finish();
      await within(drainWithin, finished);
      // What is still waiting at the door is stored or of no use any more.
      door.close();
      await within(lastWords, finished);
    },
  };
}

function createGate(config: BotOptions['config'], serviceHosts: ServiceHosts, now: () => number, log: Logger): Gate {
  const { bot, allowedHomeTenants } = config;
  const shared = { channelId, serviceHosts, allowedHomeTenants };
  if (bot.appId === undefined) return createDemoGate(shared);
  const keys = createSigningKeys({ metadataUrl: bot.openIdMetadataUrl, now, log });
  const tokens = createChannelTokens({ appId: bot.appId, issuer: bot.tokenIssuer, channelId, keys, now });
  return createTokenGate({ ...shared, tokens });
}
