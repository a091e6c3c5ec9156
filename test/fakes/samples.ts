import type { StoredConnection } from '../../src/connections/connection.ts';
import { problem } from '../../src/problems/problem.ts';
import type { JobView } from '../../src/publishing/job-view.ts';
import type { PublishPlan } from '../../src/publishing/plan.ts';
import type { Release } from '../../src/publishing/releases.ts';

export const now = new Date('2026-11-21T10:00:00Z');
const minutesAgo = (count: number) => new Date(now.getTime() - count * 60_000);

export function sampleConnection(change: Partial<StoredConnection> = {}): StoredConnection {
  return {
    id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001',
    workspaceId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
    name: 'Contoso production',
    nameKey: 'contoso production',
    cloud: 'global',
    tenantId: '11111111-1111-4111-8111-111111111111',
    tenantDomain: null,
    clientId: '22222222-2222-4222-8222-222222222222',
    mode: 'custom',
    permissionKind: 'application',
    credentialKind: 'secret',
    secretId: null,
    credential: { kind: 'secret', source: 'typed' },
    credentialExpiresAt: null,
    credentialExpirySource: null,
    change: null,
    status: 'connected',
    statusReason: null,
    statusSince: minutesAgo(90),
    lastProblem: null,
    grantedRoles: ['DeviceManagementApps.ReadWrite.All'],
    connectedById: 'alex',
    connectedByName: 'Alex Wilber',
    connectedAt: minutesAgo(90),
    lastTestedAt: minutesAgo(2),
    testingSince: null,
    revision: 3,
    credentialRevision: 1,
    createdAt: minutesAgo(95),
    deletedAt: null,
    ...change,
  };
}

export function sampleRelease(change: Partial<Release> = {}): Release {
  return {
    id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0002',
    workspaceId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
    requester: { objectId: 'alex', name: 'Alex Wilber', teamsId: '29:alex' },
    place: {
      homeTenantId: 'home',
      conversationKind: 'channel',
      conversationId: '19:mobile@thread.tacv2',
      serviceUrl: 'https://smba.trafficmanager.net/emea/',
    },
    state: 'draft',
    origin: { kind: 'artifact', artifactId: 'a', fileName: 'ApiDemos-debug.apk', size: 6_419_064 },
    sha256: '5e59f42af4e89200fe33eb82a7c2a2a9224947a8aeb9af6e21b77d40827f7cbc',
    facts: {
      format: 'apk',
      graphType: 'androidLobApp',
      displayName: 'API Demos',
      identifier: 'io.appium.android.apis',
      version: '5.0.0',
      publisher: null,
      size: 6_419_064,
      icon: null,
      warnings: ['This is a debug build.'],
      details: {
        packageId: 'io.appium.android.apis',
        versionCode: '25',
        versionName: '5.0.0',
        label: 'API Demos',
        minSdkVersion: '17',
        targetSdkVersion: '33',
        debuggable: true,
        nativeCode: [],
      },
    },
    icon: null,
    form: null,
    plan: null,
    problem: null,
    revision: 2,
    ...change,
  };
}

export function samplePlan(change: Partial<PublishPlan> = {}): PublishPlan {
  return {
    connectionId: sampleConnection().id,
    connectionRevision: 3,
    graphType: 'androidLobApp',
    action: { kind: 'create' },
    app: { versionCode: '25' },
    displayName: 'API Demos',
    version: '5.0.0 (25)',
    fileName: 'ApiDemos-debug.apk',
    size: 6_419_064,
    sha256: '5e59f42af4e89200fe33eb82a7c2a2a9224947a8aeb9af6e21b77d40827f7cbc',
    content: { kind: 'package' },
    manifest: null,
    identities: [{ packageId: 'io.appium.android.apis' }],
    watched: ['versionCode'],
    existing: [],
    hasProposedTexts: true,
    assignment: null,
    categories: [],
    picture: null,
    leftOut: [],
    ...change,
  };
}

export function sampleJob(change: Partial<JobView> = {}): JobView {
  return {
    id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0003',
    number: '7f3k2',
    releaseId: sampleRelease().id,
    workspaceId: sampleRelease().workspaceId,
    connectionId: sampleConnection().id,
    state: 'running',
    step: 'upload',
    outcome: null,
    problem: null,
    warnings: [],
    percent: 62,
    bytesDone: 3_980_000,
    bytesTotal: 6_419_120,
    bytesPerSecond: 12_400_000,
    appId: '44444444-4444-4444-8444-444444444444',
    assignments: null,
    attempts: 1,
    cancelRequestedBy: null,
    approvals: [],
    steps: [
      {
        step: 'createApp',
        startedAt: '2026-11-21T09:59:50Z',
        endedAt: '2026-11-21T09:59:51Z',
        attempts: 1,
        requests: [],
      },
      { step: 'upload', startedAt: '2026-11-21T09:59:51Z', endedAt: null, attempts: 2, requests: [] },
    ],
    createdAt: minutesAgo(1),
    startedAt: new Date('2026-11-21T09:59:50Z'),
    finishedAt: null,
    ...change,
  };
}

export const sampleProblem = problem('networkDown', { ids: { correlationId: 'c0ffee00-0000-4000-8000-000000000000' } });

export const sampleCertificate = {
  thumbprint: '0CF8BE47ED9902019FFF071D915A8358E68F7137',
  sha256: 'C9D8ADC51F74869DC2580555EA5280E650CFC047868A0A39F72C37613183B85C',
  subject: 'CN=Quartermaster Contoso production',
  notBefore: '2026-11-21T09:45:00.000Z',
  notAfter: '2027-11-21T10:00:00.000Z',
  pem: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
};

export const noOwnIdentity = {
  managedIdentities: [],
  identityHost: '169.254.169.254:80',
  tokenFile: undefined,
  workload: undefined,
  keyVaults: [],
  tenants: [],
};
