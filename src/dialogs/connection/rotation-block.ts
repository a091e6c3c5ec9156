import type { CardElement } from '../../cards/card.ts';
import { actions, container, execute, openUrl, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Credential } from '../../connections/credential.ts';
import { beginsInEntra, certificateOf } from '../../connections/credential-facts.ts';
import type { PortalLink } from '../../graph/portal-links.ts';
import { credentialName } from './credential-words.ts';

export interface RotationBlock {
  connection: StoredConnection;
  /** Certificates & secrets of the app. */
  portal: Pick<PortalLink, 'title' | 'url'> | null;
  supportContact: string;
}

/** How far the way from an old credential to a new one is, on the connection's card. */
export function rotationBlock({ connection, portal, supportContact }: RotationBlock): CardElement[] {
  const { change } = connection;
  if (change === null) return [];
  const data = { connection: connection.id };
  const discard = execute('Keep the old one', 'connection.rotateDiscard', data);
  const name = credentialName(change.credential);
  const setUp = !beginsInEntra(change.credential) ? null : execute('Set up in Entra', 'connection.rotateSetup', data);
  const inEntra = portal === null ? null : openUrl(portal.title, portal.url);

  switch (change.state) {
    case 'testing':
      return [box([text(`New credential: ${name}`, { bold: true }), text('Testing it. The old one is still in use.')])];
    case 'prepared':
      return [
        box([
          text(`New credential: ${name}`, { bold: true }),
          text('It waits for you to enter it in Entra. The old one is still in use.'),
          actions([setUp, execute('Test and switch', 'connection.rotateTest', data), discard]),
        ]),
      ];
    case 'failed':
      return [
        box([
          text(`New credential: ${name}`, { bold: true }),
          text('! It did not pass its test. The old one is still in use.'),
          ...(change.problem === null ? [] : problemBlock(change.problem, { supportContact })),
          actions([
            setUp,
            execute('Test again', 'connection.rotateTest', data),
            execute('Enter another', 'connection.rotate', data),
            discard,
          ]),
        ]),
      ];
    case 'switched':
      return [
        box([
          text(`✓ In use since the test passed: ${name}`, { bold: true }),
          text(`Last step: remove the old one in Entra. ${oldOne(change.before)}`),
          actions([inEntra, execute('It is removed', 'connection.rotateDiscard', data)]),
        ]),
      ];
  }
}

function oldOne(before: Credential | null): string {
  if (before === null) return '';
  if (before.source === 'typed')
    return before.hint === undefined
      ? 'It is a client secret.'
      : `It is the client secret that begins with ${before.hint}.`;
  const certificate = certificateOf(before);
  if (certificate !== null) return `It is the certificate with the thumbprint ${certificate.thumbprint}.`;
  return before.kind === 'federated'
    ? 'It is the federated credential; leave it if other services use it.'
    : `It is the ${before.kind === 'secret' ? 'client secret' : 'certificate'} that the vault holds.`;
}

const box = (items: (CardElement | null)[]) => container(items, { style: 'emphasis' });
