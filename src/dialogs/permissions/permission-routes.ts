import { z } from 'zod';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Connections } from '../../connections/connections.ts';
import { checkPermissions } from '../../connections/permission-check.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { permissionCard } from './permission-cards.ts';

export interface PermissionServices {
  connections: Pick<Connections, 'find' | 'accessTo' | 'recordTest'>;
  clouds: readonly Cloud[];
  supportContact: string;
}

export function permissionRoutes(services: PermissionServices): Route[] {
  const show = async (turn: Turn, connection: StoredConnection): Promise<Reply> => {
    const check = await checkPermissions(services.connections, connection.id, turn.signal);
    const cloud = services.clouds.find(({ id }) => id === connection.cloud);
    return {
      kind: 'personalCard',
      card: permissionCard({
        connection,
        check,
        apiPermissionsUrl:
          cloud === undefined
            ? null
            : portalLink('apiPermissions', cloud, { tenantId: connection.tenantId, clientId: connection.clientId }).url,
        supportContact: services.supportContact,
        now: turn.now,
      }),
      summary: `What ${connection.name} may do`,
    };
  };

  return [
    command({
      command: 'permissions',
      usage: 'permissions <connection>',
      summary: 'What a connection may do: granted, missing, more than needed',
      permission: 'look',
      input: z.string().trim().min(1, 'Name the connection.').max(60),
      handle: async (turn, name) => {
        const connection = await services.connections.find((await turn.workspace()).id, name);
        if (connection !== null) return show(turn, connection);
        return {
          kind: 'text',
          text: `There is no connection named ${name} here. Type connections to see those that are.`,
        };
      },
    }),
    verb({
      verb: 'permissions.show',
      permission: 'look',
      data: z.object({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const connection = await services.connections.find((await turn.workspace()).id, data.connection);
        return connection === null
          ? { kind: 'text', text: 'This connection is not known here any more.' }
          : show(turn, connection);
      },
    }),
  ];
}
