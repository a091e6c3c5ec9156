import { z } from 'zod';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { readConnectionChange, readConnectionForm } from '../../connections/connection-form.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { isPortalTarget, portalLink } from '../../graph/portal-links.ts';
import { ProblemError } from '../../problems/problem.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { connectionCard, connectionsCard } from './connection-card.ts';
import { type ConnectionFormCard, type ConnectionFormValues, connectionFormCard } from './connection-form-card.ts';

export interface ConnectionServices {
  connections: Pick<Connections, 'list' | 'find' | 'create' | 'update' | 'requestTest'>;
  clouds: readonly Cloud[];
  supportContact: string;
}

const oneConnection = z.object({ connection: z.uuid() });
const gone: Reply = {
  kind: 'text',
  text: 'This connection is not known here any more. Type connections to see those that are.',
};

export function connectionRoutes(services: ConnectionServices): Route[] {
  const { connections } = services;

  const here = async (turn: Turn, idOrName: string) => connections.find((await turn.workspace()).id, idOrName);

  const list = async (turn: Turn, page: number): Promise<Reply> => ({
    kind: 'card',
    card: connectionsCard(await connections.list((await turn.workspace()).id), page, turn.now),
    summary: 'Connections',
  });

  return [
    command({
      command: 'connect',
      usage: 'connect',
      summary: 'Connect this place to a tenant’s Intune',
      permission: 'administer',
      input: z.string(),
      handle: async () => form(services, {}),
    }),
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
      summary: 'One connection: its state, test and update',
      permission: 'look',
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
      verb: 'connection.form',
      permission: 'administer',
      data: z.object({}),
      handle: async () => ({ ...form(services, {}), kind: 'personalCard' }),
    }),
    verb({
      verb: 'connection.list',
      permission: 'look',
      data: z.object({ page: z.coerce.number().int().min(0).default(0) }),
      handle: (turn, { page }) => list(turn, page),
    }),
    verb({
      verb: 'connection.cancel',
      permission: 'look',
      data: z.object({}),
      handle: async () => ({
        kind: 'personalCard',
        card: card(
          [header({ title: 'Not connected' }), text('Nothing was saved.')],
          [execute('Connect to Intune', 'connection.form'), execute('Connections', 'connection.list', { page: 0 })],
        ),
        summary: 'Nothing was saved',
      }),
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
    verb({
      verb: 'connection.edit',
      permission: 'administer',
      data: oneConnection,
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        return {
          ...form(services, {
            values: { name: found.name, cloud: found.cloud, tenant: found.tenantId, clientId: found.clientId },
            editing: { id: found.id, revision: found.revision, name: found.name },
          }),
          kind: 'personalCard',
        };
      },
    }),
    verb({
      verb: 'connection.save',
      permission: 'administer',
      data: z.looseObject({ connection: z.uuid().optional(), revision: z.coerce.number().int().optional() }),
      handle: (turn, data) =>
        data.connection === undefined
          ? create(services, turn, data)
          : update(services, turn, { ...data, connection: data.connection }),
    }),
  ];
}

function form(
  { clouds }: ConnectionServices,
  options: Omit<ConnectionFormCard, 'clouds' | 'links'>,
): Extract<Reply, { kind: 'card' }> {
  const cloud = clouds.find(({ id }) => id === options.values?.cloud) ?? clouds[0];
  if (cloud === undefined) throw new Error('At least one cloud is configured');
  const clientId = options.values?.clientId;
  return {
    kind: 'card',
    card: connectionFormCard({
      ...options,
      clouds,
      links: {
        appRegistrations: portalLink('appRegistrations', cloud).url,
        secrets: portalLink(
          clientId === undefined ? 'appRegistrations' : 'certificatesAndSecrets',
          cloud,
          clientId === undefined ? {} : { clientId },
        ).url,
      },
    }),
    summary: options.editing === undefined ? 'Connect to Intune' : `Update ${options.editing.name}`,
  };
}

/** What was typed comes back, the secret excepted. */
function typedValues(data: Record<string, unknown>): ConnectionFormValues {
  const typed = (key: string) => (typeof data[key] === 'string' ? data[key] : undefined);
  return {
    name: typed('name'),
    cloud: typed('cloud'),
    tenant: typed('tenant'),
    authUrl: typed('authUrl'),
    clientId: typed('clientId'),
  };
}

async function create(services: ConnectionServices, turn: Turn, data: Record<string, unknown>): Promise<Reply> {
  const read = readConnectionForm(data, services.clouds);
  const refuse = (faults: ConnectionFormCard['faults']): Reply => ({
    ...form(services, { values: typedValues(data), faults: faults ?? {} }),
    kind: 'personalCard',
  });
  if (!read.ok) return refuse(read.faults);
  try {
    const { connection, twins } = await services.connections.create({
      workspaceId: (await turn.workspace()).id,
      values: read.values,
      secret: read.secret,
      by: { objectId: turn.actor.objectId, name: turn.actor.name },
    });
    const hint =
      twins.length === 0
        ? undefined
        : `The same tenant and application are also connected as ${twins.map(({ name }) => name).join(', ')}.`;
    return connectionReply(services, connection, turn.now, {
      saved: `${connection.name} is saved.`,
      ...(hint === undefined ? {} : { hint }),
    });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'connectionNameTaken')
      return refuse({ name: error.problem.what });
    throw error;
  }
}

async function update(
  services: ConnectionServices,
  turn: Turn,
  data: { connection: string; revision?: number | undefined } & Record<string, unknown>,
): Promise<Reply> {
  const workspace = await turn.workspace();
  const stored = await services.connections.find(workspace.id, data.connection);
  if (stored === null) return gone;
  const refuse = (faults: ConnectionFormCard['faults']): Reply => ({
    ...form(services, {
      values: typedValues(data),
      faults: faults ?? {},
      editing: { id: stored.id, revision: stored.revision, name: stored.name },
    }),
    kind: 'personalCard',
  });
  if (data.revision !== stored.revision)
    return refuse({
      form: 'Somebody changed this connection meanwhile. These are your values; save again to keep them.',
    });
  const read = readConnectionChange(data, services.clouds);
  if (!read.ok) return refuse(read.faults);
  try {
    const connection = await services.connections.update({
      workspaceId: workspace.id,
      id: stored.id,
      revision: stored.revision,
      values: read.values,
      secret: read.secret,
      by: { objectId: turn.actor.objectId, name: turn.actor.name },
    });
    if (connection === null)
      return refuse({
        form: 'Somebody changed this connection meanwhile. These are your values; save again to keep them.',
      });
    return connectionReply(services, connection, turn.now, { saved: `${connection.name} is saved.` });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'connectionNameTaken')
      return refuse({ name: error.problem.what });
    throw error;
  }
}

export function connectionReply(
  { clouds, supportContact }: Omit<ConnectionServices, 'connections'>,
  connection: StoredConnection,
  now: Date,
  words: { saved?: string; hint?: string } = {},
): Extract<Reply, { kind: 'card' }> {
  const cloud = clouds.find(({ id }) => id === connection.cloud);
  return {
    kind: 'card',
    card: connectionCard({
      connection,
      cloud,
      portal: (fix) =>
        cloud === undefined || !isPortalTarget(fix)
          ? null
          : portalLink(fix, cloud, { tenantId: connection.tenantId, clientId: connection.clientId }),
      supportContact,
      now,
      ...words,
    }),
    summary: `${connection.name}: ${connection.status}`,
    follow: { subject: 'connection', subjectId: connection.id },
  };
}
