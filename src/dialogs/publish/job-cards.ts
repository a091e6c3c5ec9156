import type { Card, CardElement } from '../../cards/card.ts';
import { pager } from '../../cards/pager.ts';
import {
  actions,
  card,
  container,
  execute,
  facts,
  footer,
  header,
  notes,
  openBeside,
  openUrl,
  progress,
  strip,
  type Tone,
  text,
} from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { bytes, digest, duration, plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Fix } from '../../problems/problem.ts';
import { awaitedApproval } from '../../publishing/approvals.ts';
import type { JobOutcome, JobView } from '../../publishing/job-view.ts';
import type { Release } from '../../publishing/releases.ts';
import { approvalRows, awaitingApprovalCard } from './approval-cards.ts';

export interface JobCard {
  job: JobView;
  release: Release;
  connection: StoredConnection;
  /** The app's page in the Intune admin center. */
  adminCentreUrl: string | null;
  /** Where approvals are given in the Intune admin center. */
  approvalsPage: { url: string; menuPath: string } | null;
  supportContact: string;
  /** Of a package that goes to several places. */
  group: string | null;
  now: Date;
}

export const stepWords: Record<string, string> = {
  queued: 'Waiting for a free worker',
  awaitApproval: 'Waiting for a second administrator to approve',
  awaitConnection: 'Waiting for Microsoft to pass on the consent (usually minutes)',
  createApp: 'Creating the app',
  createContentVersion: 'Preparing a content version',
  createFile: 'Announcing the file',
  awaitUploadUri: 'Waiting for an upload address',
  upload: 'Encrypting and uploading',
  commit: 'Handing over the keys',
  awaitCommit: 'Intune is checking the content',
  activate: 'Making the content current',
  awaitPublished: 'Waiting until Intune has published it',
  relate: 'Letting it supersede the app before it',
  assign: 'Assigning it to those who get it',
  done: 'Done',
};

const outcomeWords: Record<JobOutcome, { badge: string; tone: Tone; sentence: string }> = {
  published: { badge: 'Published', tone: 'good', sentence: 'Published' },
  publishedWithWarnings: { badge: 'Published', tone: 'warning', sentence: 'Published, with warnings' },
  failed: { badge: 'Failed', tone: 'attention', sentence: 'Not published' },
  cancelled: { badge: 'Cancelled', tone: 'default', sentence: 'Cancelled' },
};

export const jobTitle = (release: Release) =>
  release.plan === null ? release.origin.fileName : `${release.plan.displayName} ${release.plan.version}`;

/** From here on devices may get the content. */
const beyondCancel = new Set(['activate', 'awaitPublished', 'relate', 'assign']);

/** Fixes whose links and buttons stand on the connection's card. */
const mendedElsewhere = new Set<Fix>([
  'editConnection',
  'certificatesAndSecrets',
  'apiPermissions',
  'enterpriseApps',
  'appOverview',
]);

export const took = (job: JobView, now: Date) =>
  duration((job.finishedAt ?? now).getTime() - (job.startedAt ?? job.createdAt).getTime());

export function jobCard(view: JobCard): Card {
  if (view.job.state === 'done' && view.job.outcome !== null) return endedCard(view, view.job.outcome);
  if (view.job.step !== 'awaitApproval') return runningCard(view);
  return awaitingApprovalCard({
    ...view,
    title: jobTitle(view.release),
    approvals: view.approvalsPage,
    about: about(view.release),
  });
}

