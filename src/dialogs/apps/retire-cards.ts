import { appKindLabel } from '../../apps/app-kinds.ts';
import type { RetirePlan } from '../../apps/app-retirement.ts';
import { groupIdOf } from '../../apps/apps.ts';
import type { Card } from '../../cards/card.ts';
import { card, execute, facts, header, notes, strip, text } from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { typeName } from '../../graph/app-assignments.ts';
import { isExclusion } from '../../templates/merge-assignments.ts';

export interface RetireCard {
  plan: RetirePlan;
  connection: StoredConnection;
  /** More would go than was confirmed. */
  isChanged?: boolean;
}

export function retireCard({ plan, connection, isChanged }: RetireCard): Card {
  const { app, needed } = plan;
  const count = app.assignments.length;
  return card(
    [
      header({ title: `Retire ${app.metadata.displayName ?? 'this app'}?`, where: connection.name }),
      isChanged ? strip('warning', 'More would go than you confirmed. Look again') : null,
      text(
        count === 0
          ? 'Nobody receives it. The app and its content are deleted from Intune.'
          : `${receiversOf(plan)} ${count === 1 ? 'That assignment is' : `These ${count} assignments are`} removed first, then the app and its content are deleted from Intune.`,
      ),
      notes([
        ...needed.map(({ kind, targetName, targetId }) =>
          kind === 'supersedence'
            ? `${targetName ?? targetId} supersedes this app. Intune may want that relation removed first.`
            : `${targetName ?? targetId} depends on this app. Intune may want that relation removed first.`,
        ),
        'Deleting cannot be undone. Devices that have the app may keep it: to take it off them, assign it as Uninstall first.',
      ]),
      facts([
        ['Kind', appKindLabel(app.graphType)],
        ['Version', app.version],
        ['Identity', app.identifier],
        ['App id', app.id],
      ]),
    ],
    [
      execute('Retire for good', 'app.retire.confirm', { draft: plan.draftId }, { style: 'destructive' }),
      execute('Keep it', 'app.show', { connection: connection.id, app: app.id }),
    ],
  );
}

/** `It goes to 2 groups and all users.` */
function receiversOf({ app }: RetireCard['plan']): string {
  const included = app.assignments.filter((assignment) => !isExclusion(assignment));
  const groups = included.filter((assignment) => groupIdOf(assignment) !== null).length;
  const all = (type: string, words: string) =>
    included.some(({ target }) => typeName(target) === type) ? words : null;
  const who = [
    groups === 0 ? null : groups === 1 ? 'one group' : `${groups} groups`,
    all('allLicensedUsersAssignmentTarget', 'all users'),
    all('allDevicesAssignmentTarget', 'all devices'),
  ].filter((part) => part !== null);
  return who.length === 0 ? 'It is only kept from groups.' : `It goes to ${who.join(' and ')}.`;
}

export function retiredCard(
  retired: { name: string | null; assignments: number },
  connection: StoredConnection,
  by: string,
): Card {
  return card(
    [
      header({ title: retired.name ?? 'The app', where: connection.name, badge: { text: 'Retired', tone: 'default' } }),
      text(
        `${plain(by)} deleted it from Intune${retired.assignments === 0 ? '; nobody received it.' : `, with ${retired.assignments === 1 ? 'its one assignment' : `its ${retired.assignments} assignments`}.`}`,
        { markdown: true },
      ),
    ],
    [execute('All apps', 'apps.list', { connection: connection.id })],
  );
}
