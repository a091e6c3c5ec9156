import type { Card } from '../../cards/card.ts';
import { card, execute, header, openUrl, text } from '../../cards/pieces.ts';
import { exact } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';

export interface UploadLink {
  url: string;
  code: string;
  expiresAt: Date;
}

/** For one person's eyes: the way to the page that takes a certificate. */
export function uploadLinkCard({ id, name }: Pick<StoredConnection, 'id' | 'name'>, link: UploadLink): Card {
  const { url, code, expiresAt } = link;
  return card(
    [
      header({ title: 'Your link', where: `A certificate for ${name}` }),
      text('Open it in your browser, type this code there, and choose the file:'),
      {
        type: 'TextBlock',
        text: `${code.slice(0, 3)} ${code.slice(3)}`,
        size: 'ExtraLarge',
        weight: 'Bolder',
        fontType: 'Monospace',
      },
      text('The page takes the certificate with its private key, as PEM or PFX, with or without a password.'),
      text(
        `Good for one file and for 15 minutes, until ${exact(expiresAt)}. Do not pass it on, and never send the file or its password in a chat.`,
        { markdown: true, subtle: true },
      ),
    ],
    [openUrl('Open the upload page', url), execute('Back to the connection', 'connection.show', { connection: id })],
  );
}
