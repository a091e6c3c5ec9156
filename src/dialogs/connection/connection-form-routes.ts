import { z } from 'zod';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { isOwnApp } from '../../connections/connection-facts.ts';
import { readConnectionChange, readConnectionForm } from '../../connections/connection-form.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { ProblemError } from '../../problems/problem.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { type ConnectionFormCard, type ConnectionFormValues, connectionFormCard } from './connection-form-card.ts';
import { connectionReply } from './connection-reply.ts';
import { type ConnectionServices, choicesFor, chooser, gone, ownFor } from './connection-services.ts';
import { type CredentialChoiceCard, credentialChoiceCard } from './credential-choice-card.ts';
import { isCredentialChoice } from './credential-words.ts';

/** The way to a new connection, and the values of one that is there. */
export function connectionFormRoutes(services: ConnectionServices): Route[] {
  const here = async (turn: Turn, id: string) => services.connections.find((await turn.workspace()).id, id);

  return [
    command({
      command: 'connect',
      usage: 'connect',
      summary: 'Connect this place to a tenant’s Intune',
      permission: 'manageConnections',
      about: 'newConnection',
      asks: true,
      input: z.string(),
      handle: async (turn) => choice(services, turn),
    }),
    verb({
      verb: 'connection.form',
      permission: 'manageConnections',
      asks: true,
      data: z.object({
        credential: z.string().optional(),
        chosen: z.string().nullish(),
        kept: z.record(z.string().max(30), z.string().max(500)).default({}),
      }),
      handle: async (turn, { credential, chosen, kept }) => ({
        ...(isCredentialChoice(credential) && services.own.mayChoose(credential, chooser(turn))
          ? form(services, turn, { choice: credential, values: typedValues(kept) })
          : choice(services, turn, { kept, ...(isCredentialChoice(chosen) ? { chosen } : {}) })),
        kind: 'personalCard',
      }),
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
      verb: 'connection.edit',
      permission: 'manageConnections',
      asks: true,
      data: z.object({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const found = await here(turn, data.connection);
        if (found === null) return gone;
        if (!isOwnApp(found)) return notTyped(found);
        return {
          ...form(services, turn, {
            choice: keptChoice(found),
            values: {
              name: found.name,
              cloud: found.cloud,
              tenant: found.tenantId,
              clientId: found.clientId,
              applicationPermissions: String(found.permissionKind === 'application'),
            },
            editing: { id: found.id, revision: found.revision, name: found.name },
          }),
          kind: 'personalCard',
        };
      },
    }),
    verb({
      verb: 'connection.save',
      permission: 'manageConnections',
      data: z.looseObject({ connection: z.uuid().optional(), revision: z.coerce.number().int().optional() }),
      handle: (turn, data) =>
        data.connection === undefined
          ? create(services, turn, data)
          : update(services, turn, { ...data, connection: data.connection }),
    }),
  ];
}

const notTyped = ({ name, mode }: StoredConnection): Reply => ({
  kind: 'text',
  text: `${mode === 'managed' ? `The application of ${name} is the operator’s` : `${name} is a managed identity`}: there are no values of your own to change. Rename it, or make a new connection.`,
});

function choice(
  { own, managedApps }: ConnectionServices,
  turn: Turn,
  before: Pick<CredentialChoiceCard, 'kept' | 'chosen'> = {},
): Extract<Reply, { kind: 'card' }> {
  return {
    kind: 'card',
    card: credentialChoiceCard({ ...choicesFor(own, chooser(turn)), managed: managedApps, ...before }),
    summary: 'Connect to Intune',
  };
}

/** A secret can be replaced where the other values are changed; other credentials have their own way. */
const keptChoice = ({ credential }: StoredConnection) => (credential.source === 'typed' ? 'secret' : null);

function form(
  { clouds, own }: ConnectionServices,
  turn: Turn,
  options: Omit<ConnectionFormCard, 'clouds' | 'links' | 'own'>,
): Extract<Reply, { kind: 'card' }> {
  const cloud = clouds.find(({ id }) => id === options.values?.cloud) ?? clouds[0];
  if (cloud === undefined) throw new Error('At least one cloud is configured');
  const clientId = options.values?.clientId;
  return {
    kind: 'card',
    card: connectionFormCard({
      ...options,
      clouds,
      own: ownFor(own, options.choice, chooser(turn)),
      links: {
        appRegistrations: portalLink('appRegistrations', cloud).url,
        secrets: portalLink(
          clientId === undefined ? 'appRegistrations' : 'certificatesAndSecrets',
          cloud,
          clientId === undefined ? {} : { clientId },
        ).url,
      },
    }),
    summary: options.editing === undefined ? 'Connect to Intune' : `Change ${options.editing.name}`,
  };
}

const readOptions = ({ clouds, own }: ConnectionServices, turn: Turn) => ({
  clouds,
  own,
  now: turn.now,
  who: chooser(turn),
});

/** What was typed comes back, the secret excepted. */
function typedValues(data: Record<string, unknown>): ConnectionFormValues {
  const typed = (key: string) => (typeof data[key] === 'string' ? data[key] : undefined);
  return {
    name: typed('name'),
    cloud: typed('cloud'),
    tenant: typed('tenant'),
    authUrl: typed('authUrl'),
    clientId: typed('clientId'),
    applicationPermissions: typed('applicationPermissions'),
    secretExpires: typed('secretExpires'),
    validMonths: typed('validMonths'),
    identity: typed('identity'),
    vaultEntry: typed('vaultEntry'),
  };
}

async function create(services: ConnectionServices, turn: Turn, data: Record<string, unknown>): Promise<Reply> {
  const read = readConnectionForm(data, readOptions(services, turn));
  const asked = isCredentialChoice(data.credential) ? data.credential : 'secret';
  const refuse = (faults: ConnectionFormCard['faults']): Reply => ({
    ...form(services, turn, { choice: asked, values: typedValues(data), faults: faults ?? {} }),
    kind: 'personalCard',
  });
  if (!read.ok) return refuse(read.faults);
  try {
    const { connection, twins } = await services.connections.create({
      workspaceId: (await turn.workspace()).id,
      values: read.values,
      credential: read.credential,
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
  if (!isOwnApp(stored)) return notTyped(stored);
  const refuse = (faults: ConnectionFormCard['faults']): Reply => ({
    ...form(services, turn, {
      choice: keptChoice(stored),
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
  const read = readConnectionChange(data, { ...readOptions(services, turn), present: stored.credential });
  if (!read.ok) return refuse(read.faults);
  try {
    const connection = await services.connections.update({
      workspaceId: workspace.id,
      id: stored.id,
      revision: stored.revision,
      values: read.values,
      credential: read.credential,
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
