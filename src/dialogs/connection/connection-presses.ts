import { z } from 'zod';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Reply, Turn } from '../route.ts';
import { connectionReply } from './connection-reply.ts';
import { type ConnectionServices, gone } from './connection-services.ts';

export const oneConnection = z.object({ connection: z.uuid() });

/** What every press on a connection's card begins and ends with. */
export function connectionPresses(services: ConnectionServices) {
  return {
    here: async (turn: Turn, id: string) => services.connections.find((await turn.workspace()).id, id),
    asked: async (turn: Turn, id: string) => ({
      workspaceId: (await turn.workspace()).id,
      id,
      by: { objectId: turn.actor.objectId, name: turn.actor.name },
    }),
    changed: (turn: Turn, connection: StoredConnection | null, saved: string): Reply => {
      if (connection === null) return gone;
      services.told.changed(connection.id);
      return connectionReply(services, connection, turn.now, { saved });
    },
  };
}
