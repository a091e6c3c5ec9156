import { z } from 'zod';
import type { Reach } from '../../access/reach.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { ConnectionShares } from '../../connections/connection-shares.ts';
import type { Connections } from '../../connections/connections.ts';
import { asProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { aliasCard, shareCard, shareFormCard, withdrawCard } from './share-cards.ts';

export interface ShareServices {
  connections: Pick<Connections, 'find'>;
  shares: Pick<ConnectionShares, 'list' | 'share' | 'uses' | 'withdraw' | 'rename'>;
  reach: Reach;
  /** The connection's own card. */
  connectionReply(connection: StoredConnection, now: Date, saved?: string): Reply;
}

const oneConnection = z.object({ connection: z.uuid() });
const oneShare = oneConnection.extend({ share: z.uuid() });
const typed = z
  .string()
  .max(5_000)
  .nullish()
  .transform((text) => text ?? '');
const gone: Reply = {
  kind: 'text',
  text: 'This connection is not known here any more. Type connections to see those that are.',
};

/** Lending a connection to other places of the same organisation, and taking it back. */
export function shareRoutes(services: ShareServices): Route[] {
  const { connections, shares, reach } = services;

  /** Own ones only: what was lent cannot be lent on. */
  const own = async (turn: Turn, id: string): Promise<StoredConnection | null> => {
    const found = await connections.find((await turn.workspace()).id, id);
    return found?.lent === undefined ? found : null;
  };
  const lentHere = async (turn: Turn, id: string): Promise<StoredConnection | null> => {
    const found = await connections.find((await turn.workspace()).id, id);
    return found?.lent === undefined ? null : found;
  };

  const show = async (turn: Turn, connection: StoredConnection, said?: string): Promise<Reply> => ({
    kind: 'personalCard',
    card: shareCard({
      connection,
      shares: await shares.list(connection.workspaceId, connection.id),
      now: turn.now,
      ...(said === undefined ? {} : { said }),
    }),
    summary: `Sharing of ${connection.name}`,
  });

  const form = async (turn: Turn, connection: StoredConnection, fault?: string): Promise<Reply> => {
    const shared = await shares.list(connection.workspaceId, connection.id);
    const taken = new Set([connection.workspaceId, ...shared.map(({ workspace }) => workspace?.id)]);
    const places = (await reach.of(turn.actor)).filter(({ id }) => !taken.has(id));
    return {
      kind: 'personalCard',
      card: shareFormCard({
        connection,
        places: places.map(({ id, name }) => ({ id, name: name ?? 'A chat without a name' })),
        ...(fault === undefined ? {} : { fault }),
      }),
      summary: `Share ${connection.name}`,
    };
  };

  const withOwn =
    (act: (turn: Turn, connection: StoredConnection, data: { share: string }) => Promise<Reply>) =>
    async (turn: Turn, data: { connection: string; share: string }): Promise<Reply> => {
      const connection = await own(turn, data.connection);
      return connection === null ? gone : act(turn, connection, data);
    };

  return [
    verb({
      verb: 'share.show',
      permission: 'administer',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const connection = await own(turn, data.connection);
        return connection === null ? gone : show(turn, connection);
      },
    }),
    verb({
      verb: 'share.form',
      permission: 'administer',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const connection = await own(turn, data.connection);
        return connection === null ? gone : form(turn, connection);
      },
    }),
    verb({
      verb: 'share.save',
      permission: 'administer',
      data: oneConnection.extend({ with: z.enum(['all', 'chosen']), places: typed }),
      handle: async (turn, data) => {
        const connection = await own(turn, data.connection);
        if (connection === null) return gone;
        const wanted = data.places.split(',').filter((id) => z.uuid().safeParse(id).success);
        if (data.with === 'chosen' && wanted.length === 0) return form(turn, connection, 'Choose at least one place');
        // Places in which the sharer has no part stay unknown to them, whatever a client sends.
        const mine = new Set((await reach.of(turn.actor)).map(({ id }) => id));
        const receivers = data.with === 'all' ? 'all' : wanted.filter((id) => mine.has(id));
        await shares.share(connection.workspaceId, connection.id, receivers, turn.actor);
        return show(turn, connection, `${connection.name} is shared.`);
      },
    }),
    verb({
      verb: 'share.withdraw',
      permission: 'administer',
      asks: true,
      data: oneShare,
      handle: withOwn(async (turn, connection, { share: id }) => {
        const { workspaceId } = connection;
        const share = (await shares.list(workspaceId, connection.id)).find((one) => one.id === id);
        if (share === undefined) return show(turn, connection, 'It was withdrawn already.');
        const uses = await shares.uses(workspaceId, connection.id, id);
        return {
          kind: 'personalCard',
          card: withdrawCard({ connection, share, uses }),
          summary: `Withdraw ${connection.name}?`,
        };
      }),
    }),
    verb({
      verb: 'share.withdraw.confirm',
      permission: 'administer',
      data: oneShare,
      handle: withOwn(async (turn, connection, { share }) => {
        const left = await shares.withdraw(connection.workspaceId, connection.id, share, turn.actor);
        return show(turn, connection, left === null ? 'It was withdrawn already.' : 'It is withdrawn.');
      }),
    }),
    verb({
      verb: 'share.alias.form',
      permission: 'manageConnections',
      asks: true,
      data: z.object({ lent: z.uuid() }),
      handle: async (turn, data) => {
        const connection = await lentHere(turn, data.lent);
        if (connection === null) return gone;
        return { kind: 'personalCard', card: aliasCard({ connection }), summary: 'Name of a shared connection' };
      },
    }),
    verb({
      verb: 'share.alias.save',
      permission: 'manageConnections',
      data: z.object({ lent: z.uuid(), alias: typed }),
      handle: async (turn, data) => {
        const connection = await lentHere(turn, data.lent);
        if (connection === null) return gone;
        const alias = data.alias.trim().replace(/\s+/g, ' ');
        const refuse = (fault: string): Reply => ({
          kind: 'personalCard',
          card: aliasCard({ connection, fault, typed: alias }),
          summary: 'Name of a shared connection',
        });
        if (alias.length > 60) return refuse('The name may have up to 60 characters.');
        const { id } = await turn.workspace();
        try {
          const isOwnName = alias === '' || alias === connection.lent?.name;
          await shares.rename(id, connection.id, isOwnName ? null : alias, turn.actor);
        } catch (error) {
          const { problem } = asProblemError(error);
          if (problem.code !== 'connectionNameTaken') throw error;
          return refuse(problem.what);
        }
        const renamed = await connections.find(id, connection.id);
        return renamed === null
          ? gone
          : services.connectionReply(renamed, turn.now, `It is called ${renamed.name} here.`);
      },
    }),
  ];
}
