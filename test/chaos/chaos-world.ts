import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { and, eq, inArray, isNull, like, ne, or } from 'drizzle-orm';
import type { Pace } from '../../demo/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import type { PublishPlan } from '../../src/publishing/plan.ts';
import type { Db } from '../../src/store/database.ts';
import { outbox, publishJobs, releases } from '../../src/store/schema.ts';
import type { FakeMessage, FakePlace } from '../fakes/connector.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { WorkerProcess } from './worker-process.ts';

export interface CloudRequest {
  service: string;
  method: string;
  path: string;
  status: number;
}

/** What became of one job, seen from everywhere that counts. */
export interface Fate {
  outcome: string | null;
  /** Workers that took it. */
  attempts: number;
  apps: number;
  contentVersions: number;
  isVerified: boolean;
  /** Replies in the chat that tell the outcome. */
  replies: number;
  /**
   * Whether the process that sent the reply died before it knew whether it had arrived: then nobody sends it again, and
   * there is one or none.
   */
  isReplyUnsure: boolean;
}

/** What every job must come to, whatever was killed. */
export function isRight(fate: Fate): boolean {
  const { outcome, apps, contentVersions, isVerified, replies, isReplyUnsure } = fate;
  const isTold = replies === 1 || (replies === 0 && isReplyUnsure);
  return outcome === 'published' && apps === 1 && contentVersions === 1 && isVerified && isTold;
}

export interface ChaosOptions {
  pace?: Pace;
  /** Jobs that the bot's own process takes; none leaves them to the workers. */
  jobConcurrency?: number;
}

const conversations = 8;

/**
 * Jobs for workers that may die: PostgreSQL, the local cloud, Teams and the bot are in other processes than the workers.
 * The bot's own process takes no jobs unless it is told to.
 */
export class ChaosWorld {
  readonly cloud: LocalCloud;
  readonly jobIds: string[] = [];
  /** Called for every answer of the local cloud. */
  onRequest: (request: CloudRequest) => void = () => undefined;
  readonly #rig: ProductRig;
  readonly #database: TestDatabase;
  readonly #files: LinkServer;
  readonly #folder: string;
  readonly #names = new Map<string, string>();
  readonly #places: FakePlace[] = [];
  readonly #workers: WorkerProcess[] = [];
  readonly #digest: string;
  #template: typeof releases.$inferSelect | null = null;

  private constructor(
    parts: { cloud: LocalCloud; rig: ProductRig; database: TestDatabase; files: LinkServer; folder: string },
    digest: string,
  ) {
    this.cloud = parts.cloud;
    this.#rig = parts.rig;
    this.#database = parts.database;
    this.#files = parts.files;
    this.#folder = parts.folder;
    this.#digest = digest;
  }

  static async start(
    packageBytes: number,
    { pace = 'instant', jobConcurrency = 0 }: ChaosOptions = {},
  ): Promise<ChaosWorld> {
    const apk = buildApk({}, [{ name: 'assets/data', content: randomBytes(packageBytes) }]);
    const files = await startLinkServer(serveFile(apk));
    const database = await freshDatabase('postgres');
    const folder = mkdtempSync(join(tmpdir(), 'quartermaster-chaos-'));
    const made: { world?: ChaosWorld } = {};
    const cloud = await startLocalCloud({
      storage: 'memory',
      pace,
      log: (message, facts) => {
        if (message === 'request') made.world?.onRequest(facts as unknown as CloudRequest);
      },
    });
    const rig = await ProductRig.start({
      cloud,
      databaseUrl: database.url ?? '',
      dataDir: folder,
      packageHosts: [new URL(files.origin).host],
      config: { jobConcurrency, graphBudget: { changes: 100_000, requests: 1_000_000 } },
    });
    const digest = createHash('sha256').update(apk).digest('hex');
    made.world = new ChaosWorld({ cloud, rig, database, files, folder }, digest);
    await made.world.#plan();
    return made.world;
  }

