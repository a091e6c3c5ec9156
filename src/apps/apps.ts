import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import type { AppAssignment } from '../graph/app-assignments.ts';
import { createGroups, type Groups } from '../graph/groups/groups.ts';
import type { AppRelation, AppRow, IntuneApp } from '../graph/intune-app.ts';
import { IntuneApps } from '../graph/intune-apps.ts';
import { type Problem, ProblemError } from '../problems/problem.ts';
import type { Database } from '../store/database.ts';
import { type AppKind, isAppKind, typesOfKind } from './app-kinds.ts';
import { type Ask, Listings, type ListPage } from './listings.ts';
import { type PublishedHere, publishedHere } from './published-here.ts';

export interface AppsOptions {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'list' | 'find' | 'accessTo'>;
}

/** Names of the groups that an app is assigned to, as far as the connection may see them. */
export interface GroupNames {
  /** A group that is not among them, although all were asked for, is gone. */
  names: ReadonlyMap<string, string>;
  state: 'known' | 'notAllowed' | 'notAnswered';
}

export interface AppView {
  connection: StoredConnection;
  app: IntuneApp;
  groups: GroupNames;
  /** Null when Intune did not say. */
  relations: AppRelation[] | null;
  published: PublishedHere[];
}

export interface FoundApp {
  connection: StoredConnection;
  row: AppRow;
}

export interface FoundApps {
  found: FoundApp[];
  /** Connections that could not be asked. */
  silent: { connection: StoredConnection; problem: Problem }[];
}

const rowsOnCard = 8;
const mostFound = 10;

const maySay = (connection: StoredConnection) =>
  connection.status === 'connected' || connection.statusReason === 'propagating';

/** What is in the Intune of a connection, whoever put it there. */
export class Apps {
  readonly #options: AppsOptions;
  readonly #listings: Listings;

  constructor(options: AppsOptions) {
    this.#options = options;
    this.#listings = new Listings(options.database.db);
  }

  /** `workspaceId` is where somebody looks; the connection may be lent by another workspace. */
  async list(
    workspaceId: string,
    connection: StoredConnection,
    ask: { words: string; kind: AppKind | null },
    signal: AbortSignal,
  ): Promise<ListPage<AppRow>> {
    return this.#listings.open(
      { workspaceId, connectionId: connection.id, subject: 'apps', ...ask },
      this.#ask(signal),
    );
  }

  /** A further page of a list of this workspace; null for one that is not known here any more. */
  async page(
    workspaceId: string,
    listingId: string,
    page: number,
    signal: AbortSignal,
  ): Promise<ListPage<AppRow> | null> {
    const listing = await this.#listings.find(workspaceId, 'apps', listingId);
    return listing === null ? null : this.#listings.page(listing, page, this.#ask(signal));
  }

  /** Looks in every connection that works: by id, by the whole name, or else by a part of it. */
  async find(connections: readonly StoredConnection[], said: string, signal: AbortSignal): Promise<FoundApps> {
    const asked = connections.filter(maySay);
    const answers = await Promise.all(
      asked.map(async (connection) => {
        try {
          const apps = await this.#appsOf(connection.id);
          return { connection, rows: await rowsFor(apps, said, signal) };
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof ProblemError)) throw error;
          return { connection, problem: error.problem };
        }
      }),
    );
    const found = answers.flatMap(({ connection, rows }) => (rows ?? []).map((row) => ({ connection, row })));
    const exact = found.filter(({ row }) => row.displayName.toLowerCase() === said.toLowerCase() || row.id === said);
    return {
      found: (exact.length > 0 ? exact : found).slice(0, mostFound),
      silent: answers.flatMap(({ connection, problem }) => (problem === undefined ? [] : [{ connection, problem }])),
    };
  }

  /** Everything that a card of one app shows; null when it is not in Intune. */
  async view(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    signal: AbortSignal,
  ): Promise<AppView | null> {
    const { graph } = await this.#options.connections.accessTo(connection.id);
    const apps = new IntuneApps(graph);
    const [app, relations, published] = await Promise.all([
      apps.get(appId, signal),
      apps.relations(appId, signal).catch(() => null),
      publishedHere(this.#options.database.db, {
        workspaceId,
        connectionId: connection.id,
        appId,
      }),
    ]);
    if (app === null) return null;
    const ids = app.assignments.map(groupIdOf).filter((id) => id !== null);
    return { connection, app, groups: await groupNames(createGroups(graph), ids, signal), relations, published };
  }

  async #appsOf(connectionId: string): Promise<IntuneApps> {
    return new IntuneApps((await this.#options.connections.accessTo(connectionId)).graph);
  }

  #ask(signal: AbortSignal): Ask<AppRow> {
    return async ({ connectionId, words, kind }, next) => {
      const apps = await this.#appsOf(connectionId);
      const types = kind !== null && isAppKind(kind) ? typesOfKind(kind) : [];
      return apps.page({ words, types }, { size: rowsOnCard, signal, ...(next === undefined ? {} : { next }) });
    };
  }
}

/** In lower case, as names are kept by it. */
export const groupIdOf = ({ target }: AppAssignment): string | null =>
  typeof target.groupId === 'string' ? target.groupId.toLowerCase() : null;

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

async function rowsFor(apps: IntuneApps, said: string, signal: AbortSignal): Promise<AppRow[]> {
  if (!guid.test(said)) return apps.named(said, mostFound, signal);
  const app = await apps.get(said.toLowerCase(), signal);
  if (app === null) return [];
  const { id, graphType, metadata, publishingState, lastModifiedDateTime } = app;
  const { displayName, publisher } = metadata;
  const isAssigned = app.assignments.length > 0;
  return [
    { id, graphType, displayName: displayName ?? '', publisher, publishingState, isAssigned, lastModifiedDateTime },
  ];
}

async function groupNames(groups: Groups, ids: readonly string[], signal: AbortSignal): Promise<GroupNames> {
  if (ids.length === 0) return { names: new Map(), state: 'known' };
  try {
    const found = await groups.byIds(ids, signal);
    return { names: new Map([...found].map(([id, { name }]) => [id, name])), state: 'known' };
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof ProblemError ? error.problem.code : null;
    const isForbidden = code === 'graphPermissionMissing' || code === 'graphForbidden';
    return { names: new Map(), state: isForbidden ? 'notAllowed' : 'notAnswered' };
  }
}
