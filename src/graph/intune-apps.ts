import { ProblemError } from '../problems/problem.ts';
import { readRelations } from './app-relations.ts';
import type { GraphClient, GraphPage } from './graph-client.ts';
import { type AppRelation, type AppRow, appRow, type IntuneApp, intuneApp } from './intune-app.ts';
import { odataText } from './odata-text.ts';

export interface AppSearch {
  /** Part of the name. */
  words?: string;
  /** Graph's names of types; one of them. */
  types?: readonly string[];
}

const apps = '/deviceAppManagement/mobileApps';
const appPath = (appId: string) => `${apps}/${encodeURIComponent(appId)}`;
const rowProperties = 'id,displayName,publisher,publishingState,isAssigned,lastModifiedDateTime';

/**
 * The apps that are in Intune, of every type, whoever put them there. They are read through beta: v1.0 shows Microsoft
 * Store apps, macOS packages and Microsoft 365 Apps without their type, and does not know whether an app is assigned.
 */
export class IntuneApps {
  readonly #graph: GraphClient;

  constructor(graph: GraphClient) {
    this.#graph = graph;
  }

  /** By name. Pages stay so small that Intune's 503 for large ones never comes. */
  page(
    search: AppSearch,
    { size, next, signal }: { size: number; next?: string; signal?: AbortSignal },
  ): Promise<GraphPage<AppRow>> {
    const filter = filterOf(search);
    return this.#graph.page({
      path: apps,
      version: 'beta',
      query: {
        $select: rowProperties,
        $orderby: 'displayName',
        $top: String(size),
        ...(filter === null ? {} : { $filter: filter }),
      },
      schema: appRow,
      ...(next === undefined ? {} : { next }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** All of them, a page at a time. */
  all(search: AppSearch = {}, signal?: AbortSignal): AsyncIterable<AppRow[]> {
    const filter = filterOf(search);
    return this.#graph.pages({
      path: apps,
      version: 'beta',
      query: { $select: rowProperties, ...(filter === null ? {} : { $filter: filter }) },
      schema: appRow,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Whole apps of one type, a page at a time. */
  ofType(graphType: string, signal?: AbortSignal): AsyncIterable<IntuneApp[]> {
    return this.#graph.pages({
      path: apps,
      version: 'beta',
      query: { $filter: `isof('microsoft.graph.${graphType}')` },
      schema: intuneApp,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Those whose name is exactly this, or else those whose name holds it; at most `most`. */
  async named(name: string, most: number, signal?: AbortSignal): Promise<AppRow[]> {
    const found = async (filter: string) => {
      const { items } = await this.#graph.page({
        path: apps,
        version: 'beta',
        query: { $select: rowProperties, $filter: filter, $top: String(most) },
        schema: appRow,
        ...(signal === undefined ? {} : { signal }),
      });
      return items;
    };
    const exact = await found(`displayName eq ${odataText(name)}`);
    return exact.length > 0 ? exact : found(`contains(displayName,${odataText(name)})`);
  }

  /** With its assignments and categories; null when it is not there. */
  async get(appId: string, signal?: AbortSignal): Promise<IntuneApp | null> {
    try {
      return await this.#graph.send({
        method: 'GET',
        path: appPath(appId),
        version: 'beta',
        query: { $expand: 'assignments,categories' },
        schema: intuneApp,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'graphNotFound') return null;
      throw error;
    }
  }

  relations(appId: string, signal?: AbortSignal): Promise<AppRelation[]> {
    return readRelations(this.#graph, appId, signal);
  }
}

/** `contains` is not in Microsoft's reference of this listing; other tools rely on it, and the portal's search does the same. */
function filterOf({ words, types }: AppSearch): string | null {
  const parts = [
    ...(types === undefined || types.length === 0
      ? []
      : [`(${types.map((type) => `isof('microsoft.graph.${type}')`).join(' or ')})`]),
    ...(words === undefined || words === '' ? [] : [`contains(displayName,${odataText(words)})`]),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}
