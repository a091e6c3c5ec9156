import { createHash, randomUUID } from 'node:crypto';
import { eq, ne, sql } from 'drizzle-orm';
import pino from 'pino';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import { traceOf } from '../../src/publishing/existing-apps.ts';
import type { JobEvents } from '../../src/publishing/job-events.ts';
import type { JobView } from '../../src/publishing/job-view.ts';
import { type PublishPlan, publishPlan } from '../../src/publishing/plan.ts';
import { PublishJobs, type PublishJobsOptions } from '../../src/publishing/publish-jobs.ts';
import { RequestTrail } from '../../src/publishing/request-trail.ts';
import type { Database, Db } from '../../src/store/database.ts';
import { connections, publishJobBlocks, publishJobs, releases, secrets } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { ApprovalOffice } from '../fakes/approval-office.ts';
import { BriskClock } from '../fakes/brisk-clock.ts';
import { patternBytes } from '../fakes/content.ts';
import { insertWorkspace } from '../fakes/databases.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { FakeMobileApps, type Point } from '../fakes/mobile-apps.ts';
import { FakeStorage } from '../fakes/storage.ts';

/** So that a small package has many blocks. */
const blockSize = 4_096;

interface Instead extends Partial<Pick<PublishJobsOptions, 'accessTo' | 'clock'>> {
  blockSize?: number;
  /** Who else hears of outcomes. */
  news?: JobEvents;
}

export const packageBytes = patternBytes(blockSize * 9 + 321);

export const packageManifest = Buffer.from(
  '<AndroidManifestProperties><Package>com.contoso.example</Package><PackageVersionCode>25</PackageVersionCode></AndroidManifestProperties>',
).toString('base64');

const watched = ['displayName', 'packageId', 'versionCode', 'versionName'];

/** What a plan says of an app that is there. */
export function shownApp({ id, properties }: { id: string; properties: Record<string, unknown> }) {
  const displayName = String(properties.displayName);
  const state = { publishingState: 'published', committedContentVersion: '1', notes: null } as const;
  const app = { id, displayName, properties, graphType: 'androidLobApp', createdDateTime: null, ...state };
  const trace = traceOf(watched, app);
  return {
    id,
    displayName,
    version: null,
    guard: 'allow' as const,
    reason: null,
    differences: [],
    supersedence: null,
    trace,
  };
}

export interface Finished {
  jobId: string;
  /** As the row said inside the transaction that told of it. */
  outcome: string | null;
}

/** A database with a release ready to be published, an Intune, a storage, and any number of workers on them. */
export class PublishWorld {
  readonly clock = new BriskClock();
  readonly storage: FakeStorage;
  readonly intune: FakeMobileApps;
  readonly trail = new RequestTrail();
  readonly office = new ApprovalOffice();
  readonly finished: Finished[] = [];
  /** Who was told that an approval is awaited. */
  readonly waiting: Finished[] = [];
  clientId = 'client-1';
  progressed = 0;
  bytes: Buffer = packageBytes;
  readonly vault = new SecretVault([{ id: 'k1', key: Buffer.alloc(32, 1) }]);
  readonly #database: Database;
  readonly #instead: Instead;
  #outbound: Outbound | null = null;

  constructor(database: Database, instead: Instead = {}) {
    this.#database = database;
    this.#instead = instead;
    this.storage = new FakeStorage({ now: () => this.clock.now() });
    this.intune = new FakeMobileApps({ storage: this.storage, now: () => this.clock.now() });
  }

  get db(): Db {
    return this.#database.db;
  }

  async open(): Promise<this> {
    await this.storage.start();
    // Jobs that another test left unfinished are nobody's business here.
    await this.db.update(publishJobs).set({ state: 'done', outcome: 'cancelled' }).where(ne(publishJobs.state, 'done'));
    this.#outbound = createOutbound({ privateHosts: [this.storage.host] });
    return this;
  }

  async close(): Promise<void> {
    await this.storage.stop();
    await this.#outbound?.close();
  }