function runningCard({ job, release, connection, group, now }: JobCard): Card {
  const cancelling = job.cancelRequestedBy !== null;
  const moving = job.step === 'upload' && job.bytesTotal > 0;
  return card(
    [
      header({
        title: jobTitle(release),
        where: `Publishing to ${connection.name}`,
        badge: {
          text: cancelling ? 'Cancelling' : job.state === 'queued' ? 'Queued' : 'Publishing',
          tone: cancelling ? 'warning' : 'accent',
        },
      }),
      job.attempts > 1 && job.bytesDone > 0 ? text('Going on where it stopped', { subtle: true }) : null,
      text(cancelling ? 'Cancelling; what this job created is removed.' : (stepWords[job.step] ?? job.step), {
        bold: true,
      }),
      progress(job.percent),
      text(
        [
          moving ? `${bytes(job.bytesDone)} of ${bytes(job.bytesTotal)}` : null,
          moving && job.bytesPerSecond !== null ? `${bytes(job.bytesPerSecond)}/s` : null,
          job.startedAt === null ? null : `${took(job, now)} elapsed`,
        ]
          .filter((part) => part !== null)
          .join(' · ') || 'Not started yet',
        { subtle: true },
      ),
      about(release),
      footer(`Job ${job.number} · asked by ${plain(release.requester.name)}`),
    ],
    [
      cancelling || beyondCancel.has(job.step) ? null : execute('Cancel', 'job.cancel', { job: job.id }),
      execute('Refresh', 'job.show', { job: job.id }),
      group === null ? null : allPlaces(group),
    ],
  );
}

const allPlaces = (group: string) => execute('All places', 'places.show', { group });

function endedCard(
  { job, release, connection, adminCentreUrl, supportContact, group, now }: JobCard,
  outcome: JobOutcome,
): Card {
  const words = outcomeWords[outcome];
  const published = outcome === 'published' || outcome === 'publishedWithWarnings';
  const isNew = release.plan?.action.kind !== 'newVersion';
  return card(
    [
      header({ title: jobTitle(release), where: connection.name, badge: { text: words.badge, tone: words.tone } }),
      strip(words.tone, job.problem === null ? words.sentence : `${words.sentence}: ${lowerFirst(job.problem.title)}`),
      ...(job.problem === null ? [] : problemBlock(job.problem, { supportContact })),
      published ? text(receivers(job, isNew, release.plan?.assignment?.template.name ?? null)) : null,
      published ? superseded(job, release) : null,
      outcome === 'cancelled' && job.warnings.length === 0
        ? text(isNew ? 'Nothing of it is left in Intune.' : 'The app in Intune is as it was before.')
        : null,
      notes(job.warnings),
      about(release),
      facts([
        ['Duration', took(job, now)],
        ['Ended', job.finishedAt === null ? null : { markdown: when(job.finishedAt, now) }],
        ['App id', job.appId],
        ...approvalRows(job, now),
      ]),
      footer(`Job ${job.number} · asked by ${plain(release.requester.name)}`),
    ],
    [
      published && adminCentreUrl !== null ? openUrl('View in Intune', adminCentreUrl) : null,
      outcome === 'failed' || outcome === 'cancelled' ? execute('Retry', 'job.retry', { job: job.id }) : null,
      outcome === 'failed' && mendedElsewhere.has(job.problem?.fix ?? 'retry')
        ? openBeside('Open the connection', 'connection.show', { connection: connection.id })
        : null,
      published && job.appId !== null
        ? execute('Show the app', 'app.show', { connection: connection.id, app: job.appId })
        : null,
      group !== null ? allPlaces(group) : null,
      published && group === null ? execute('More places', 'places.choose', { release: release.id }) : null,
      execute('Steps', 'job.steps', { job: job.id }),
      published && job.appId !== null
        ? execute('Versions', 'job.versions', { connection: connection.id, app: job.appId })
        : null,
    ],
  );
}

/** A title that goes on a sentence; names and abbreviations keep their capitals. */
const lowerFirst = (title: string) =>
  /^(Intune|Microsoft|[A-Z]{2})/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1);

function receivers({ assignments }: JobView, isNew: boolean, template: string | null): string {
  const count = assignments === 1 ? 'one assignment' : `${assignments} assignments`;
  if (template !== null && assignments !== null && assignments > 0) return `It goes to ${count}, with ${template}.`;
  if (assignments === 0 || (assignments === null && isNew))
    return 'Nobody receives this app yet: it is assigned to no group. Press Show the app to assign it.';
  if (assignments === null) return 'Devices that had the app before get the new content.';
  return `It goes to ${count}, as before.`;
}

