import { z } from 'zod';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Connections } from '../../connections/connections.ts';
import { checkIntuneApi } from '../../connections/intune-api-check.ts';
import { checkPermissions } from '../../connections/permission-check.ts';
import { checkRefusal } from '../../connections/refusal-checks.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { type PortalTarget, portalLink } from '../../graph/portal-links.ts';
import { type Capability, type CapabilityId, capabilities, findCapability } from '../../permissions/capabilities.ts';
import { findPermission } from '../../permissions/catalog.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { explainCard } from './explain-card.ts';
import { manifestCard } from './manifest-card.ts';
import { everythingCard, type PermissionCard, permissionCard } from './permission-cards.ts';
import { findingCard, intuneApiCard, intuneRoleCard, type PortalPlaces, refusalCard } from './refusal-cards.ts';

export interface PermissionServices {
  connections: Pick<Connections, 'find' | 'list' | 'accessTo' | 'recordTest'>;
  clouds: readonly Cloud[];
  supportContact: string;
}

const one = z.object({ connection: z.uuid() });
const capabilityId = z.string().transform((id) => findCapability(id)?.id);
const gone: Reply = { kind: 'text', text: 'This connection is not known here any more.' };

export function permissionRoutes(services: PermissionServices): Route[] {
  const { connections, supportContact } = services;

  const link = (connection: StoredConnection, target: PortalTarget): string | null => {
    const cloud = services.clouds.find(({ id }) => id === connection.cloud);
    const { tenantId, clientId } = connection;
    return cloud === undefined ? null : portalLink(target, cloud, { tenantId, clientId }).url;
  };
  const places = (connection: StoredConnection): PortalPlaces => ({
    apiPermissions: link(connection, 'apiPermissions'),
    enterpriseApps: link(connection, 'enterpriseApps'),
    intuneAdminCentre: link(connection, 'intuneAdminCentre'),
    intuneRoles: link(connection, 'intuneRoles'),
  });

  const look = async (
    turn: Turn,
    connection: StoredConnection,
    wanted: readonly CapabilityId[] | null,
    probeAll: boolean,
  ): Promise<PermissionCard> => ({
    connection,
    check: await checkPermissions(connections, { connectionId: connection.id, wanted, probeAll, signal: turn.signal }),
    apiPermissionsUrl: link(connection, 'apiPermissions'),
    supportContact,
    now: turn.now,
  });
  const show = async (turn: Turn, connection: StoredConnection, wanted: CapabilityId | undefined): Promise<Reply> => ({
    kind: 'personalCard',
    card: permissionCard(await look(turn, connection, wanted === undefined ? null : [wanted], false)),
    summary: `What ${connection.name} may do`,
  });

  /** A press on a card of one connection, answered to the presser alone. */
  const about = <Data extends { connection: string }>(
    name: string,
    data: z.ZodType<Data>,
    answer: (turn: Turn, connection: StoredConnection, data: Data) => Promise<Reply>,
  ): Route =>
    verb<Data>({
      verb: name,
      permission: 'look',
      data,
      handle: async (turn, pressed) => {
        const connection = await connections.find((await turn.workspace()).id, pressed.connection);
        return connection === null ? gone : answer(turn, connection, pressed);
      },
    });
  const personal = (connection: StoredConnection, made: PermissionPage): Reply => ({
    kind: 'personalCard',
    card: made,
    summary: `Permissions of ${connection.name}`,
  });

  return [
    command({
      command: 'permissions',
      usage: 'permissions <connection> [for <purpose>]',
      summary:
        'What a connection may do: granted, missing, more than needed. With the name of a permission: what it means',
      permission: 'look',
      about: 'connection',
      input: z.string().trim().max(140),
      handle: async (turn, said) => {
        const workspace = await turn.workspace();
        const permission = findPermission(said);
        const named = said === '' ? null : await connections.find(workspace.id, said);
        if (named !== null) return show(turn, named, undefined);
        if (permission !== null)
          return { kind: 'card', card: explainCard(permission), summary: `The permission ${permission.name}` };
        const asked = /^(.+)\s+for\s+(.+?)$/i.exec(said);
        const connection = asked === null ? null : await connections.find(workspace.id, asked[1]?.trim() ?? '');
        if (asked !== null && connection !== null) {
          const capability = findCapability(asked[2] ?? '');
          return capability === null
            ? unknownPurpose(connection, asked[2] ?? '')
            : show(turn, connection, capability.id);
        }
        const all = await connections.list(workspace.id);
        const [only] = all;
        if (said === '' && only !== undefined && all.length === 1) return show(turn, only, undefined);
        return said === '' ? choose(all) : unknownName(said, all);
      },
    }),
    about('permissions.show', one.extend({ capability: capabilityId.optional() }), (turn, connection, data) =>
      show(turn, connection, data.capability),
    ),
    about('permissions.all', one, async (turn, connection) =>
      personal(connection, everythingCard(await look(turn, connection, null, true))),
    ),
    about(
      'permissions.manifest',
      one.extend({ capability: capabilityId.optional(), capabilities: z.string().max(400).optional() }),
      async (_turn, connection, { capability, capabilities: ticked }) => {
        const chosen = ticked?.split(',').flatMap((id) => findCapability(id)?.id ?? []);
        const wanted: CapabilityId[] = chosen ?? [capability ?? 'publishApps'];
        return personal(
          connection,
          manifestCard({ connection, wanted, apiPermissionsUrl: link(connection, 'apiPermissions') }),
        );
      },
    ),
    about('permissions.refusal', one, async (_turn, connection) => personal(connection, refusalCard(connection))),
    about(
      'permissions.verify',
      one.extend({ check: z.enum(['app', 'tenant', 'token']) }),
      async (turn, connection, { check }) => {
        const finding = await checkRefusal(connections, connection.id, check, turn.signal);
        return personal(connection, findingCard(connection, finding, places(connection), supportContact));
      },
    ),
    about('permissions.intuneRole', one, async (_turn, connection) =>
      personal(connection, intuneRoleCard(connection, places(connection))),
    ),
    about('permissions.intuneApi', one, async (turn, connection) => {
      const check = await checkIntuneApi(connections, connection.id, turn.signal);
      return personal(connection, intuneApiCard(connection, check, supportContact));
    }),
  ];
}

type PermissionPage = Extract<Reply, { kind: 'personalCard' }>['card'];

const purposes = (list: readonly Capability[]) => list.map(({ word }) => word).join(', ');

function unknownPurpose(connection: StoredConnection, said: string): Reply {
  return {
    kind: 'text',
    text: `I do not know a purpose named ${said}. Type permissions ${connection.name} for one of: ${purposes(capabilities)}.`,
  };
}

function unknownName(said: string, all: readonly StoredConnection[]): Reply {
  const others = all.length === 0 ? '' : ` There ${all.length === 1 ? 'is' : 'are'}: ${namesOf(all)}.`;
  return {
    kind: 'text',
    text: `There is no connection named ${said} here, and no permission of that name that I know.${others} Type connections to see them.`,
  };
}

function choose(all: readonly StoredConnection[]): Reply {
  if (all.length === 0) return { kind: 'text', text: 'There is no connection here yet. Type connect to make one.' };
  return {
    kind: 'card',
    card: card(
      [header({ title: 'Which connection?' }), text('What it may do is shown to you alone.')],
      all.slice(0, 6).map(({ id, name }) => execute(name, 'permissions.show', { connection: id })),
    ),
    summary: 'Which connection?',
  };
}

const namesOf = (all: readonly StoredConnection[]) =>
  all
    .slice(0, 10)
    .map(({ name }) => name)
    .join(', ');
