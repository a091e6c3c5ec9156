import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { type ManagedDevice, ManagedDevices } from '../graph/managed-devices.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database } from '../store/database.ts';
import { type Ask, Listings, type ListPage } from './listings.ts';

const rowsOnCard = 8;

/** The devices of a connection: the query that guides recommend for finding out whether the permissions are right. */
export class Devices {
  readonly #connections: Pick<Connections, 'accessTo'>;
  readonly #listings: Listings;

  constructor({
    database,
    connections,
  }: { database: Pick<Database, 'db'>; connections: Pick<Connections, 'accessTo'> }) {
    this.#connections = connections;
    this.#listings = new Listings(database.db);
  }

  list(
    workspaceId: string,
    connection: StoredConnection,
    words: string,
    signal: AbortSignal,
  ): Promise<ListPage<ManagedDevice>> {
    return this.#listings.open(
      { workspaceId, connectionId: connection.id, subject: 'devices', words },
      this.#ask(signal),
    );
  }

  async page(
    workspaceId: string,
    listingId: string,
    page: number,
    signal: AbortSignal,
  ): Promise<ListPage<ManagedDevice> | null> {
    const listing = await this.#listings.find(workspaceId, 'devices', listingId);
    return listing === null ? null : this.#listings.page(listing, page, this.#ask(signal));
  }

  #ask(signal: AbortSignal): Ask<ManagedDevice> {
    return async ({ connectionId, words }, next) => {
      const { graph } = await this.#connections.accessTo(connectionId);
      try {
        const devices = new ManagedDevices(graph);
        return await devices.page(words, { size: rowsOnCard, signal, ...(next === undefined ? {} : { next }) });
      } catch (error) {
        const code = error instanceof ProblemError ? error.problem : null;
        if (code?.code === 'graphPermissionMissing' || code?.code === 'graphForbidden')
          throw new ProblemError('devicesNotAllowed', {
            cause: error,
            ...(code.ids === undefined ? {} : { ids: code.ids }),
          });
        throw error;
      }
    };
  }
}
