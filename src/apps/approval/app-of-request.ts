import { z } from 'zod';
import type { GraphClient } from '../../graph/graph-client.ts';
import { asProblemError } from '../../problems/problem.ts';

/** The app that a path is about; null where it is about none. */
export const appIdIn = (path: string): string | null =>
  /^\/deviceAppManagement\/mobileApps\/([^/]+)/.exec(path)?.[1] ?? null;

const named = z.object({ displayName: z.string().nullish() });

/** For people who decide; without it they see the id. */
export async function nameOf(graph: GraphClient, appId: string): Promise<string | null> {
  try {
    const path = `/deviceAppManagement/mobileApps/${appId}`;
    const query = { $select: 'id,displayName' };
    return (await graph.send({ method: 'GET', path, query, schema: named })).displayName ?? null;
  } catch (error) {
    asProblemError(error);
    return null;
  }
}
