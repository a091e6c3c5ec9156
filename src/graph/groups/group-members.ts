import { z } from 'zod';
import { ProblemError } from '../../problems/problem.ts';
import type { GraphClient } from '../graph-client.ts';

const member = z.object({ id: z.string() });
const largest = 10_000;

/**
 * Ids of everything in a group and in the groups inside it. Takes GroupMember.Read.All, which gives ids and nothing else
 * of what the app may not read: https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export async function readGroupMembers(
  graph: GraphClient,
  groupId: string,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const found = new Set<string>();
  const pages = graph.pages({
    path: `/groups/${encodeURIComponent(groupId)}/transitiveMembers`,
    query: { $select: 'id', $top: '999' },
    schema: member,
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const page of pages) {
    for (const { id } of page) found.add(id.toLowerCase());
    if (found.size > largest) throw new ProblemError('groupTooLarge');
  }
  return found;
}
