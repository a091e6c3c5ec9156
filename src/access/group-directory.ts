import type { GraphClient } from '../graph/graph-client.ts';
import { readGroupMembers } from '../graph/groups/group-members.ts';
import { createGroups, type Group } from '../graph/groups/groups.ts';
import { asProblemError, ProblemError } from '../problems/problem.ts';
import type { GroupMemberships } from './access.ts';
import type { Workspace } from './actor.ts';

/** Groups of a workspace's home tenant, read through one of its connections. */
export interface GroupDirectory extends GroupMemberships {
  /** By object id or by name. Throws a problem when the groups cannot be read. */
  search(workspace: Workspace, connectionId: string, words: string, signal: AbortSignal): Promise<Group[]>;
}

export interface GroupDirectoryOptions {
  /** Refuses a connection that the workspace may not use or that reaches another tenant. */
  open(workspace: Workspace, connectionId: string): Promise<GraphClient>;
  now: () => number;
}

/** A role that was taken in Entra ends here within this time. */
const trustFor = 5 * 60_000;
/** So that a broken connection is not asked at each press. */
const failureStays = 15_000;
const remembered = 200;
const readWithinMs = 10_000;
const mostFound = 6;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createGroupDirectory({ open, now }: GroupDirectoryOptions): GroupDirectory {
  const known = new Map<string, { people: Promise<ReadonlySet<string>>; until: number }>();

  const read = async (workspace: Workspace, connectionId: string, groupId: string) => {
    const graph = await open(workspace, connectionId);
    return explained(readGroupMembers(graph, groupId, AbortSignal.timeout(readWithinMs)));
  };

  return {
    async has(workspace, { connectionId, groupId }, objectId) {
      const key = `${workspace.id} ${connectionId} ${groupId}`;
      let entry = known.get(key);
      if (entry === undefined || entry.until <= now()) {
        const fresh = { people: read(workspace, connectionId, groupId), until: now() + trustFor };
        fresh.people.catch(() => {
          fresh.until = now() + failureStays;
        });
        if (known.size >= remembered) known.clear();
        known.set(key, fresh);
        entry = fresh;
      }
      return (await entry.people).has(objectId.toLowerCase());
    },
    async search(workspace, connectionId, words, signal) {
      const groups = createGroups(await open(workspace, connectionId));
      if (!guid.test(words)) return explained(groups.search(words, mostFound, signal));
      return [...(await explained(groups.byIds([words], signal))).values()];
    },
  };
}

const forbidden = new Set(['graphPermissionMissing', 'graphForbidden']);

async function explained<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { problem } = asProblemError(error);
    if (!forbidden.has(problem.code)) throw error;
    throw new ProblemError('groupNotReadable', {
      cause: error,
      ...(problem.ids === undefined ? {} : { ids: problem.ids }),
    });
  }
}
