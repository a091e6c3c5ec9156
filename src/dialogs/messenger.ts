import type { Actor, Place } from '../access/actor.ts';
import type { Card } from '../cards/card.ts';
import type { Db } from '../store/database.ts';
import type { Follow } from './route.ts';

/** What may be left in a chat outside a turn. */
export type Message =
  /** A new card; `follow` remembers it as a live card of its subject. */
  | { kind: 'card'; place: Place; card: Card; summary: string; follow?: Follow }
  /** A new version of a card that is already there. A message that is gone is sent again and remembered. */
  | { kind: 'update'; place: Place; activityId: string; card: Card; summary: string; follow?: Follow }
  /** A short reply in the thread; `mention` alerts that person, and gets the text 1:1 if the thread is gone. */
  | { kind: 'reply'; place: Place; text: string; mention?: Pick<Actor, 'objectId' | 'teamsId' | 'name'> };

/** The outbound side of the bot, as the dialogs see it. */
export interface Messenger {
  /** Survives this process: written with the change it tells of. The same key is sent once. */
  enqueue(tx: Db, key: string, message: Message): Promise<void>;
  /** A new version of every live card of a subject, as sure to arrive as `enqueue`. */
  enqueueCards(tx: Db, key: string, follow: Follow, shown: { card: Card; summary: string }): Promise<void>;
  /** Tries to deliver what is due now, after the transaction is over. */
  nudge(): void;
  /**
   * Updates every live card of a subject, coalesced: `render` runs when the card's turn has come, so it shows the newest
   * state. Null leaves the cards as they are.
   */
  refreshCards(follow: Follow, render: () => Promise<{ card: Card; summary: string } | null>): void;
}
