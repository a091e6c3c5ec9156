import { ProblemError } from '../problems/problem.ts';
import type { StoredConnection } from './connection.ts';
import type { Connections } from './connections.ts';

/** Connections as the workspace that owns them may change them: one that was lent to it is refused. */
export function ownConnections(connections: Pick<Connections, 'find' | 'requestTest'>) {
  return {
    async find(workspaceId: string, idOrName: string): Promise<StoredConnection | null> {
      const found = await connections.find(workspaceId, idOrName);
      if (found?.lent !== undefined) throw new ProblemError('connectionLent');
      return found;
    },
    requestTest: (id: string) => connections.requestTest(id),
  };
}
