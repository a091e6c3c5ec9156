import { z } from 'zod';
import { nameFault } from '../../connections/connection-form.ts';
import { ProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, verb } from '../route.ts';
import { connectionPresses, oneConnection } from './connection-presses.ts';
import { type ConnectionServices, gone } from './connection-services.ts';
import { confirmDeleteCard, deletedCard, moreCard, renameCard } from './life-cards.ts';

/** Rename, switch on and off, ask anew, delete. */
export function lifeRoutes(services: ConnectionServices): Route[] {
  const { life, told } = services;
  const { here, asked, changed } = connectionPresses(services);
  const personal = (card: Extract<Reply, { kind: 'card' }>['card'], summary: string): Reply => ({
    kind: 'personalCard',
    card,
    summary,
  });

  return [
    verb({
      verb: 'connection.more',
      permission: 'look',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        const { kind } = await turn.workspace();
        return personal(moreCard(found, { mayShare: kind !== 'personal' }), found.name);
      },
    }),
    verb({
      verb: 'connection.refresh',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await life.refresh(await asked(turn, data.connection));
        return changed(turn, found, 'Asking Microsoft anew, with a fresh token.');
      },
    }),
    verb({
      verb: 'connection.rename',
      permission: 'manageConnections',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        return found === null ? gone : personal(renameCard(found), `Rename ${found.name}`);
      },
    }),
    verb({
      verb: 'connection.renameNow',
      permission: 'manageConnections',
      data: oneConnection.extend({ name: z.string().trim().default('') }),
      handle: async (turn, { connection, name: typed }) => {
        const name = typed.replace(/\s+/g, ' ');
        const found = await here(turn, connection);
        if (found === null) return gone;
        const refuse = (fault: string) => personal(renameCard(found, name, fault), `Rename ${found.name}`);
        const fault = nameFault(name);
        if (fault !== null) return refuse(fault);
        try {
          const renamed = await life.rename({ ...(await asked(turn, connection)), name });
          return changed(turn, renamed, `${found.name} is now ${name}.`);
        } catch (error) {
          if (error instanceof ProblemError && error.problem.code === 'connectionNameTaken')
            return refuse(error.problem.what);
          throw error;
        }
      },
    }),
    verb({
      verb: 'connection.disable',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await life.disable(await asked(turn, data.connection));
        return changed(turn, found, `Disabled by ${turn.actor.name}. Jobs that use it fail until it is enabled again.`);
      },
    }),
    verb({
      verb: 'connection.enable',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await life.enable(await asked(turn, data.connection));
        return changed(turn, found, `Switched on by ${turn.actor.name}.`);
      },
    }),
    verb({
      verb: 'connection.delete',
      permission: 'manageConnections',
      asks: true,
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        return personal(confirmDeleteCard(found, await services.dependents(found.id)), `Delete ${found.name}?`);
      },
    }),
    verb({
      verb: 'connection.deleteNow',
      permission: 'manageConnections',
      data: oneConnection,
      handle: async (turn, data) => {
        const name = await life.remove(await asked(turn, data.connection));
        if (name === null) return { kind: 'text', text: 'This connection is deleted already.' };
        const card = deletedCard(name, turn.actor.name);
        told.deleted(data.connection, card, `${name} is deleted`);
        return { kind: 'card', card, summary: `${name} is deleted` };
      },
    }),
  ];
}
