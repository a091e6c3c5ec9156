import { z } from 'zod';
import type { GraphClient } from '../graph-client.ts';

export interface Group {
  id: string;
  name: string;
  description: string | null;
}

/** Groups of a tenant's directory. Reading them takes GroupMember.Read.All. */
export interface Groups {
  /** At most `most` groups whose names hold words that begin like those given. */
  search(words: string, most: number, signal?: AbortSignal): Promise<Group[]>;
  /** By id, in lower case; a group that is not there any more is missing in the answer. */
  byIds(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, Group>>;
}

const group = z
  .object({ id: z.string(), displayName: z.string().nullish(), description: z.string().nullish() })
  .transform(
    ({ id, displayName, description }): Group => ({
      id: id.toLowerCase(),
      name: displayName ?? id,
      description: description ?? null,
    }),
  );
const page = z.object({ value: z.array(group) });
const select = 'id,displayName,description';

/** Graph takes 15 values in one `in`: https://learn.microsoft.com/graph/filter-query-parameter */
const mostInOneFilter = 15;

export function createGroups(graph: GraphClient): Groups {
  const cancellable = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    async search(words, most, signal) {
      // A quote would end the search clause, a backslash escape its end.
      const wanted = words.replace(/["\\]/g, ' ').trim();
      if (wanted === '') return [];
      const { value } = await graph.send({
        method: 'GET',
        path: '/groups',
        query: { $search: `"displayName:${wanted}"`, $select: select, $top: String(most) },
        // $search works on an index that lags a little: https://learn.microsoft.com/graph/aad-advanced-queries
        headers: { ConsistencyLevel: 'eventual' },
        schema: page,
        ...cancellable(signal),
      });
      return value;
    },

    async byIds(ids, signal) {
      const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
      const found = new Map<string, Group>();
      for (let start = 0; start < wanted.length; start += mostInOneFilter) {
        const some = wanted.slice(start, start + mostInOneFilter).map((id) => `'${id.replaceAll("'", "''")}'`);
        const { value } = await graph.send({
          method: 'GET',
          path: '/groups',
          query: { $filter: `id in (${some.join(',')})`, $select: select },
          schema: page,
          ...cancellable(signal),
        });
        for (const each of value) found.set(each.id, each);
      }
      return found;
    },
  };
}
