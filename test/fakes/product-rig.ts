import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import type { Card } from '../../src/cards/card.ts';
import type { Config } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { type Service, startService } from '../../src/service.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { workspaces } from '../../src/store/schema.ts';
import { cardText } from './card-check.ts';
import { type FakeMessage, type FakePlace, FakeTeams, type Person } from './connector.ts';
import { openTestDatabase } from './databases.ts';
import { createFastClock } from './fast-clock.ts';
import { GraphRequests } from './graph-requests.ts';
import { waitFor } from './wait-for.ts';

export interface ProductRigOptions {
  databaseUrl?: string;
  config?: Partial<Config>;
  /** Package hosts of the test that may be private. */
  packageHosts?: string[];
  teams?: FakeTeams;
  cloud?: LocalCloud;
  dataDir?: string;
}

export const publicUrl = 'https://quartermaster.example';
export const redirectUris = [`${publicUrl}/consent/callback`, `${publicUrl}/signin/callback`];

/** The whole product as one process runs it, between a fake Teams and the local cloud. */
export class ProductRig {
  readonly teams: FakeTeams;
  readonly cloud: LocalCloud;
  readonly service: Service;
  readonly database: Database;
  readonly config: Config;
  readonly url: string;
  readonly logged: string[];
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<ProductRig, 'teams' | 'cloud' | 'service' | 'database' | 'config' | 'logged'>,
    close: () => Promise<void>,
  ) {
    this.teams = parts.teams;
    this.cloud = parts.cloud;
    this.service = parts.service;
    this.database = parts.database;
    this.config = parts.config;
    this.logged = parts.logged;
    this.url = `http://127.0.0.1:${parts.service.port}`;
    this.#close = close;
  }

  static async start(options: ProductRigOptions = {}): Promise<ProductRig> {
    const teams = options.teams ?? (await FakeTeams.start({ clock: createFastClock() }));
    const requests = new GraphRequests();
    const { watch } = requests;
    const cloud = options.cloud ?? (await startLocalCloud({ storage: 'memory', pace: 'instant', redirectUris, watch }));
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'quartermaster-rig-'));
    const logged: string[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged.push(chunk.toString('utf8'));
        done();
      },
    });
    const config: Config = {
      http: { host: '127.0.0.1', port: 0, publicUrl },
      dataDir,
      databaseUrl: options.databaseUrl,
      vaultKeys: [{ id: 'k1', key: randomBytes(32) }],
      bot: teams.botConfig(),
      allowedHomeTenants: [teams.homeTenantId],
      administrators: [],
      supportContact: 'it-help@contoso.example',
      managedApps: [],
      consent: { days: 7, reminderDays: [1, 3], ownRequests: false },
      packageHosts: options.packageHosts ?? [],
      maxPackageBytes: 2_000_000_000,
      artifactContainer: undefined,
      keepPackages: { perApp: 3, bytes: 50 * 1024 ** 3 },
      jobConcurrency: 2,
      graphBudget: { changes: 100, requests: 1_000 },
      logLevel: 'debug',
      metricsToken: undefined,
      customCloud: {
        label: 'Local cloud',
        loginUrl: cloud.loginUrl,
        graphUrl: cloud.graphUrl,
        portalUrl: cloud.portalUrl,
        storageHosts: [cloud.storageHost],
        ca: cloud.caPem,
      },
      ownIdentity: {
        managedIdentities: [],
        identityHost: new URL(cloud.identityUrl).host,
        tokenFile: undefined,
        workload: undefined,
        keyVaults: [],
        tenants: [],
      },
      demo: false,
      ...options.config,
    };
    const database =
      config.databaseUrl === undefined
        ? await openTestDatabase()
        : openDatabase({ databaseUrl: config.databaseUrl, dataDir: 'memory://' });
    const service = await startService(config, database, createLog({ level: 'debug', destination }), teams.clock);
    teams.connect(`http://127.0.0.1:${service.port}/api/messages`);
    return new ProductRig({ teams, cloud, service, database, config, logged }, async () => {
      await service.drain();
      await database.close();
      if (options.teams === undefined) await teams.close();
      if (options.cloud === undefined) await cloud.stop();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      const violations = requests.violations();
      if (violations.length > 0)
        throw new Error(`Graph's metadata is against what was sent:\n${violations.join('\n')}`);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** The registration of the local cloud by its name, with its first secret. */
  registration(displayName = 'Quartermaster publisher') {
    const found = this.cloud.tenants.registrations.find((entry) => entry.displayName === displayName);
    const secret = found?.secrets[0];
    if (found === undefined || secret === undefined) throw new Error(`No registration ${displayName}`);
    return {
      tenantId: found.homeTenantId,
      clientId: found.appId,
      secret: secret.value,
      secretId: secret.keyId,
      secrets: found.secrets,
    };
  }

  /** The workspace behind a place, as the bot knows it. */
  async workspace({ team, conversationId }: FakePlace): Promise<{ id: string }> {
    const [row] = await this.database.db
      .select({ id: workspaces.id })
      .from(workspaces)
      .where(eq(workspaces.teamsKey, team?.id ?? conversationId));
    if (row === undefined) throw new Error('The bot was never there');
    return row;
  }

  /** The newest card of the bot in a place that shows the words. */
  card(place: FakePlace, words: string | RegExp, timeoutMs?: number): Promise<FakeMessage & { card: Card }> {
    const shows = (text: string) => (typeof words === 'string' ? text.includes(words) : words.test(text));
    return waitFor(
      () =>
        this.teams
          .messages(place)
          .filter(
            (message): message is FakeMessage & { card: Card } =>
              message.card !== null && shows(cardText(message.card)),
          )
          .at(-1),
      timeoutMs,
    );
  }

  /** The newest text of the bot in a place that holds the words. */
  text(place: FakePlace, words: string): Promise<FakeMessage> {
    return waitFor(() =>
      this.teams
        .messages(place)
        .filter((message) => message.text?.includes(words))
        .at(-1),
    );
  }

  /** A working connection, made by cards as a person makes it. */
  async connect(
    person: Person,
    place: FakePlace,
    name = 'Contoso production',
    registration?: string,
  ): Promise<FakeMessage & { card: Card }> {
    const { tenantId, clientId, secret } = this.registration(registration);
    const { message } = await this.teams.say(person, place, 'connect');
    const form = await waitFor(() =>
      this.teams.messages(place).find((sent) => sent.card !== null && Number(sent.id) > Number(message.id)),
    );
    await this.teams.press(person, form, 'connection.save', {
      name,
      cloud: 'custom',
      tenant: tenantId,
      authUrl: '',
      clientId,
      secret,
    });
    return this.card(place, '✓ Connected');
  }
}