function superseded({ steps }: JobView, { plan }: Release): CardElement | null {
  const isRelated = steps.some(({ step, endedAt }) => step === 'relate' && endedAt !== null);
  const action = plan?.action;
  if (!isRelated || action?.kind !== 'supersede') return null;
  const old = plan?.existing.find(({ id }) => id === action.appId);
  return text(
    `It supersedes ${old?.displayName ?? 'the old app'} ${old?.version ?? ''}`.trimEnd() +
      (action.how === 'replace'
        ? ', which devices uninstall before they install it.'
        : ', over which devices install it.'),
  );
}

function about(release: Release): CardElement | null {
  return facts([
    ['Package', release.facts?.identifier],
    ['Size', bytes(release.origin.size)],
    ['SHA-256', release.sha256 === null ? null : digest(release.sha256)],
  ]);
}

export function confirmCancelCard({ job, release, connection }: JobCard): Card {
  const created = release.plan?.action.kind !== 'newVersion';
  return card(
    [
      header({ title: `Cancel ${jobTitle(release)}?`, where: connection.name }),
      text(
        created
          ? 'The upload stops, and the app this job created in Intune is removed. Nothing else is touched.'
          : 'The upload stops, and the app in Intune keeps the content it has.',
      ),
      awaitedApproval(job.approvals) === null ? null : text('The request for approval is withdrawn.'),
    ],
    [
      execute('Cancel the job', 'job.cancel.confirm', { job: job.id }, { style: 'destructive' }),
      execute('Go on publishing', 'job.show', { job: job.id }),
    ],
  );
}

const pageSize = 6;

export interface JobRow {
  job: JobView;
  release: Release;
  connectionName: string;
  group: string | null;
}

export function jobsCard(rows: readonly JobRow[], page: number, now: Date): Card {
  if (rows.length === 0)
    return card(
      [header({ title: 'No jobs yet' }), text('A job appears here when somebody publishes an app.')],
      [execute('Publish', 'publish.start')],
    );
  const pages = Math.ceil(rows.length / pageSize);
  const current = Math.min(Math.max(page, 0), pages - 1);
  return card(
    [
      header({ title: 'Publish jobs', where: 'Newest first' }),
      ...rows.slice(current * pageSize, (current + 1) * pageSize).map(({ job, release, connectionName, group }) => {
        const words =
          job.outcome === null
            ? { badge: stepWords[job.step] ?? job.step, tone: 'accent' as const }
            : outcomeWords[job.outcome];
        return container(
          [
            text(jobTitle(release), { bold: true }),
            text(`${plain(connectionName)} · ${words.badge} · ${when(job.finishedAt ?? job.createdAt, now)}`, {
              markdown: true,
              small: true,
              subtle: true,
              spacing: 'None',
            }),
            actions([
              openBeside(`Open ${job.number}`, 'job.show', { job: job.id }),
              group === null ? null : allPlaces(group),
            ]),
          ],
          { separator: true },
        );
      }),
      ...pager({ verb: 'job.list', page: current, pages, back: 'Newer', forth: 'Older' }),
    ],
    [execute('Publish', 'publish.start')],
  );
}

/** One short sentence for the thread, when a change was filed for approval. */
export function approvalSentence(job: JobView, release: Release, connection: StoredConnection): string {
  const approvers = awaitedApproval(job.approvals)?.approvers ?? [];
  const who = approvers.length === 0 ? 'a second administrator' : `a second administrator (${approvers.join(' or ')})`;
  return `${jobTitle(release)} waits for ${who} to approve it in the Intune of ${connection.name}. I go on by myself after that.`;
}

/** One short sentence for the thread. */
export function outcomeSentence(job: JobView, release: Release, connection: StoredConnection): string {
  const name = jobTitle(release);
  switch (job.outcome) {
    case 'published':
      return `${name} is in ${connection.name}.`;
    case 'publishedWithWarnings':
      return `${name} is in ${connection.name}, with warnings: the card says which.`;
    case 'cancelled':
      return `${name} was not published to ${connection.name}: cancelled.`;
    default:
      return `${name} could not be published to ${connection.name}: ${job.problem?.title ?? 'it failed'}. The card says who can fix it.`;
  }
}
