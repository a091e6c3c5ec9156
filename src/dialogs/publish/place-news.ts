import type { PlaceNews } from '../../publishing/place-events.ts';
import type { ReleasePlaces } from '../../publishing/places.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { placesReply } from './place-routes.ts';

/** Keeps the cards of groups up to date while their jobs run. */
export class PlaceCards implements PlaceNews {
  readonly #messenger: Messenger;
  /** Asked for late: the jobs that tell of themselves are part of it. */
  readonly #places: () => Pick<ReleasePlaces, 'list'>;

  constructor(messenger: Messenger, places: () => Pick<ReleasePlaces, 'list'>) {
    this.#messenger = messenger;
    this.#places = places;
  }

  moved(groupId: string): void {
    this.#messenger.refreshCards({ subject: 'places', subjectId: groupId }, async () => {
      const { card, summary } = placesReply(await this.#places().list(groupId));
      return { card, summary };
    });
  }

  async ended(tx: Db, groupId: string, jobId: string): Promise<void> {
    const list = await this.#places().list(groupId, tx);
    const job = list.rows.find((row) => row.job?.id === jobId)?.job;
    const { card, summary } = placesReply(list);
    const when = job?.finishedAt?.getTime() ?? job?.approvals.length ?? 0;
    await this.#messenger.enqueueCards(
      tx,
      `places:${groupId}:${jobId}:${when}`,
      { subject: 'places', subjectId: groupId },
      { card, summary },
    );
  }
}
