import type { Card } from '../../src/cards/card.ts';
import { earlierCard } from '../../src/dialogs/publish/earlier-cards.ts';
import type { JobCard } from '../../src/dialogs/publish/job-cards.ts';
import { stepsCard } from '../../src/dialogs/publish/steps-card.ts';
import type { EarlierPackage } from '../../src/publishing/earlier-packages.ts';
import type { StepRecord } from '../../src/publishing/job-view.ts';
import { cardFaults } from '../fakes/card-check.ts';
import { now, sampleConnection, sampleJob, samplePlan, sampleRelease } from '../fakes/samples.ts';

const view: JobCard = {
  job: sampleJob(),
  release: sampleRelease({ plan: samplePlan() }),
  connection: sampleConnection(),
  adminCentreUrl: 'https://intune.microsoft.com/x',
  approvalsPage: null,
  supportContact: 'it-help@contoso.com',
  group: null,
  now,
};
const id = '66666666-6666-4666-8666-666666666666';
const many: StepRecord[] = Array.from({ length: 60 }, (_, index) => ({
  step: index % 2 === 0 ? 'commit' : 'awaitCommit',
  startedAt: new Date(now.getTime() + index * 1_000).toISOString(),
  endedAt: new Date(now.getTime() + index * 1_000 + 900).toISOString(),
  attempts: 3,
  requests: Array.from({ length: 4 }, () => ({ what: 'POST …/contentVersions', status: 503, requestId: id })),
}));

const earlier = (change: Partial<EarlierPackage> = {}): EarlierPackage => ({
  jobId: sampleJob().id,
  jobNumber: '7f3k2',
  releaseId: sampleRelease().id,
  connectionId: sampleConnection().id,
  graphType: 'iosLobApp',
  displayName: 'Notes',
  version: '2.0 (20)',
  fileName: 'notes.ipa',
  requesterName: 'Alex Wilber',
  publishedAt: new Date('2026-11-20T10:00:00Z'),
  isLatest: true,
  place: 'here',
  ...change,
});
const versions = (packages: EarlierPackage[]) =>
  earlierCard({ packages, appId: sampleJob().appId ?? '', connection: sampleConnection(), now });

const cards: [string, () => Card][] = [
  [
    'versions to go back to',
    () =>
      versions([
        earlier(),
        earlier({ version: '1.9 (19)', isLatest: false }),
        earlier({ version: '1.8 (18)', isLatest: false, place: 'host' }),
        earlier({ version: '1.7 (17)', isLatest: false, place: 'gone' }),
        earlier({ version: '1.6 (16)', isLatest: false, fileName: '[x](https://evil.example).ipa' }),
      ]),
  ],
  [
    'versions without a way back',
    () => versions([earlier({ graphType: 'androidLobApp' }), earlier({ graphType: 'androidLobApp', isLatest: false })]),
  ],
  ['no versions', () => versions([])],
  ['steps', () => stepsCard(view)],
  [
    'steps with requests',
    () =>
      stepsCard({
        ...view,
        job: sampleJob({
          steps: [
            {
              step: 'createApp',
              startedAt: '2026-11-21T09:59:50Z',
              endedAt: '2026-11-21T09:59:51Z',
              attempts: 2,
              requests: [
                { what: 'POST …/mobileApps', status: null, requestId: null },
                { what: 'POST …/mobileApps', status: 201, requestId: id },
              ],
            },
          ],
        }),
      }),
  ],
  ['steps of a long job', () => stepsCard({ ...view, job: sampleJob({ steps: many }) }, 1)],
  ['steps of a job nobody has begun', () => stepsCard({ ...view, job: sampleJob({ steps: [] }) })],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});
