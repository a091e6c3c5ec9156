import type { Place } from '../../access/actor.ts';
import type { Card } from '../../cards/card.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { WatchReport } from '../../connections/connection-watch.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { portalLink } from '../../graph/portal-links.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { expiringCard, stoppedCard, type WatchCard, worksAgainCard } from './watch-cards.ts';

export interface WatchNewsOptions {
  db: Db;
  messenger: Messenger;
  clouds: readonly Cloud[];
  supportContact: string;
  /** Null where the bot is not any more. */
  placeOf: (workspaceId: string) => Promise<Place | null>;
  adminsOf: (workspaceId: string) => Promise<string[]>;
}

/** What the hourly look finds, as one card in the workspace. The outbox's keys keep it from being said twice. */
export class WatchNews implements WatchReport {
  readonly #options: WatchNewsOptions;

  constructor(options: WatchNewsOptions) {
    this.#options = options;
  }

  expiring(connection: StoredConnection, days: number): Promise<void> {
    const ends = connection.credentialExpiresAt?.getTime() ?? 0;
    return this.#tell(connection, `ends:${ends}:${days}`, expiringCard, 'needs a new credential soon');
  }

  stopped(connection: StoredConnection): Promise<void> {
    return this.#tell(connection, `stopped:${connection.statusSince.getTime()}`, stoppedCard, 'stopped working');
  }

  worksAgain(connection: StoredConnection): Promise<void> {
    return this.#tell(connection, `works:${connection.statusSince.getTime()}`, worksAgainCard, 'works again');
  }

  async #tell(
    connection: StoredConnection,
    what: string,
    make: (view: WatchCard) => Card,
    words: string,
  ): Promise<void> {
    const { db, messenger, clouds, supportContact, placeOf, adminsOf } = this.#options;
    const place = await placeOf(connection.workspaceId);
    if (place === null) return;
    const cloud = clouds.find(({ id }) => id === connection.cloud);
    const { tenantId, clientId } = connection;
    const card = make({
      connection,
      portal: cloud === undefined ? null : portalLink('certificatesAndSecrets', cloud, { tenantId, clientId }),
      supportContact,
      admins: await adminsOf(connection.workspaceId),
      now: new Date(),
    });
    // It tells of an event, so it does not follow the connection, whose own cards show what came after.
    await messenger.enqueue(db, `connection:${connection.id}:${what}`, {
      kind: 'card',
      place,
      card,
      summary: `${connection.name} ${words}`,
    });
    messenger.nudge();
  }
}
