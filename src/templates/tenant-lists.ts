import type { Connections } from '../connections/connections.ts';
import { type AssignmentFilter, listAssignmentFilters } from '../graph/groups/assignment-filters.ts';
import { createGroups, type Group } from '../graph/groups/groups.ts';
import { type Category, IntuneAppChanges } from '../graph/intune-app-changes.ts';
import { type Problem, ProblemError } from '../problems/problem.ts';

/** What a tenant has, or why it cannot be seen: a card shows that beside what was typed. */
export type Listed<T> = { found: T[] } | { problem: Problem };

/** Permissions that the lists take, for connections whose Graph answer names none. */
const needs = {
  groups: 'It needs GroupMember.Read.All.',
  categories: 'It needs DeviceManagementApps.Read.All.',
  filters: 'It needs DeviceManagementConfiguration.Read.All.',
} as const;

const mostGroups = 12;

/** Lists to choose from, read through a connection while somebody fills in a form. */
export class TenantLists {
  readonly #connections: Pick<Connections, 'accessTo'>;

  constructor(connections: Pick<Connections, 'accessTo'>) {
    this.#connections = connections;
  }

  searchGroups(connectionId: string, words: string, signal: AbortSignal): Promise<Listed<Group>> {
    return this.#listed(connectionId, needs.groups, (graph) => createGroups(graph).search(words, mostGroups, signal));
  }

  groupsByIds(connectionId: string, ids: readonly string[], signal: AbortSignal): Promise<Listed<Group>> {
    return this.#listed(connectionId, needs.groups, async (graph) => [
      ...(await createGroups(graph).byIds(ids, signal)).values(),
    ]);
  }

  filters(connectionId: string, signal: AbortSignal): Promise<Listed<AssignmentFilter>> {
    return this.#listed(connectionId, needs.filters, (graph) => listAssignmentFilters(graph, signal));
  }

  categories(connectionId: string, signal: AbortSignal): Promise<Listed<Category>> {
    return this.#listed(connectionId, needs.categories, (graph) =>
      new IntuneAppChanges(graph, graph.url).categories(signal),
    );
  }

  async #listed<T>(
    connectionId: string,
    permission: string,
    read: (graph: Awaited<ReturnType<Connections['accessTo']>>['graph']) => Promise<T[]>,
  ): Promise<Listed<T>> {
    try {
      return { found: await read((await this.#connections.accessTo(connectionId)).graph) };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { problem } = error;
      const isMissing = problem.code === 'graphPermissionMissing' || problem.code === 'graphForbidden';
      return { problem: isMissing ? { ...problem, detail: permission } : problem };
    }
  }
}
