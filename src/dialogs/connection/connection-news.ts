import { randomUUID } from 'node:crypto';
import type { Card } from '../../cards/card.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { connectionReply } from './connection-reply.ts';

export interface ConnectionNewsOptions {
  db: Db;
  connections: Pick<Connections, 'get'>;
  messenger: Messenger;
  clouds: readonly Cloud[];
  supportContact: string;
  failed: (error: unknown, connectionId: string) => void;
}

/** Keeps the cards in chats in step with their connections. */
export class ConnectionNews {
  readonly #options: ConnectionNewsOptions;

  constructor(options: ConnectionNewsOptions) {
    this.#options = options;
  }

  /** Somebody changed it: each change is told, also one back to what was. */
  changed(id: string): void {
    this.#show(id, randomUUID()).catch((error) => this.#options.failed(error, id));
  }

  /** A test ended. Told once for each end, however often it is asked for. */
  tested(id: string): Promise<void> {
    return this.#show(id, 'tested');
  }

  async #show(id: string, occasion: string): Promise<void> {
    const { db, connections, messenger } = this.#options;
    const connection = await connections.get(id);
    if (connection === null) return;
    const { card, summary } = connectionReply(this.#options, connection, new Date());
    // A test has one end, so its news does not wait behind cards that keep moving.
    const state = [
      connection.revision,
      connection.credentialRevision,
      connection.status,
      // A consent that ended changes the reason without a test.
      connection.statusReason ?? '',
      connection.statusSince.getTime(),
      connection.lastTestedAt?.getTime() ?? 0,
      connection.change?.state ?? '',
      connection.change?.testedAt?.getTime() ?? 0,
    ];
    await messenger.enqueueCards(db, `connection:${id}:${occasion}:${state.join(':')}`, follow(id), { card, summary });
    messenger.nudge();
  }

  deleted(id: string, card: Card, summary: string): void {
    const { db, messenger, failed } = this.#options;
    messenger
      .enqueueCards(db, `connection:${id}:deleted:${randomUUID()}`, follow(id), { card, summary })
      .then(() => messenger.nudge())
      .catch((error) => failed(error, id));
  }
}

const follow = (subjectId: string) => ({ subject: 'connection', subjectId }) as const;
