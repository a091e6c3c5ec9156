import type { Workspace } from '../../src/access/actor.ts';
import type { Card } from '../../src/cards/card.ts';
import type { PermissionCheck } from '../../src/connections/permission-check.ts';
import { rolesCard, whoAmICard } from '../../src/dialogs/access/access-cards.ts';
import { connectionCard, connectionsCard } from '../../src/dialogs/connection/connection-card.ts';
import { connectionFormCard } from '../../src/dialogs/connection/connection-form-card.ts';
import { helpCard, intuneCard, termsCard, unknownCommandCard, welcomeCard } from '../../src/dialogs/help/help-cards.ts';
import { permissionCard } from '../../src/dialogs/permissions/permission-cards.ts';
import { confirmCancelCard, type JobCard, jobCard, jobsCard, stepsCard } from '../../src/dialogs/publish/job-cards.ts';
import {
  discardedCard,
  planCard,
  readingCard,
  refusedPackageCard,
  releaseFormCard,
} from '../../src/dialogs/publish/release-cards.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { lookAt } from '../../src/permissions/lens.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleConnection, sampleJob, samplePlan, sampleProblem, sampleRelease } from '../fakes/samples.ts';

const connectionView = { cloud: builtInClouds[0], portal: () => null, supportContact: 'it-help@contoso.com', now };
const links = { appRegistrations: 'https://entra.microsoft.com/a', secrets: 'https://entra.microsoft.com/b' };
const jobView: JobCard = {
  job: sampleJob(),
  release: sampleRelease({ plan: samplePlan() }),
  connection: sampleConnection(),
  adminCentreUrl: 'https://intune.microsoft.com/x',
  supportContact: 'it-help@contoso.com',
  now,
};
const ended = { state: 'done', step: 'done', finishedAt: new Date('2026-11-21T10:00:28Z') } as const;

const workspace: Workspace = {
  id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
  homeTenantId: 'home',
  kind: 'team',
  name: 'Mobile',
  installedBy: 'alex',
  sharedChannelsAllowed: false,
};
const check: PermissionCheck = {
  looked: lookAt({
    grantedRoles: ['DeviceManagementApps.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'],
    probe: 'answered',
  }),
  test: { status: 'connected', reason: null, problem: null, roles: [], tenantId: 't', probe: 'answered' },
};
const permissionView = {
  connection: sampleConnection(),
  apiPermissionsUrl: 'https://entra.microsoft.com/c',
  supportContact: 'it-help@contoso.com',
  now,
};