  async startWorker(concurrency: number): Promise<WorkerProcess> {
    const { config } = this.#rig;
    const ca = join(this.#folder, 'ca.pem');
    writeFileSync(ca, this.cloud.caPem);
    const worker = await WorkerProcess.start({
      DATABASE_URL: this.#database.url ?? '',
      DATA_DIR: this.#folder,
      PUBLIC_URL: config.http.publicUrl,
      QM_VAULT_KEYS: config.vaultKeys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
      MICROSOFT_APP_ID: config.bot.appId ?? '',
      MICROSOFT_APP_PASSWORD: config.bot.appPassword ?? '',
      MICROSOFT_APP_TENANT_ID: config.bot.appTenantId ?? '',
      ALLOWED_HOME_TENANTS: config.allowedHomeTenants.join(','),
      BOT_TOKEN_ISSUER: config.bot.tokenIssuer,
      BOT_OPENID_METADATA_URL: config.bot.openIdMetadataUrl,
      BOT_LOGIN_URL: config.bot.loginUrl ?? '',
      BOT_OAUTH_SCOPE: config.bot.oauthScope,
      BOT_SERVICE_HOSTS: config.bot.serviceHosts.join(','),
      PACKAGE_HOSTS: config.packageHosts.join(','),
      CUSTOM_CLOUD_LABEL: 'Local cloud',
      CUSTOM_CLOUD_LOGIN_URL: this.cloud.loginUrl,
      CUSTOM_CLOUD_GRAPH_URL: this.cloud.graphUrl,
      CUSTOM_CLOUD_PORTAL_URL: this.cloud.portalUrl,
      CUSTOM_CLOUD_STORAGE_HOSTS: this.cloud.storageHost,
      CUSTOM_CLOUD_CA_FILE: ca,
      JOB_CONCURRENCY: String(concurrency),
      INTUNE_CHANGES_PER_20_SECONDS: '100000',
      INTUNE_REQUESTS_PER_20_SECONDS: '1000000',
    });
    this.#workers.push(worker);
    return worker;
  }

  /** One more app to publish: the plan that a person made, for another identity. */
  async startJob(): Promise<string> {
    const template = this.#template;
    if (template === null) throw new Error('There is no plan yet');
    const name = `Chaos ${this.jobIds.length} ${randomUUID().slice(0, 8)}`;
    const { packageId } = (template.plan as PublishPlan).app as Record<string, string>;
    const renamed = JSON.parse(
      JSON.stringify(template.plan).replaceAll(String(packageId), `com.example.c${randomUUID().slice(0, 8)}`),
    ) as PublishPlan;
    const plan: PublishPlan = { ...renamed, displayName: name, app: { ...renamed.app, displayName: name } };
    const place = this.#places[this.jobIds.length % this.#places.length];
    const [stored] = await this.#database.db
      .select({ place: releases.place })
      .from(releases)
      .where(eq(releases.id, template.id));
    const { id: _, ...values } = template;
    const [release] = await this.#database.db
      .insert(releases)
      .values({
        ...values,
        state: 'started',
        plan,
        place: { ...(stored?.place as object), conversationId: place?.conversationId, threadId: undefined },
      })
      .returning({ id: releases.id });
    const { jobs } = this.#rig.service.parts;
    const jobId = await this.#database.db.transaction((tx) =>
      jobs.start(tx as unknown as Db, {
        releaseId: release?.id ?? '',
        workspaceId: template.workspaceId,
        plan: { ...plan, action: { kind: 'create' } },
      }),
    );
    jobs.nudge();
    this.jobIds.push(jobId);
    this.#names.set(jobId, name);
    return jobId;
  }

  async open(): Promise<number> {
    const rows = await this.#database.db
      .select({ state: publishJobs.state })
      .from(publishJobs)
      .where(inArray(publishJobs.id, this.jobIds));
    return rows.filter(({ state }) => state !== 'done').length;
  }

  /** Every job has its outcome, and all news of it that can still be sent has been sent. */
  async ended(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const [open, unsent] = await Promise.all([this.open(), this.#unsent()]);
      if (open === 0 && unsent === 0) return;
      if (Date.now() > end) throw new Error(`${open} jobs have not ended, and ${unsent} messages are not sent`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async fates(): Promise<Fate[]> {
    const rows = await this.#database.db.select().from(publishJobs).where(inArray(publishJobs.id, this.jobIds));
    const news = await this.#database.db.select().from(outbox).where(like(outbox.key, 'job:%:outcome'));
    const unsure = news.filter(({ lastError }) => lastError === 'answerLost' || lastError === 'sending');
    const { apps } = this.cloud.state.intune(this.#rig.registration().tenantId);
    return rows.map((row) => {
      const own = [...apps.values()].filter(({ properties }) => properties.displayName === this.#names.get(row.id));
      return {
        outcome: row.outcome,
        attempts: row.attempts,
        apps: own.length,
        contentVersions: own.reduce((sum, { versions }) => sum + versions.length, 0),
        isVerified: own.every(({ content }) => content?.verified === true && content.plainSha256 === this.#digest),
        replies: this.#repliesOf(row.id).length,
        isReplyUnsure: unsure.some(({ key }) => key.includes(row.id)),
      };
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    await this.#rig.close();
    await this.cloud.stop();
    await this.#files.close();
    await this.#database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A reply that a dead process may have sent stays unsure for a minute; there is nothing to wait for. */
  #unsent(): Promise<number> {
    return this.#database.db.$count(
      outbox,
      and(eq(outbox.state, 'waiting'), or(isNull(outbox.lastError), ne(outbox.lastError, 'sending'))),
    );
  }

  #repliesOf(jobId: string): FakeMessage[] {
    const name = this.#names.get(jobId) ?? '';
    return this.#places.flatMap((place) =>
      this.#rig.teams.messages(place).filter(({ card, text }) => card === null && text?.includes(name) === true),
    );
  }

  /** A person connects and asks for a plan, once; the jobs are made from it. */
  async #plan(): Promise<void> {
    const rig = this.#rig;
    const alex = rig.teams.person('Alex Wilber');
    for (let index = 0; index < conversations; index += 1) {
      const { general } = rig.teams.team(`Mobile ${index}`, [alex]);
      await rig.teams.install(general, alex);
      this.#places.push(general);
    }
    const [place] = this.#places;
    if (place === undefined) throw new Error('There is no conversation');
    await rig.connect(alex, place);
    await rig.teams.say(alex, place, `publish ${this.#files.origin}/sample.apk`);
    const draft = await rig.card(place, 'Show the plan', 60_000);
    const action = draft.card.actions?.find(({ verb }) => verb === 'publish.plan');
    await rig.teams.press(alex, draft, 'publish.plan', {
      ...inputsOf(draft.card),
      ...(action?.data as object),
      publisher: 'Contoso',
    });
    await rig.card(place, 'What will happen', 60_000);
    const [row] = await this.#database.db.select().from(releases).where(eq(releases.state, 'planned'));
    if (row === undefined) throw new Error('There is no plan');
    this.#template = row;
  }
}

/** The values that a card's inputs have before anybody types. */
function inputsOf(card: unknown): Record<string, string> {
  const values: Record<string, string> = {};
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const node = value as Record<string, unknown>;
    if (String(node.type).startsWith('Input.') && typeof node.id === 'string')
      values[node.id] = typeof node.value === 'string' ? node.value : '';
    for (const child of Object.values(node)) walk(child);
  };
  walk(card);
  return values;
}
