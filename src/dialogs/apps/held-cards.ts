import { wordsOf } from '../../apps/approval/change-justification.ts';
import type { HeldChange } from '../../apps/approval/held-changes.ts';
import type { Card } from '../../cards/card.ts';
import { card, execute, footer, header, openUrl, strip, type Tone, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';

export interface HeldCard {
  held: HeldChange;
  connection: StoredConnection;
  /** Where approvals are given, and the way there by menus. */
  approvals: { url: string; menuPath: string } | null;
  now: Date;
}

const ends: Record<Exclude<HeldChange['state'], 'open'>, { badge: string; tone: Tone; sentence: string }> = {
  completed: { badge: 'Approved', tone: 'good', sentence: 'Approved and done' },
  rejected: { badge: 'Rejected', tone: 'attention', sentence: 'An administrator rejected it; nothing was changed' },
  cancelled: { badge: 'Withdrawn', tone: 'default', sentence: 'The request is withdrawn; nothing was changed' },
  expired: { badge: 'Expired', tone: 'attention', sentence: 'Nobody decided in time; nothing was changed' },
  ownApproval: {
    badge: 'Not valid',
    tone: 'attention',
    sentence: 'It was approved by whoever asked for it, and it takes somebody else; nothing was changed',
  },
  otherApp: {
    badge: 'Not valid',
    tone: 'attention',
    sentence: 'The connection signs in as another app registration now, and only that which asked may go on',
  },
};

/** A change that was filed for the approval of a second administrator, or what became of it. */
export function heldCard({ held, connection, approvals, now }: HeldCard): Card {
  const change = `${wordsOf(held.action).charAt(0).toUpperCase()}${wordsOf(held.action).slice(1)}`;
  const show = execute('Show the app', 'app.show', { connection: connection.id, app: held.appId });
  const asked = footer(`Asked by ${plain(held.requesterName)}`);
  if (held.state !== 'open') {
    const { badge, tone, sentence } = ends[held.state];
    return card(
      [
        header({ title: held.appName, where: connection.name, badge: { text: badge, tone } }),
        strip(tone, held.decidedBy === null ? sentence : `${sentence} (${held.decidedBy})`),
        text(`${change}.`),
        held.answer === null ? null : text(`“${held.answer}”`),
        held.state === 'completed' && severalSteps.has(held.action)
          ? text('Where more belonged to it, make the rest from the app’s card: Intune holds one request at a time.')
          : null,
        asked,
      ],
      [show],
    );
  }
  const who = [...held.approvers.map((name) => plain(name)), 'another administrator of Intune'].join(' or ');
  return card(
    [
      header({ title: held.appName, where: connection.name, badge: { text: 'Approval', tone: 'warning' } }),
      strip('warning', 'Filed: a second administrator has to approve'),
      text(`${change}. ${connection.name} uses Multi Admin Approval, so nothing has changed yet.`),
      text(
        `**Who can approve:** ${who}, not ${plain(held.requesterName)}, who asked.${approvals === null ? '' : ` ${plain(approvals.menuPath)}`}`,
        { markdown: true },
      ),
      text(
        `Filed ${when(held.createdAt, now)}. After the approval press Check now: I then send the very same change.`,
        {
          markdown: true,
          subtle: true,
        },
      ),
      asked,
    ],
    [
      execute('Check now', 'app.held.check', { held: held.id }, { style: 'positive' }),
      approvals === null ? null : openUrl('Open approvals', approvals.url),
      execute('Withdraw', 'app.held.withdraw', { held: held.id }),
      show,
    ],
  );
}

/** These send more than one request. */
const severalSteps: ReadonlySet<string> = new Set(['app.retire.confirm', 'app.categories.save']);
