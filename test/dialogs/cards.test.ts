import type { Card } from '../../src/cards/card.ts';
import { connectionCard, connectionsCard } from '../../src/dialogs/connection/connection-card.ts';
import { connectionFormCard } from '../../src/dialogs/connection/connection-form-card.ts';
import { helpCard, intuneCard, termsCard, unknownCommandCard, welcomeCard } from '../../src/dialogs/help/help-cards.ts';
import { confirmCancelCard, type JobCard, jobCard, jobsCard } from '../../src/dialogs/publish/job-cards.ts';
import { discardedCard, readingCard, refusedPackageCard } from '../../src/dialogs/publish/release-cards.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleConnection, sampleJob, samplePlan, sampleProblem, sampleRelease } from '../fakes/samples.ts';

const connectionView = { cloud: builtInClouds[0], portal: () => null, supportContact: 'it-help@contoso.com', now };
const own = { identities: ['quartermaster'], vaults: ['https://contoso.vault.azure.net'] };
const links = { appRegistrations: 'https://entra.microsoft.com/a', secrets: 'https://entra.microsoft.com/b' };
const jobView: JobCard = {
  job: sampleJob(),
  release: sampleRelease({ plan: samplePlan() }),
  connection: sampleConnection(),
  adminCentreUrl: 'https://intune.microsoft.com/x',
  approvalsPage: { url: 'https://intune.microsoft.com/a', menuPath: 'Intune admin center › Multi Admin Approval' },
  supportContact: 'it-help@contoso.com',
  group: null,
  now,
};
const ended = { state: 'done', step: 'done', finishedAt: new Date('2026-11-21T10:00:28Z') } as const;

const cards: [string, () => Card][] = [
  ['help', () => helpCard([], 'it-help@contoso.com')],
  ['help intune', intuneCard],
  ['help terms', termsCard],
  ['welcome in a team', () => welcomeCard({ kind: 'team', installer: { name: 'Alex Wilber', teamsId: '29:alex' } })],
  ['welcome in a personal chat', () => welcomeCard({ kind: 'personal', installer: null })],
  ['unknown command', () => unknownCommandCard('conect', null)],
  ['connect form', () => connectionFormCard({ clouds: builtInClouds, choice: 'secret', own, links })],
  [
    'connect form with faults',
    () =>
      connectionFormCard({
        clouds: builtInClouds,
        choice: 'secret',
        own,
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
      connectionsCard({
        list: [sampleConnection(), sampleConnection({ id: 'b', name: 'Fabrikam', status: 'notFinished' })],
        page: 0,
        now,
        mayShare: true,
      }),
  ],
  ['no connections', () => connectionsCard({ list: [], page: 0, now, mayShare: true })],
  ['package being read', () => readingCard(sampleRelease({ state: 'reading', facts: null }))],
  [
    'package refused',
    () =>
      refusedPackageCard(
        sampleRelease({ state: 'failed', facts: null, problem: sampleProblem }),
        'it-help@contoso.com',
      ),
  ],
  ['discarded', () => discardedCard(sampleRelease({ state: 'discarded' }))],
  ['job uploading', () => jobCard(jobView)],
  ['job after an interruption', () => jobCard({ ...jobView, job: sampleJob({ attempts: 2 }) })],
  ['job published', () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'published' }) })],
  [
    'job failed',
    () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'failed', problem: sampleProblem }) }),
  ],
  ['job cancelled', () => jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'cancelled' }) })],
  ['cancel confirmation', () => confirmCancelCard(jobView)],
  [
    'jobs',
    () =>
      jobsCard(
        [{ job: sampleJob(), release: jobView.release, connectionName: 'Contoso production', group: null }],
        0,
        now,
      ),
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
  expect(cardFaults(connectionsCard({ list: many, page: 3, now, mayShare: true }))).toEqual([]);
});

it('never offers a button that no longer works on a finished job', () => {
  const titles = jobCard({ ...jobView, job: sampleJob({ ...ended, outcome: 'published' }) }).actions?.map(
    (action) => action.title,
  );
  expect(titles).toEqual(['View in Intune', 'Show the app', 'More places', 'Steps', 'Versions']);
});
