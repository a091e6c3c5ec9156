import type { Card } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, header, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { isOwnApp, mayBeLent } from '../../connections/connection-facts.ts';

/** Everything that can be done with a connection besides testing it, and nothing that could only be refused. */
export function moreCard(connection: StoredConnection, { mayShare }: { mayShare: boolean }): Card {
  const data = { connection: connection.id };
  const isOff = connection.status === 'disabled';
  const row = (isThere: boolean, words: string, title: string, verb: string) =>
    isThere ? container([text(words), actions([execute(title, verb, data)])], { separator: true }) : null;
  return card(
    [
      header({ title: connection.name, where: 'More you can do with this connection' }),
      row(
        !isOff,
        'Ask Microsoft anew: a fresh token, the consent as it is now, and a test.',
        'Update connection',
        'connection.refresh',
      ),
      row(
        isOwnApp(connection),
        'Put another credential in the place of the present one, without a gap.',
        'Enter a new credential',
        'connection.rotate',
      ),
      row(isOwnApp(connection), 'Point it to another tenant or application.', 'Change values', 'connection.edit'),
      row(true, 'Give it another name. Nothing else changes.', 'Rename', 'connection.rename'),
      row(
        mayShare && mayBeLent(connection),
        'Let other teams and group chats of this organisation use it.',
        'Share',
        'share.show',
      ),
    ],
    [
      execute('Back', 'connection.show', data),
      isOff ? execute('Enable', 'connection.enable', data) : execute('Disable', 'connection.disable', data),
      execute('Delete', 'connection.delete', data, { style: 'destructive' }),
    ],
  );
}

type Named = Pick<StoredConnection, 'id' | 'name'>;

export function renameCard({ id, name }: Named, typed?: string, fault?: string): Card {
  return card(
    [
      header({ title: `Rename ${name}`, where: 'Jobs and plans go on under the new name' }),
      textField({
        id: 'name',
        label: 'Setting name',
        maxLength: 60,
        required: true,
        value: typed ?? name,
        error: fault,
      }),
    ],
    [
      execute('Rename', 'connection.renameNow', { connection: id }, { style: 'positive', takesInputs: true }),
      execute('Cancel', 'connection.show', { connection: id }),
    ],
  );
}

/** Names what will go, before it goes. */
export function confirmDeleteCard({ id, name }: Named, dependents: readonly string[]): Card {
  return card(
    [
      header({ title: `Delete ${name}?`, where: 'This cannot be undone' }),
      dependents.length === 0
        ? text('Nothing depends on it at the moment.')
        : strip('warning', `It is in use: ${dependents.join(', ')}. They do not work without it.`),
      text(
        'Its stored credential is erased at once. Apps in Intune stay as they are. In Entra, the app registration and its credential stay too: remove them there if nobody else uses them.',
      ),
    ],
    [
      execute('Keep it', 'connection.show', { connection: id }),
      execute('Delete', 'connection.deleteNow', { connection: id }, { style: 'destructive' }),
    ],
  );
}

export function deletedCard(name: string, by: string): Card {
  return card(
    [header({ title: `${name} is deleted`, where: `By ${by}` }), text('Its stored credential is erased.')],
    [execute('Connections', 'connection.list', { page: 0 })],
  );
}