  /** Another process on the same data. */
  worker(): PublishJobs {
    const outbound = this.#outbound;
    if (outbound === null) throw new Error('The world is not open');
    return new PublishJobs({
      database: this.#database,
      vault: this.vault,
      origins: { open: async () => memorySource(this.bytes) },
      accessTo: async () => ({
        clientId: this.clientId,
        mobileApps: this.office.guard(this.intune, null),
        changes: (voucher) => this.office.guard(this.intune, voucher),
        approvals: this.office,
        isStorageHost: (url) => url.host === this.storage.host,
        outbound,
      }),
      approversOf: async () => [
        { objectId: 'megan', name: 'Megan Bowen' },
        { objectId: 'alex', name: 'Alex' },
      ],
      events: {
        approvalAwaited: async (tx, jobId) => {
          const [row] = await tx.select().from(publishJobs).where(eq(publishJobs.id, jobId));
          this.waiting.push({ jobId, outcome: row?.outcome ?? null });
          await this.#instead.news?.approvalAwaited(tx, jobId);
        },
        progressed: () => {
          this.progressed += 1;
        },
        finished: async (tx, jobId) => {
          const [row] = await tx.select().from(publishJobs).where(eq(publishJobs.id, jobId));
          this.finished.push({ jobId, outcome: row?.outcome ?? null });
          await this.#instead.news?.finished(tx, jobId);
        },
      },
      trail: this.trail,
      log: pino({ level: 'silent' }),
      clock: this.clock,
      watchMs: 20,
      ...(this.#instead.accessTo ? { accessTo: this.#instead.accessTo } : {}),
      ...(this.#instead.clock ? { clock: this.#instead.clock } : {}),
    });
  }

  async plan(
    changes: Partial<PublishPlan> = {},
    workspaceId?: string,
  ): Promise<{ plan: PublishPlan; workspaceId: string }> {
    const workspace = workspaceId ?? (await insertWorkspace(this.#database, `19:${randomUUID()}@thread.tacv2`));
    const [connection] = await this.db
      .insert(connections)
      .values({
        workspaceId: workspace,
        name: 'Contoso',
        nameKey: 'contoso',
        cloud: 'global',
        tenantId: 'tenant-1',
        clientId: 'client-1',
        mode: 'custom',
        permissionKind: 'application',
        credentialKind: 'secret',
        status: 'connected',
      })
      .returning();
    const plan: PublishPlan = publishPlan.parse({
      connectionId: connection!.id,
      connectionRevision: connection!.revision,
      graphType: 'androidLobApp',
      action: { kind: 'create' },
      app: {
        displayName: 'Example',
        description: 'An example',
        publisher: 'Contoso',
        notes: 'For the field',
        fileName: 'example.apk',
        packageId: 'com.contoso.example',
        versionCode: '25',
        versionName: '5.0.0',
        minimumSupportedOperatingSystem: { v8_0: true },
      },
      displayName: 'Example',
      version: '5.0.0 (25)',
      fileName: 'example.apk',
      size: packageBytes.length,
      sha256: createHash('sha256').update(packageBytes).digest('hex'),
      manifest: packageManifest,
      identities: [{ packageId: 'com.contoso.example' }],
      watched,
      existing: [],
      ...changes,
    });
    return { plan, workspaceId: workspace };
  }

  /** A confirmed release and its queued job. */
  async job(changes: Partial<PublishPlan> = {}, jobs = this.worker()): Promise<string> {
    const { plan, workspaceId } = await this.plan(changes);
    return this.jobFor(plan, workspaceId, jobs);
  }

  async jobFor(plan: PublishPlan, workspaceId: string, jobs = this.worker()): Promise<string> {
    const [release] = await this.db
      .insert(releases)
      .values({
        workspaceId,
        homeTenantId: 'home',
        requesterId: 'alex',
        requesterName: 'Alex',
        requesterTeamsId: '29:alex',
        place: {},
        state: 'started',
        origin: { kind: 'artifact', artifactId: 'artifact-1', fileName: plan.fileName, size: plan.size },
        sha256: plan.sha256,
        facts: { icon: { mimeType: 'image/png', width: 1, height: 1 } },
        iconBase64: Buffer.from('icon').toString('base64'),
        plan,
      })
      .returning({ id: releases.id });
    const id = await this.db.transaction((tx) =>
      jobs.start(tx as unknown as Db, { releaseId: release!.id, workspaceId, plan }),
    );
    await this.db
      .update(publishJobs)
      .set({
        progress: sql`jsonb_set(${publishJobs.progress}, '{blockSize}', ${String(this.#instead.blockSize ?? blockSize)}::jsonb)`,
      })
      .where(eq(publishJobs.id, id));
    return id;
  }

  run(jobId: string, jobs = this.worker()): Promise<void> {
    return jobs.handle({ jobId }, new AbortController().signal);
  }

  async view(jobId: string): Promise<JobView> {
    const view = await this.worker().view(jobId);
    if (view === null) throw new Error('No such job');
    return view;
  }

  /** Keys and blocks that the database still keeps for a job. */
  async remains(jobId: string): Promise<{ blocks: number; keys: number }> {
    const blocks = await this.db.select().from(publishJobBlocks).where(eq(publishJobBlocks.jobId, jobId));
    const [row] = await this.db.select().from(publishJobs).where(eq(publishJobs.id, jobId));
    const keys =
      row?.keysSecretId == null ? [] : await this.db.select().from(secrets).where(eq(secrets.id, row.keysSecretId));
    return { blocks: blocks.length, keys: keys.length };
  }

  /**
   * The process dies at a point: whoever gets there stays there. `reached` resolves then; `wake` lets a worker that only
   * seemed dead go on.
   */
  dieAt(point: Point | 'block' | 'blockList', times = 1): { reached: Promise<void>; wake: () => void } {
    const reached = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    let isFrozen = false;
    const freeze = (): Promise<void> => {
      isFrozen = true;
      reached.resolve();
      return frozen.promise;
    };
    let passed = 0;
    if (point === 'block' || point === 'blockList') {
      this.storage.fault = ({ index }) => {
        if (isFrozen || (index === undefined) !== (point === 'blockList')) return undefined;
        passed += 1;
        return passed === times ? { until: freeze() } : undefined;
      };
    } else {
      this.intune.hook = (at) => {
        if (isFrozen || at !== point) return undefined;
        passed += 1;
        return passed === times ? freeze() : undefined;
      };
    }
    return { reached: reached.promise, wake: () => frozen.resolve() };
  }
}
