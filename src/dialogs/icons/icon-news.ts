import type { Icons } from '../../publishing/icons.ts';
import type { UploadTicket } from '../../publishing/upload-tickets.ts';
import type { Artifact } from '../../store/artifacts.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { receivedIconCard } from './icon-cards.ts';

/** Puts a picture that somebody sent into the chat in which it was asked for. */
export class IconNews {
  readonly #messenger: Pick<Messenger, 'enqueue'>;
  readonly #icons: Pick<Icons, 'fromUpload'>;

  constructor(messenger: Pick<Messenger, 'enqueue'>, icons: Pick<Icons, 'fromUpload'>) {
    this.#messenger = messenger;
    this.#icons = icons;
  }

  /** False where a package was sent. Throws what is wrong with the picture: the page says it, and another may be sent. */
  async received(tx: Db, { ticket, artifact }: { ticket: UploadTicket; artifact: Artifact }): Promise<boolean> {
    const { wanted } = ticket;
    if (wanted === null) return false;
    const picture = await this.#icons.fromUpload(tx, artifact);
    await this.#messenger.enqueue(tx, `icon:${ticket.id}`, {
      kind: 'card',
      place: ticket.place,
      card: receivedIconCard({ wanted, picture, by: ticket.requester.name }),
      summary: `New icon for ${wanted.name}`,
    });
    return true;
  }
}
