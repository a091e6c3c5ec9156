import { createHash, randomUUID } from 'node:crypto';
import type { FaultName } from '../../demo/faults.ts';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';
import { createApprovalRequests } from '../../src/graph/approval-requests.ts';
import { createClouds } from '../../src/graph/clouds.ts';
import { type Clock, systemClock } from '../../src/graph/content/clock.ts';
import { createSecretCredential } from '../../src/graph/credentials/secret-credential.ts';
import { createMobileApps } from '../../src/graph/graph-mobile-apps.ts';
import { withVoucher } from '../../src/graph/held-changes.ts';
import { createGraphClient } from '../../src/graph/http-graph-client.ts';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import type { PublishAccess } from '../../src/publishing/job-context.ts';
import { patternBytes } from '../fakes/content.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { PublishWorld, shownApp } from './publish-world.ts';

const bytes = patternBytes(3 * 1024 * 1024 + 5);

/** The real time, in which waiting takes a fiftieth. */
const hurriedClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds < 60_000 ? milliseconds / 50 : milliseconds, signal),
};

/** Real TLS, real tokens, a real Graph client: only Microsoft is played, and it opens what it was sent. */
describe('publishing through the local cloud', () => {
  let local: LocalCloud;
  let outbound: Outbound;
  let database: TestDatabase;
  let access: PublishAccess;
  let world: PublishWorld;

  beforeAll(async () => {
    [local, database] = await Promise.all([startLocalCloud({ storage: 'memory', pace: 'instant' }), freshDatabase()]);
    const clouds = createClouds({
      label: 'Local cloud',
      loginUrl: local.loginUrl,
      graphUrl: local.graphUrl,
      portalUrl: local.portalUrl,
      storageHosts: [local.storageHost],
      ca: local.caPem,
    });
    outbound = createOutbound({ privateHosts: clouds.privateHosts, ca: local.caPem });
    const cloud = clouds.find('custom')!;
    const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
    const secret = local.tenants.registrations
      .find((app) => app.appId === appIds.contosoPublisher)!
      .secrets.find(({ displayName }) => displayName === 'Quartermaster')!;
    const tokenSource = createSecretCredential({
      cloud,
      tenantId: tenantIds.contoso,
      clientId: appIds.contosoPublisher,
      secret: async () => secret.value,
      outbound,
      wait,
    });
    const graph = createGraphClient({ cloud, tokenSource, outbound, wait });
    access = {
      clientId: appIds.contosoPublisher,
      mobileApps: createMobileApps(graph),
      changes: (voucher) => createMobileApps(withVoucher(graph, voucher)),
      approvals: createApprovalRequests(graph),
      isStorageHost: (url) => url.host === local.storageHost,
      outbound,
    };
  });
  afterAll(async () => {
    await outbound.close();
    await local.stop();
    await database.close();
  });
  beforeEach(async () => {
    world = await new PublishWorld(database, {
      accessTo: async () => access,
      clock: hurriedClock,
      blockSize: 1024 ** 2,
    }).open();
    world.bytes = bytes;
    await world.worker().prepare();
  });
  afterEach(async () => {
    local.faults.clear();
    await world.close();
  });

  /** A package that no app in the tenant has yet. */
  async function plan() {
    const { plan: base, workspaceId } = await world.plan();
    const app = { ...base.app, displayName: `Example ${randomUUID()}`, packageId: `com.contoso.${randomUUID()}` };
    const identities = [{ packageId: app.packageId }];
    return {
      workspaceId,
      plan: {
        ...base,
        app,
        identities,
        displayName: app.displayName,
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    };
  }

  const appsNamed = (displayName: string) =>
    local.state.apps(tenantIds.contoso).filter((app) => app.displayName === displayName);

  it('makes an app whose content Intune has opened and compared', async () => {
    const { plan: confirmed, workspaceId } = await plan();
    const id = await world.jobFor(confirmed, workspaceId);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', problem: null });
    const [app] = appsNamed(confirmed.displayName);
    expect(app).toMatchObject({ type: 'androidLobApp', publishingState: 'published', committedContentVersion: '1' });
    expect(app!.content).not.toBeNull();
    expect(app!.size).toBeGreaterThanOrEqual(bytes.length);
  });

  it('gives the app a new version', async () => {
    const first = await plan();
    await world.run(await world.jobFor(first.plan, first.workspaceId));
    const [app] = appsNamed(first.plan.displayName);
    const next = {
      ...first.plan,
      app: { ...first.plan.app, versionCode: '26', versionName: '5.0.1' },
      action: { kind: 'newVersion' as const, appId: app!.id },
      existing: [shownApp({ id: app!.id, properties: first.plan.app })],
    };
    const id = await world.jobFor(next, first.workspaceId);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', problem: null });
    expect(appsNamed(first.plan.displayName)).toEqual([
      expect.objectContaining({ id: app!.id, committedContentVersion: '2', version: '5.0.1' }),
    ]);
  });

  it.each<[FaultName, number]>([
    ['throttleGraph429', 3],
    ['graph503', 2],
    ['intuneProxy401', 1],
    ['expireUploadUrl', 1],
    ['storage503', 5],
    ['storage403Once', 1],
    ['failCommit', 2],
    ['dropCreateAnswer', 1],
    ['dropCommitAnswer', 1],
  ])('survives %s, %d times, with one app and one outcome', async (fault, times) => {
    const { plan: confirmed, workspaceId } = await plan();
    const id = await world.jobFor(confirmed, workspaceId);
    local.faults.set(fault, times);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', problem: null });
    expect(appsNamed(confirmed.displayName)).toHaveLength(1);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
  });

  it('removes its app when Intune never takes the content', async () => {
    const { plan: confirmed, workspaceId } = await plan();
    const id = await world.jobFor(confirmed, workspaceId);
    local.faults.set('failCommit');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'commitFailed' } });
    expect(appsNamed(confirmed.displayName)).toEqual([]);
  });
});
