import { z } from 'zod';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { connectionsCard } from './connection-card.ts';
import { connectionReply } from './connection-reply.ts';
import { type ConnectionServices, gone } from './connection-services.ts';

const oneConnection = z.object({ connection: z.uuid() });

export function connectionRoutes(services: ConnectionServices): Route[] {
  const { connections } = services;

  const here = async (turn: Turn, idOrName: string) => connections.find((await turn.workspace()).id, idOrName);

  const list = async (turn: Turn, page: number): Promise<Reply> => {
    const { id, kind } = await turn.workspace();
    return {
      kind: 'card',
      card: connectionsCard({ list: await connections.list(id), page, now: turn.now, mayShare: kind !== 'personal' }),
      summary: 'Connections',
    };
  };

  return [
    command({
      command: 'connections',
      usage: 'connections',
      summary: 'Connections of this place and whether they work',
      permission: 'look',
      input: z.string(),
      handle: (turn) => list(turn, 0),
    }),
    command({
      command: 'connection',
      usage: 'connection <name>',
      summary: 'One connection: its state, and what can be done with it',
      permission: 'look',
      about: 'connection',
      input: z.string().trim().max(60),
      handle: async (turn, name) => {
        if (name === '') return list(turn, 0);
        const found = await here(turn, name);
        if (found !== null) return connectionReply(services, found, turn.now);
        return {
          kind: 'text',
          text: `There is no connection named ${name} here. Type connections to see those that are.`,
        };
      },
    }),
    verb({
      verb: 'connection.list',
      permission: 'look',
      data: z.object({ page: z.coerce.number().int().min(0).default(0) }),
      handle: (turn, { page }) => list(turn, page),
    }),
    verb({
      verb: 'connection.show',
      permission: 'look',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        return found === null ? gone : connectionReply(services, found, turn.now);
      },
    }),
    verb({
      verb: 'connection.test',
      permission: 'look',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        const testing = await connections.requestTest(found.id);
        return connectionReply(services, testing, turn.now);
      },
    }),
  ];
}
