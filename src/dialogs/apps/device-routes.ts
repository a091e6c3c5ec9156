import { z } from 'zod';
import type { ListPage } from '../../apps/listings.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { ManagedDevice } from '../../graph/managed-devices.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { ProblemError } from '../../problems/problem.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { connectionGone } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import { readConnectionWords, whichConnectionCard } from './connection-words.ts';
import { deviceListCard, devicesRefusedCard } from './device-cards.ts';
import { onePage, openPage } from './list-page.ts';

/** Devices carry names of people, so the list goes to who asked alone. */
export function deviceRoutes(services: AppServices): Route[] {
  const { connections, devices } = services;

  const show = async (
    turn: Turn,
    connection: StoredConnection,
    ask: () => Promise<ListPage<ManagedDevice>>,
  ): Promise<Reply> => {
    try {
      return {
        kind: 'personalCard',
        card: deviceListCard({ connection, list: await ask(), now: turn.now }),
        summary: `Devices in ${connection.name}`,
      };
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'devicesNotAllowed') throw error;
      const cloud = services.cloud(connection.cloud);
      const { tenantId, clientId } = connection;
      return {
        kind: 'personalCard',
        card: devicesRefusedCard({
          connection,
          problem: error.problem,
          apiPermissionsUrl:
            cloud === undefined ? null : portalLink('apiPermissions', cloud, { tenantId, clientId }).url,
          supportContact: services.supportContact,
        }),
        summary: error.problem.title,
      };
    }
  };

  return [
    command({
      command: 'devices',
      usage: 'devices <connection> [search]',
      summary: 'The devices in Intune; also a test of whether the permissions are right',
      permission: 'look',
      about: 'connection',
      input: z.string().trim().max(200),
      handle: async (turn, said) => {
        const all = await connections.list((await turn.workspace()).id);
        const { connection, rest } = readConnectionWords(said, all);
        if (connection !== null)
          return show(turn, connection, async () =>
            devices.list((await turn.workspace()).id, connection, rest, turn.signal),
          );
        return {
          kind: 'card',
          card: whichConnectionCard(all, {
            what: 'Devices',
            verb: 'devices.find',
            example: 'devices Contoso production',
          }),
          summary: 'Which connection?',
        };
      },
    }),
    verb({
      verb: 'devices.find',
      permission: 'look',
      data: z.object({ connection: z.uuid(), words: z.string().trim().max(200).default('') }),
      handle: async (turn, data) => {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return connectionGone;
        return show(turn, connection, async () =>
          devices.list((await turn.workspace()).id, connection, data.words, turn.signal),
        );
      },
    }),
    verb({
      verb: 'devices.page',
      permission: 'look',
      data: onePage,
      handle: async (turn, data) => {
        const opened = await openPage(turn, connections, devices, 'devices', data);
        return 'kind' in opened ? opened : show(turn, opened.connection, async () => opened.list);
      },
    }),
  ];
}
