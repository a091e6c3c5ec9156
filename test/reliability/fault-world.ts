import { createHash, randomUUID } from 'node:crypto';
import { type Assignment, newApp, type StoredApp } from '../../demo/graph/intune-tenant.ts';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';
import { PublishNews } from '../../src/dialogs/publish/publish-news.ts';
import type { PublishServices } from '../../src/dialogs/publish/publish-services.ts';
import { createApprovalRequests } from '../../src/graph/approval-requests.ts';
import { createClouds } from '../../src/graph/clouds.ts';
import { type Clock, systemClock } from '../../src/graph/content/clock.ts';
import { createSecretCredential } from '../../src/graph/credentials/secret-credential.ts';
import { createMobileApps } from '../../src/graph/graph-mobile-apps.ts';
import { withVoucher } from '../../src/graph/held-changes.ts';
import { createGraphClient } from '../../src/graph/http-graph-client.ts';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import type { PublishAccess } from '../../src/publishing/job-context.ts';
import type { PublishPlan } from '../../src/publishing/plan.ts';
import { noSettings } from '../../src/templates/assignment-template.ts';
import { patternBytes } from '../fakes/content.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { RecordingMessenger } from '../fakes/recording-messenger.ts';
import { sampleConnection, sampleRelease } from '../fakes/samples.ts';
import { buildZip } from '../packages/fixtures/zip-file.ts';
import { PublishWorld, shownApp } from '../publishing/publish-world.ts';
import { type FaultRow, makesNewApp, type StepName } from './fault-rows.ts';

/** An archive with its setup, because the content of a Win32 app has to be one. */
const bytes = buildZip([{ name: 'setup.exe', content: patternBytes(3 * 1024 * 1024 + 5) }]);

/** The real time, in which waiting takes a fiftieth. */
const hurriedClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds < 60_000 ? milliseconds / 50 : milliseconds, signal),
};

/** The property that says which app it is. */
const idOf = { androidLobApp: 'packageId', win32LobApp: 'installCommandLine' } as const;
const postsApp: NonNullable<FaultRow['where']> = ({ method, path }) =>
  method === 'POST' && path.endsWith('/mobileApps');
const isPublished = (outcome: string | null) => outcome === 'published' || outcome === 'publishedWithWarnings';

const win32App = (installCommandLine: string) => ({
  ...{ displayName: 'Example', description: 'An example', publisher: 'Contoso', notes: '' },
  ...{ fileName: 'example.intunewin', setupFilePath: 'setup.exe', installCommandLine, uninstallCommandLine: 'remove' },
  ...{ applicableArchitectures: 'x64', minimumSupportedWindowsRelease: '1607' },
  installExperience: { runAsAccount: 'system', deviceRestartBehavior: 'basedOnReturnCode' },
  rules: [
    {
      '@odata.type': '#microsoft.graph.win32LobAppFileSystemRule',
      ...{ ruleType: 'detection', path: 'C:\\Example', fileOrFolderName: 'example.exe', check32BitOn64System: false },
      ...{ operationType: 'exists', operator: 'notConfigured', comparisonValue: null },
    },
  ],
});

const toOneGroup: PublishPlan['assignment'] = {
  templateId: 'template-1',
  template: {
    name: 'Pilot first',
    nextKey: 2,
    rows: [
      {
        ...{ key: '1', who: { kind: 'group', id: randomUUID(), name: 'Mobile pilot' }, excluded: false },
        ...{ intent: 'required', filter: null, settings: noSettings },
      },
    ],
  },
  ...{ targets: ['Required: Mobile pilot'], leftOut: [], changes: [] },
};

export interface FaultResult {
  outcome: string;
  apps: number;
  assignments: number;
  contentVersions: number;
  blocksSentTwice: number;
  cards: number;
  replies: number;
}

/** A publish through the local cloud with one fault switched on: a new app, or a new version of one with two assignments. */
export class FaultWorld {
  readonly #local: LocalCloud;
  readonly #database: TestDatabase;
  readonly #outbound: Outbound;
  readonly #messenger = new RecordingMessenger();
  readonly #world: PublishWorld;

  private constructor(local: LocalCloud, database: TestDatabase) {
    this.#local = local;
    this.#database = database;
    const { clouds } = this.#clouds();
    this.#outbound = createOutbound({ privateHosts: clouds.privateHosts, ca: local.caPem });
    this.#world = new PublishWorld(database, {
      accessTo: async () => this.#access(),
      clock: hurriedClock,
      blockSize: 1024 ** 2,
      news: new PublishNews({ messenger: this.#messenger, services: () => this.#services() }),
    });
    this.#world.bytes = bytes;
  }

  static async start(): Promise<FaultWorld> {
    const [local, database] = await Promise.all([
      startLocalCloud({ storage: 'memory', pace: 'instant' }),
      freshDatabase(),
    ]);
    const world = new FaultWorld(local, database);
    await world.#world.open();
    await world.#world.worker().prepare();
    return world;
  }

  async close(): Promise<void> {
    await this.#world.close();
    await this.#outbound.close();
    await this.#local.stop();
    await this.#database.close();
  }

