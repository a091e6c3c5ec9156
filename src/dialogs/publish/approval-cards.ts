import type { Card, CardElement } from '../../cards/card.ts';
import { card, execute, facts, footer, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { exact, plain, when } from '../../cards/text.ts';
import { type Approval, awaitedApproval, type HeldChange } from '../../publishing/approvals.ts';
import type { JobView } from '../../publishing/job-view.ts';
import type { JobCard } from './job-cards.ts';

const heldWords: Record<HeldChange, string> = {
  createApp: 'creating the app',
  createContentVersion: 'preparing a content version',
  createFile: 'announcing the file',
  commit: 'handing over the content',
  activate: 'making the content current',
  relate: 'letting the app supersede the one before it',
  assign: 'assigning the app',
};

const stateWords: Record<Approval['state'], string> = {
  open: 'waiting',
  approved: 'approved',
  elsewhere: 'approved',
  completed: 'approved',
  rejected: 'rejected',
  cancelled: 'withdrawn',
  expired: 'nobody decided in time',
  dropped: 'not used any more',
};

export interface ApprovalCard extends Pick<JobCard, 'job' | 'release' | 'connection' | 'now'> {
  title: string;
  /** Where approvals are given, and the way there by menus. */
  approvals: { url: string; menuPath: string } | null;
  about: CardElement | null;
}

/** A job that waits for a second administrator. */
export function awaitingApprovalCard(view: ApprovalCard): Card {
  const { job, release, connection, title, approvals, now } = view;
  const awaited = awaitedApproval(job.approvals);
  const requester = plain(release.requester.name);
  const cancelling = job.cancelRequestedBy !== null;
  return card(
    [
      header({
        title,
        where: `Publishing to ${connection.name}`,
        badge: { text: cancelling ? 'Cancelling' : 'Approval', tone: 'warning' },
      }),
      strip('warning', cancelling ? 'Cancelling; the request is withdrawn' : 'A second administrator has to approve'),
      awaited === null
        ? null
        : text(
            `${connection.name} uses Multi Admin Approval, and Intune holds one change: ${heldWords[awaited.change]}. Devices see nothing new until then. The job goes on by itself after the approval.`,
          ),
      text(
        `**Who can approve:** ${(awaited?.approvers ?? []).map((name) => `${plain(name)} or `).join('')}another administrator of Intune, not ${requester}, who asked.${approvals === null ? '' : ` ${plain(approvals.menuPath)}`}`,
        { markdown: true },
      ),
      awaited?.isReadable === false
        ? text(
            'This connection may not read requests for approval, so I try the change now and then. With DeviceManagementRBAC.Read.All I would see the decision at once, and a refusal too.',
            { subtle: true },
          )
        : null,
      facts([
        ['Filed', awaited === null ? null : { markdown: when(new Date(awaited.filedAt), now) }],
        ['Ends without a decision', awaited?.expiresAt ? { markdown: exact(new Date(awaited.expiresAt)) } : null],
        ['Request', awaited?.code],
      ]),
      view.about,
      footer(`Job ${job.number} · asked by ${requester}`),
    ],
    [
      approvals === null || cancelling ? null : openUrl('Open Intune', approvals.url),
      cancelling ? null : execute('Check now', 'job.look', { job: job.id }),
      execute('Steps', 'job.steps', { job: job.id }),
      cancelling ? null : execute('Cancel', 'job.cancel', { job: job.id }),
    ],
  );
}

/** What became of the requests, for the card of a job that has ended. */
export function approvalRows({ approvals }: JobView, now: Date): [string, { markdown: string }][] {
  return approvals.map((entry) => {
    const by = entry.decidedBy === null ? '' : ` by ${plain(entry.decidedBy)}`;
    const at = entry.decidedAt === null ? '' : `, ${when(new Date(entry.decidedAt), now)}`;
    return [`Approval of ${heldWords[entry.change]}`, { markdown: `${stateWords[entry.state]}${by}${at}` }];
  });
}
