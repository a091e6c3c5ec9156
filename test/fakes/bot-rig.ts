import { Writable } from 'node:stream';
import { type Access, createAccess } from '../../src/access/access.ts';
import { createReach } from '../../src/access/reach.ts';
import { createRoles, type Roles } from '../../src/access/roles.ts';
import { createWorkspaces, type Workspaces } from '../../src/access/workspaces.ts';
import { Audit } from '../../src/audit/audit.ts';
import { type Bot, createBot } from '../../src/bot/bot.ts';
import { type Clock, systemClock } from '../../src/bot/clock.ts';
import type { Belongings } from '../../src/bot/scope.ts';
import type { Config } from '../../src/config.ts';
import type { Messenger } from '../../src/dialogs/messenger.ts';
import type { Route, StandardAnswers } from '../../src/dialogs/route.ts';
import { createReadiness, standardDependencies } from '../../src/http/health.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createLog, type Logger } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import type { Database } from '../../src/store/database.ts';
import { FakeTeams } from './connector.ts';
import { openTestDatabase } from './databases.ts';
import { plainAnswers } from './plain-answers.ts';

/** What routes of a test may be made of. */
export interface RigParts {
  database: Database;
  access: Access;
  roles: Roles;
  workspaces: Workspaces;
  messenger: Messenger;
  log: Logger;
}

export interface BotRigOptions {
  routes: readonly Route[] | ((parts: RigParts) => readonly Route[]);
  answers?: StandardAnswers;
  /** `postgres` needs the local server, see `databaseKinds`. */
  database?: 'pglite' | 'postgres' | Database;
  /** A Teams that outlives the bot, for restarts. */
  teams?: FakeTeams;
  administrators?: Config['administrators'];
  clock?: Clock;
  /** What is kept where; nothing by default. */
  belongings?: Partial<Belongings>;
  /** Changes the bot's configuration. */
  config?: Partial<Pick<Config, 'bot' | 'allowedHomeTenants' | 'demo'>>;
  metricsToken?: string;
}

export interface BotRig {
  teams: FakeTeams;
  bot: Bot;
  server: HttpServer;
  database: Database;
  access: Access;
  roles: Roles;
  workspaces: Workspaces;
  messenger: Messenger;
  metrics: Metrics;
  /** `http://127.0.0.1:port` */
  url: string;
  /** Parsed lines of the log. */
  logged: Record<string, unknown>[];
  /** Ends when no turn is running, those behind an answer included, and nothing is on its way to Teams. */
  settled(): Promise<void>;
  /** Ends the bot as SIGTERM does; database and Teams stay. */
  stop(): Promise<void>;
  /** Ends everything this rig started. */
  close(): Promise<void>;
}

/** The bot and its HTTP server against a fake Teams, composed as in production. */
export async function startBotRig(options: BotRigOptions): Promise<BotRig> {
  const ownsTeams = options.teams === undefined;
  const ownsDatabase = typeof options.database !== 'object';
  const teams = options.teams ?? (await FakeTeams.start());
  const database = typeof options.database === 'object' ? options.database : await openTestDatabase(options.database);
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  const { log, logged } = createTestLog();
  const audit = new Audit();
  const roles = createRoles({ database, audit });
  const workspaces = createWorkspaces({ database, roles, audit, now });
  const made: { bot?: Bot } = {};
  const access = createAccess({
    roles,
    members: { find: async (workspace, person) => (await made.bot?.members.find(workspace, person)) ?? null },
    groups: { has: async () => false },
    administrators: options.administrators ?? [],
  });
  const metrics = createMetrics();
  const { routes } = options;
  const bot = createBot({
    config: { bot: teams.botConfig(), allowedHomeTenants: [teams.homeTenantId], demo: false, ...options.config },
    routes:
      typeof routes === 'function'
        ? (messenger) => routes({ database, access, roles, workspaces, messenger, log })
        : routes,
    answers: options.answers ?? plainAnswers,
    database,
    access,
    reach: createReach({ roles, access }),
    belongings: { ...nothingOwned, ...options.belongings },
    audit,
    workspaces,
    log,
    metrics,
    clock,
  });
  made.bot = bot;
  const readiness = createReadiness(standardDependencies(database, { migrated: () => true, queueStarted: () => true }));
  const server = createHttpServer({
    bot,
    readiness,
    metrics,
    metricsToken: options.metricsToken,
    isOpen: () => true,
    log,
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${port}`;
  teams.connect(`${url}/api/messages`);
  bot.start();
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= server.drain();
    return stopped;
  };
  return {
    teams,
    bot,
    server,
    database,
    access,
    roles,
    workspaces,
    messenger: bot.messenger,
    metrics,
    url,
    logged,
    settled: () => bot.idle(),
    stop,
    async close() {
      await stop();
      if (ownsTeams) await teams.close();
      if (ownsDatabase) await database.close();
    },
  };
}

/** The workspaces of these tests hold nothing. */
const nothingOwned: Belongings = {
  connectionNamed: async () => [],
  jobNumbered: async () => null,
  holderOf: async () => null,
  hasConnections: async () => false,
  isLent: async () => false,
};

function createTestLog(): { log: Logger; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').split('\n'))
        if (line !== '') logged.push(JSON.parse(line) as Record<string, unknown>);
      done();
    },
  });
  return { log: createLog({ level: 'debug', destination }), logged };
}
