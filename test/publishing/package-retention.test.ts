import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pino from 'pino';
import { earlierPackages, whyNoWayBack } from '../../src/publishing/earlier-packages.ts';
import { jobProgress } from '../../src/publishing/job-progress.ts';
import { PackageRetention } from '../../src/publishing/package-retention.ts';
import { FolderArtifactStore } from '../../src/store/artifact-store.ts';
import { addArtifact, findArtifact } from '../../src/store/artifacts.ts';
import { connections, publishJobs, releases } from '../../src/store/schema.ts';
import { freshDatabase, insertWorkspace, type TestDatabase } from '../fakes/databases.ts';
import { samplePlan } from '../fakes/samples.ts';

const now = new Date('2026-11-21T10:00:00Z');
const day = 24 * 3_600_000;
const before = (days: number) => new Date(now.getTime() - days * day);

let database: TestDatabase;
let folder: string;
let store: FolderArtifactStore;
let workspaceId: string;
let connectionId: string;
let first: string;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  first = randomUUID();
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  store = new FolderArtifactStore({ folder });
  workspaceId = await insertWorkspace(database, `19:${randomUUID()}@thread.tacv2`);
  const [connection] = await database.db
    .insert(connections)
    .values({
      workspaceId,
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
  connectionId = connection!.id;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Made {
  app?: string;
  state?: (typeof releases.$inferSelect)['state'];
  outcome?: (typeof publishJobs.$inferSelect)['outcome'];
  jobState?: 'queued' | 'running' | 'done';
  /** Days since the draft, and since the job's end. */
  age: number;
  bytes?: number;
  artifactId?: string;
  version?: string;
}

/** A package with its release and, once that was confirmed, its job. */
async function made({
  app = first,
  state = 'started',
  outcome = 'published',
  jobState = 'done',
  age,
  bytes = 10,
  version = `1.${age}`,
  ...given
}: Made): Promise<string> {
  const stored = await store.receive(Readable.from([Buffer.alloc(bytes, age)]), { maxBytes: 1_000 });
  const artifactId =
    given.artifactId ?? (await addArtifact(database.db, { workspaceId, fileName: 'app.ipa', stored })).id;
  const plan = samplePlan({ connectionId, graphType: 'iosLobApp', version, sha256: stored.sha256 });
  const [release] = await database.db
    .insert(releases)
    .values({
      workspaceId,
      homeTenantId: 'home',
      requesterId: 'alex',
      requesterName: 'Alex',
      requesterTeamsId: '29:alex',
      place: {},
      state,
      origin: { kind: 'artifact', artifactId, fileName: 'app.ipa', size: bytes },
      plan,
      createdAt: before(age),
    })
    .returning({ id: releases.id });
  if (state !== 'started') return artifactId;
  const progress = jobProgress.parse({
    size: 1,
    sizeEncrypted: 1,
    blockSize: 1,
    target: { tenantId: 'tenant-1', cloud: 'global' },
    marker: 'x',
    appId: app,
  });
  await database.db.insert(publishJobs).values({
    number: randomUUID().slice(0, 5),
    releaseId: release!.id,
    workspaceId,
    connectionId,
    state: jobState,
    step: 'awaitPublished',
    outcome: jobState === 'done' ? outcome : null,
    progress,
    finishedAt: jobState === 'done' ? before(age) : null,
  });
  return artifactId;
}

const sweep = (rule: { keepPerApp?: number; keepBytes?: number } = {}) =>
  new PackageRetention({
    db: database.db,
    store,
    keepPerApp: 2,
    keepBytes: 1_000_000,
    log: pino({ level: 'silent' }),
    ...rule,
  }).sweep(now);
const isKept = async (id: string) => (await findArtifact(database.db, id)) !== null;

describe('packages', () => {
  it('published last in an app are kept, as many as wanted', async () => {
    const [oldest, middle, latest] = [await made({ age: 30 }), await made({ age: 20 }), await made({ age: 10 })];
    const other = await made({ app: randomUUID(), age: 300 });

    await sweep();

    expect([await isKept(oldest), await isKept(middle), await isKept(latest), await isKept(other)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('go from the disk, and only once', async () => {
    await made({ age: 30 });
    await made({ age: 20 });
    await made({ age: 10 });

    await sweep();

    const places: string[] = [];
    for await (const { location } of store.list()) places.push(location);
    expect(places).toHaveLength(2);
    expect(await sweep()).toBe(0);
  });

  it('give way when they take too much room, but the last one of an app stays', async () => {
    const [older, latest] = [await made({ age: 20, bytes: 600 }), await made({ age: 10, bytes: 600 })];

    await sweep({ keepBytes: 1_000 });

    expect([await isKept(older), await isKept(latest)]).toEqual([false, true]);
    await sweep({ keepBytes: 0 });
    expect(await isKept(latest)).toBe(true);
  });

  it.each<[string, Made, boolean]>([
    ['of a young draft', { state: 'draft', age: 3 }, true],
    ['of a draft that nobody touches', { state: 'planned', age: 20 }, false],
    ['that was refused', { state: 'failed', age: 0 }, false],
    ['that was discarded', { state: 'discarded', age: 0 }, false],
    ['of a job at work', { jobState: 'running', age: 40 }, true],
    ['of a job that waits', { jobState: 'queued', age: 40 }, true],
    ['of a job that may be retried', { outcome: 'failed', age: 3 }, true],
    ['of a job that nobody retried', { outcome: 'cancelled', age: 20 }, false],
  ])('%s: %j is kept: %s', async (_what, of, kept) => {
    const id = await made(of);

    await sweep();

    expect(await isKept(id)).toBe(kept);
  });

  it('that a second draft uses stay for it', async () => {
    await made({ age: 10 });
    await made({ age: 20 });
    const earlier = await made({ age: 30 });
    await made({ state: 'draft', age: 0, artifactId: earlier });

    await sweep();

    expect(await isKept(earlier)).toBe(true);
  });
});

describe('the versions of an app', () => {
  it('are listed with whether their package is still there', async () => {
    await made({ age: 30 });
    await made({ age: 20 });
    await made({ age: 10 });
    await sweep();

    const found = await earlierPackages(database.db, { workspaceId, appId: first });

    expect(found.map(({ version, place, isLatest }) => [version, place, isLatest])).toEqual([
      ['1.10', 'here', true],
      ['1.20', 'here', false],
      ['1.30', 'gone', false],
    ]);
  });

  it('are those of this workspace only', async () => {
    await made({ age: 10 });
    const elsewhere = await insertWorkspace(database, `19:${randomUUID()}@thread.tacv2`);

    expect(await earlierPackages(database.db, { workspaceId: elsewhere, appId: first })).toEqual([]);
  });

  it.each([
    ['iosLobApp', false],
    ['win32LobApp', false],
    ['macOSPkgApp', false],
    ['macOSDmgApp', false],
    ['androidLobApp', true],
    ['windowsUniversalAppX', true],
    ['windowsMobileMSI', true],
  ] as const)('of %s have a reason against going back: %s', (type, hasReason) => {
    expect(whyNoWayBack(type) !== null).toBe(hasReason);
  });
});
