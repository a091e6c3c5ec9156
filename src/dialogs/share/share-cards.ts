import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, header, notes, strip, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Share, ShareUse } from '../../connections/connection-shares.ts';

export interface ShareCard {
  connection: Pick<StoredConnection, 'id' | 'name'>;
  shares: readonly Share[];
  now: Date;
  said?: string;
}

const shownShares = 10;
const shareTitle = ({ workspace }: Share) =>
  workspace === null
    ? 'Every team and group chat of this organisation, also later ones'
    : (workspace.name ?? 'A chat without a name');

export function shareCard({ connection, shares, now, said }: ShareCard): Card {
  return card(
    [
      header({
        title: `Sharing of ${connection.name}`,
        where: shares.length === 0 ? 'Used here only' : 'Used here, and where it is shared',
      }),
      said === undefined ? null : text(said, { bold: true }),
      ...shares.slice(0, shownShares).map((share) =>
        container(
          [
            text(shareTitle(share), { bold: true }),
            text(`Shared by ${plain(share.sharedByName)} · ${when(share.since, now)}`, {
              subtle: true,
              small: true,
              markdown: true,
              spacing: 'None',
            }),
            actions([execute('Withdraw', 'share.withdraw', { connection: connection.id, share: share.id })]),
          ],
          { separator: true },
        ),
      ),
      text(
        'Where it is shared, publishers use it for jobs of their own, and everybody sees its name and state. Only this place can change, renew, share or delete it.',
        { subtle: true },
      ),
    ],
    [
      // Shared with all, it reaches everybody it can.
      shares.some(({ workspace }) => workspace === null)
        ? null
        : execute('Share with more', 'share.form', { connection: connection.id }, { style: 'positive' }),
      execute('Back to the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

export interface ShareFormCard {
  connection: Pick<StoredConnection, 'id' | 'name'>;
  /** Places in which the sharer has a part. */
  places: readonly { id: string; name: string }[];
  fault?: string;
}

const mostPlaces = 50;

export function shareFormCard({ connection, places, fault }: ShareFormCard): Card {
  return card(
    [
      header({ title: `Share ${connection.name}`, where: 'With other teams and group chats of this organisation' }),
      fault === undefined ? null : strip('attention', fault),
      choiceField({
        id: 'with',
        label: 'With whom',
        expanded: true,
        required: true,
        value: places.length === 0 ? 'all' : 'chosen',
        choices: [
          ...(places.length === 0 ? [] : [{ title: 'The places chosen below', value: 'chosen' }]),
          { title: 'Every team and group chat, also those that come later', value: 'all' },
        ],
      }),
      places.length === 0
        ? text('You have no part in another place, so only sharing with all is possible from here.', { subtle: true })
        : choiceField({
            id: 'places',
            label: 'Places',
            hint: 'Those in which you have a part.',
            expanded: true,
            many: true,
            choices: places.slice(0, mostPlaces).map(({ id, name }) => ({ title: name, value: id })),
          }),
      notes([
        'Whoever adds me to a new team is its first admin. Shared with all, that person can publish through this connection.',
      ]),
    ],
    [
      execute('Share', 'share.save', { connection: connection.id }, { style: 'positive', takesInputs: true }),
      execute('Cancel', 'share.show', { connection: connection.id }),
    ],
  );
}

export interface WithdrawCard {
  connection: Pick<StoredConnection, 'id' | 'name'>;
  share: Share;
  uses: readonly ShareUse[];
}

const counted = (count: number, one: string, many: string) =>
  count === 0 ? null : count === 1 ? one : `${count} ${many}`;

function useWords({ workspaceName, openJobs, drafts, groupRoles }: ShareUse): string {
  const parts = [
    counted(openJobs, 'one job that is not done', 'jobs that are not done'),
    counted(drafts, 'one plan that waits to be confirmed', 'plans that wait to be confirmed'),
    counted(groupRoles, 'a role of a group that is read through it', 'roles of groups that are read through it'),
  ].filter((part) => part !== null);
  return `${workspaceName}: ${parts.join(', ')}`;
}

export function withdrawCard({ connection, share, uses }: WithdrawCard): Card {
  return card(
    [
      header({ title: `Withdraw ${connection.name}?`, where: shareTitle(share) }),
      text(
        uses.length === 0
          ? 'Nothing uses it there now.'
          : 'It is in use there. Jobs that were confirmed go on to their end; plans can no longer be confirmed, and roles of groups stop to count.',
      ),
      ...uses.slice(0, shownShares).map((use) => text(useWords(use))),
    ],
    [
      execute(
        'Withdraw',
        'share.withdraw.confirm',
        { connection: connection.id, share: share.id },
        { style: 'destructive' },
      ),
      execute('Keep it shared', 'share.show', { connection: connection.id }),
    ],
  );
}

export function aliasCard({
  connection,
  fault,
  typed,
}: {
  connection: StoredConnection;
  fault?: string;
  typed?: string;
}): Card {
  return card(
    [
      header({ title: `Name of ${connection.lent?.name ?? connection.name} here` }),
      fault === undefined ? null : strip('attention', 'One field needs a change'),
      textField({
        id: 'alias',
        label: 'Name in this place',
        hint: 'Leave it empty to use the name that its owner gave it.',
        maxLength: 60,
        value: typed ?? connection.name,
        error: fault,
      }),
    ],
    [
      execute('Save', 'share.alias.save', { lent: connection.id }, { style: 'positive', takesInputs: true }),
      execute('Cancel', 'connection.show', { connection: connection.id }),
    ],
  );
}