  async run({ fault, step, times, where, answer }: FaultRow): Promise<FaultResult> {
    const { faults, state } = this.#local;
    const { apps, approvals } = state.intune(tenantIds.contoso);
    const type = step === 'relate' ? 'win32LobApp' : 'androidLobApp';
    const name = `com.contoso.f${randomUUID()}`;
    const present = makesNewApp.has(step) && step !== 'relate' ? null : this.#presentApp(type, name);
    const id = await this.#job(step, name, present);
    const before = state.counters.repeated;
    this.#messenger.clear();
    approvals.splice(0);
    if (fault === 'multiAdminApprovalForNewApps') faults.set('multiAdminApproval', times, postsApp);
    faults.set(fault, times, where);
    await this.#world.run(id);
    if (answer !== undefined) {
      await this.#decide(answer);
      await this.#world.run(id);
    }
    faults.clear();
    const view = await this.#world.view(id);
    const found = [...apps.values()].filter(({ properties }) => properties[idOf[type]] === name);
    if (isPublished(view.outcome) && found.find((app) => app.id === view.appId)?.content?.verified !== true)
      throw new Error('Other content than was sent became current');
    return {
      outcome: view.outcome === 'failed' ? `failed: ${view.problem?.code}` : (view.outcome ?? view.step),
      apps: found.length,
      assignments: found.reduce((sum, app) => sum + app.assignments.length, 0),
      contentVersions: found.reduce((sum, app) => sum + app.versions.length, 0),
      blocksSentTwice: state.counters.repeated - before,
      cards: this.#messenger.cards,
      replies: this.#messenger.replies.length,
    };
  }

  #presentApp(type: keyof typeof idOf, name: string): StoredApp {
    const version = type === 'androidLobApp' ? { versionCode: '24', versionName: '4' } : {};
    const app = newApp(type, { displayName: 'Example', ...version, [idOf[type]]: name }, 0);
    const assignment = (group: string): Assignment => ({
      id: `${group}_0_0`,
      intent: 'required',
      target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: group },
      settings: null,
    });
    Object.assign(app, {
      versions: [{ id: '1', files: [] }],
      nextVersion: 2,
      committedContentVersion: '1',
      publishedAt: 0,
      assignments: [assignment(randomUUID()), assignment(randomUUID())],
    });
    this.#local.state.intune(tenantIds.contoso).apps.set(app.id, app);
    return app;
  }

  async #job(step: StepName, name: string, present: StoredApp | null): Promise<string> {
    const { plan, workspaceId } = await this.#world.plan();
    const content = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    if (present === null) {
      const app = { ...plan.app, packageId: name };
      return this.#world.jobFor({ ...plan, ...content, app, identities: [{ packageId: name }] }, workspaceId);
    }
    const shown = { existing: [shownApp(present)] };
    const { id: appId } = present;
    return this.#world.jobFor(
      step === 'relate'
        ? {
            ...{ ...plan, ...content, ...shown, app: win32App(name), identities: [{ installCommandLine: name }] },
            ...{ graphType: 'win32LobApp', manifest: null, action: { kind: 'supersede', appId, how: 'update' } },
          }
        : {
            ...{ ...plan, ...content, ...shown, app: { ...plan.app, packageId: name } },
            ...{ identities: [{ packageId: name }], action: { kind: 'newVersion', appId } },
            assignment: step === 'assign' ? toOneGroup : null,
          },
      workspaceId,
    );
  }

  async #decide(answer: NonNullable<FaultRow['answer']>): Promise<void> {
    const [request] = this.#local.state.intune(tenantIds.contoso).approvals;
    if (request === undefined) throw new Error('Nothing was filed');
    if (answer === 'letExpire') request.expiresAt = 0;
    else request.status = answer === 'approve' ? 'approved' : 'rejected';
  }

  #clouds() {
    const local = this.#local;
    const clouds = createClouds({
      label: 'Local cloud',
      loginUrl: local.loginUrl,
      graphUrl: local.graphUrl,
      portalUrl: local.portalUrl,
      storageHosts: [local.storageHost],
      ca: local.caPem,
    });
    const cloud = clouds.find('custom');
    if (cloud === undefined) throw new Error('There is no local cloud');
    return { clouds, cloud };
  }

  /** Signed in anew for every job. */
  #access(): PublishAccess {
    const { cloud } = this.#clouds();
    const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
    const registration = this.#local.tenants.registrations.find((app) => app.appId === appIds.contosoPublisher);
    const secret = registration?.secrets.find(({ displayName }) => displayName === 'Quartermaster');
    const outbound = this.#outbound;
    const tokenSource = createSecretCredential({
      cloud,
      tenantId: tenantIds.contoso,
      clientId: appIds.contosoPublisher,
      secret: async () => secret?.value ?? '',
      outbound,
      wait,
    });
    const graph = createGraphClient({ cloud, tokenSource, outbound, wait });
    return {
      clientId: appIds.contosoPublisher,
      mobileApps: createMobileApps(graph),
      changes: (voucher) => createMobileApps(withVoucher(graph, voucher)),
      approvals: createApprovalRequests(graph),
      isStorageHost: (url) => url.host === this.#local.storageHost,
      outbound,
    };
  }

  /** What news of a job need: the job itself, and names. */
  #services(): PublishServices {
    const jobs = this.#world.worker();
    return {
      jobs,
      releases: { get: async () => sampleRelease() },
      connections: { get: async () => sampleConnection() },
      cloud: () => undefined,
      supportContact: 'it-help@contoso.example',
      groupWith: async () => null,
    } as unknown as PublishServices;
  }
}