const cards: [string, () => Card][] = [
  ['help', () => helpCard([], 'it-help@contoso.com')],
  ['help intune', intuneCard],
  ['help terms', termsCard],
  ['welcome in a team', () => welcomeCard({ kind: 'team', installer: { name: 'Alex Wilber', teamsId: '29:alex' } })],
  ['welcome in a personal chat', () => welcomeCard({ kind: 'personal', installer: null })],
  ['unknown command', () => unknownCommandCard('conect', null)],
  ['connect form', () => connectionFormCard({ clouds: builtInClouds, links })],
  [
    'connect form with faults',
    () =>
      connectionFormCard({
        clouds: builtInClouds,
        links,
        values: { name: 'Contoso production', tenant: 'contoso' },
        faults: { secret: 'That looks like the secret’s id.', tenant: 'Not a GUID' },
      }),
  ],
  ['connection connected', () => connectionCard({ ...connectionView, connection: sampleConnection() })],
  [
    'connection being tested',
    () =>
      connectionCard({
        ...connectionView,
        connection: sampleConnection({ status: 'notFinished', statusReason: 'draft', testingSince: now }),
        saved: 'Contoso production is saved.',
      }),
  ],
  [
    'connection not finished',
    () =>
      connectionCard({
        ...connectionView,
        connection: sampleConnection({ status: 'notFinished', statusReason: 'draft', lastProblem: sampleProblem }),
      }),
  ],
  [
    'connection in error',
    () =>
      connectionCard({
        ...connectionView,
        connection: sampleConnection({ status: 'error', statusReason: 'networkDown', lastProblem: sampleProblem }),
      }),
  ],
  [
    'connection disabled',
    () => connectionCard({ ...connectionView, connection: sampleConnection({ status: 'disabled' }) }),
  ],
  [
    'connections',
    () =>
      connectionsCard(
        [sampleConnection(), sampleConnection({ id: 'b', name: 'Fabrikam', status: 'notFinished' })],
        0,
        now,
      ),
  ],
  ['no connections', () => connectionsCard([], 0, now)],
  ['package being read', () => readingCard(sampleRelease({ state: 'reading', facts: null }))],
  [
    'package refused',
    () =>
      refusedPackageCard(
        sampleRelease({ state: 'failed', facts: null, problem: sampleProblem }),
        'it-help@contoso.com',
      ),
  ],
  [
    'draft',
    () =>
      releaseFormCard({
        release: sampleRelease(),
        connections: [sampleConnection()],
        minimumOsChoices: [{ title: 'Android 9', value: 'v9_0' }],
        values: { displayName: 'API Demos' },
      }),
  ],
  ['discarded', () => discardedCard(sampleRelease({ state: 'discarded' }))],
  [
    'plan of a new app',
    () => planCard({ release: sampleRelease(), plan: samplePlan(), connection: sampleConnection() }),
  ],
  [
    'plan where the package exists',
    () =>
      planCard({
        release: sampleRelease(),
        plan: samplePlan({ existing: [{ id: 'e', displayName: 'API Demos', versionCode: '20', versionName: '4.1' }] }),
        connection: sampleConnection(),
      }),
  ],
  ['job uploading', () => jobCard(jobView)],
  ['job after an interruption', () => jobCard({ ...jobView, job: sampleJob({ attempts: 2 }) })],
  ['job published', () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'published' }) })],
  [
    'job failed',
    () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'failed', problem: sampleProblem }) }),
  ],
  ['job cancelled', () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'cancelled' }) })],
  ['cancel confirmation', () => confirmCancelCard(jobView)],
  ['permissions with excess', () => permissionCard({ ...permissionView, check })],
  [
    'permissions missing',
    () =>
      permissionCard({
        ...permissionView,
        check: {
          looked: lookAt({ grantedRoles: [], probe: 'refused' }),
          test: {
            status: 'notFinished',
            reason: 'draft',
            problem: sampleProblem,
            roles: [],
            tenantId: 't',
            probe: 'refused',
          },
        },
      }),
  ],
  [
    'roles',
    () =>
      rolesCard({
        workspace,
        mayChange: true,
        rows: Array.from({ length: 60 }, (_, n) => ({
          objectId: `p${n}`,
          name: `Person ${n}`,
          role: 'publisher' as const,
        })),
      }),
  ],
  [
    'roles for a viewer',
    () => rolesCard({ workspace, mayChange: false, rows: [{ objectId: 'alex', name: 'Alex Wilber', role: 'admin' }] }),
  ],
  [
    'whoami',
    () =>
      whoAmICard({
        name: 'Alex Wilber',
        objectId: 'alex',
        homeTenantId: 'home',
        workspaceName: 'Mobile',
        may: { look: true, publish: true, administer: false },
        why: 'You were named publisher here',
      }),
  ],
  ['steps', () => stepsCard(jobView)],
  [
    'jobs',
    () => jobsCard([{ job: sampleJob(), release: jobView.release, connectionName: 'Contoso production' }], 0, now),
  ],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

it('shows a name from outside as text, not as a link', () => {
  const words = cardText(
    connectionCard({ ...connectionView, connection: sampleConnection({ name: '[click](https://evil.example) *x*' }) }),
  );
  expect(words).toContain('\\[click\\](https://evil.example) \\*x\\*');
});

it('keeps lists of any length small by paging', () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    sampleConnection({ id: `id-${index}`, name: `Connection ${index}` }),
  );
  expect(cardFaults(connectionsCard(many, 3, now))).toEqual([]);
});

it('never offers a button that no longer works on a finished job', () => {
  const titles = jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'published' }) }).actions?.map(
    (action) => action.title,
  );
  expect(titles).toEqual(['View in Intune', 'Steps']);
});
