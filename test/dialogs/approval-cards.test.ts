import type { Card } from '../../src/cards/card.ts';
import { confirmCancelCard, type JobCard, jobCard } from '../../src/dialogs/publish/job-cards.ts';
import { problem } from '../../src/problems/problem.ts';
import type { Approval } from '../../src/publishing/approvals.ts';
import { cardFaults } from '../fakes/card-check.ts';
import { now, sampleConnection, sampleJob, samplePlan, sampleRelease } from '../fakes/samples.ts';

const awaited: Approval = {
  change: 'activate',
  code: '55555555-5555-4555-8555-555555555555',
  clientId: sampleConnection().clientId,
  state: 'open',
  filedAt: '2026-11-21T09:58:00Z',
  expiresAt: '2026-11-24T09:58:00Z',
  decidedAt: null,
  decidedBy: null,
  approvers: ['Megan Bowen', 'Adele Vance'],
  isReadable: true,
  refusals: 0,
  isTold: true,
};
const view: JobCard = {
  job: sampleJob({ state: 'queued', step: 'awaitApproval', percent: 100, approvals: [awaited] }),
  release: sampleRelease({ plan: samplePlan() }),
  connection: sampleConnection(),
  adminCentreUrl: 'https://intune.microsoft.com/x',
  approvalsPage: { url: 'https://intune.microsoft.com/a', menuPath: 'Intune admin center › Multi Admin Approval' },
  supportContact: 'it-help@contoso.com',
  group: null,
  now,
};
const ended = { state: 'done', step: 'done', finishedAt: new Date('2026-11-21T10:00:28Z') } as const;
const decided: Approval = {
  ...awaited,
  state: 'completed',
  decidedBy: 'Megan [Bowen](https://evil.example)',
  decidedAt: '2026-11-21T09:59:00Z',
};

const cards: [string, () => Card][] = [
  ['awaiting approval', () => jobCard(view)],
  [
    'awaiting approval it may not read',
    () => jobCard({ ...view, job: { ...view.job, approvals: [{ ...awaited, approvers: [], isReadable: false }] } }),
  ],
  ['withdrawing a request', () => jobCard({ ...view, job: { ...view.job, cancelRequestedBy: 'alex' } })],
  ['asking whether to cancel', () => confirmCancelCard(view)],
  [
    'published after approval',
    () => jobCard({ ...view, job: sampleJob({ ...ended, outcome: 'published', approvals: [decided] }) }),
  ],
  [
    'rejected',
    () =>
      jobCard({
        ...view,
        job: sampleJob({
          ...ended,
          outcome: 'failed',
          problem: problem('approvalRejected', { detail: 'Rejected by Megan Bowen: “Wait for Monday”' }),
          approvals: [{ ...decided, state: 'rejected' }],
        }),
      }),
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
