import type { Card } from '../../cards/card.ts';
import { actions, card, container, execute, header, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import type { ConsentRequest } from '../../consent/consent-request.ts';
import { consentWords } from './consent-words.ts';

const mostRows = 8;

/** What is open, who has it, and since when. */
export function consentListCard(requests: readonly ConsentRequest[], now: Date): Card {
  if (requests.length === 0)
    return card(
      [
        header({ title: 'No open consent requests' }),
        text('A connection that is not finished has a button that asks an administrator of its tenant to agree.'),
      ],
      [execute('Connections', 'connection.list', { page: 0 })],
    );
  const shown = requests.slice(0, mostRows);
  return card([
    header({
      title: 'Consent requests',
      where: requests.length === 1 ? 'One is open' : `${requests.length} are open`,
    }),
    ...shown.map((request) => row(request, now)),
    requests.length > shown.length
      ? text('Older ones: type consent and the name of the connection.', { subtle: true })
      : null,
  ]);
}

function row(request: ConsentRequest, now: Date) {
  const names = request.approvers.map(({ name }) => name).join(', ');
  const has = request.state === 'granting' ? 'Microsoft' : names === '' ? 'nobody yet' : names;
  return container(
    [
      text(request.connectionName, { bold: true }),
      text(consentWords(request).sentence, { spacing: 'None' }),
      text(`Asked by ${plain(request.requester.name)} · with ${plain(has)} · ${when(request.createdAt, now)}`, {
        small: true,
        subtle: true,
        markdown: true,
        spacing: 'None',
      }),
      actions([execute('Open', 'consent.view', { request: request.id, revision: request.revision })]),
    ],
    { separator: true },
  );
}
