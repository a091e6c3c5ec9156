import { z } from 'zod';
import type { Actor, Place, Workspace } from '../../access/actor.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { AskedPerson } from '../../consent/consent-request.ts';
import { isOpen } from '../../consent/consent-states.ts';
import { capabilities } from '../../permissions/capabilities.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { everyApprover, requestForm } from './consent-forms.ts';
import type { ConsentServices } from './consent-services.ts';
import { viewFor } from './consent-view.ts';

const typed = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim());
const oneConnection = z.object({ connection: z.uuid() });
const newRequest = oneConnection.extend({ approver: typed, capabilities: typed, message: typed });
type NewRequest = z.infer<typeof newRequest>;

const gone: Reply = {
  kind: 'text',
  text: 'This connection is not known in this chat. Go on where it was made; type connections there.',
};

/** From a connection that is not finished to a request that people see. */
export function askRoutes(services: ConsentServices): Route[] {
  const { requests, connections } = services;

  /** Null: something may be asked for. */
  const instead = async (turn: Turn, connection: StoredConnection): Promise<Reply | null> => {
    if (connection.status === 'connected')
      return { kind: 'text', text: `${connection.name} is connected, so there is nothing to ask for.` };
    if (connection.status === 'disabled')
      return { kind: 'text', text: `${connection.name} is disabled. Enable it first.` };
    const newest = await requests.ofConnection(connection.id);
    const found = newest === null ? null : await requests.see(turn.actor, await turn.workspace(), newest.id);
    return found !== null && isOpen(found.request.state) ? viewFor(services, turn, found) : null;
  };

  const form = async (
    turn: Turn,
    connection: StoredConnection,
    values?: NewRequest,
    fault?: string,
  ): Promise<Reply> => {
    const { people, are } = await requests.approversFor(await turn.workspace(), turn.actor);
    return {
      kind: 'personalCard',
      card: requestForm({
        connection,
        approvers: people,
        approversAre: are,
        decidesAlone: people.some(({ objectId }) => objectId === turn.actor.objectId),
        ...(values === undefined ? {} : { values }),
        ...(fault === undefined ? {} : { fault }),
      }),
      summary: `Request consent for ${connection.name}`,
    };
  };

  const ask = async (turn: Turn, connection: StoredConnection, data: NewRequest): Promise<Reply> => {
    const workspace = await turn.workspace();
    const { people, are } = await requests.approversFor(workspace, turn.actor);
    const chosen =
      data.approver === '' || data.approver === everyApprover
        ? people
        : people.filter(({ objectId }) => objectId === data.approver);
    if (chosen.length === 0 && people.length > 0)
      return form(
        turn,
        connection,
        { ...data, approver: everyApprover },
        'That person cannot decide here any more. Choose again.',
      );
    const known = new Set<string>(capabilities.map(({ id }) => id));
    const approvers = await reachable(services, workspace, turn.place, chosen);
    const request = await requests.open({
      workspace,
      connection,
      requester: turn.actor,
      place: turn.place,
      capabilities: data.capabilities.split(',').filter((id) => known.has(id)),
      message: data.message === '' ? null : data.message.slice(0, 500),
      approvers,
      approversAre: are,
    });
    if (request === null) return (await instead(turn, connection)) ?? gone;
    return services.connectionReply(await present(connection), turn.now, {
      saved: told(approvers, services.installUrl),
    });
  };

  const present = async (connection: StoredConnection) =>
    (await connections.find(connection.workspaceId, connection.id)) ?? connection;

  return [
    verb({
      verb: 'consent.form',
      permission: 'publish',
      asks: true,
      data: oneConnection,
      async handle(turn, data) {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return gone;
        return (await instead(turn, connection)) ?? form(turn, connection);
      },
    }),
    verb({
      verb: 'consent.ask',
      permission: 'publish',
      data: newRequest,
      async handle(turn, data) {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return gone;
        return (await instead(turn, connection)) ?? ask(turn, connection, data);
      },
    }),
    verb({
      verb: 'consent.show',
      permission: 'look',
      data: oneConnection,
      async handle(turn, data) {
        const workspace = await turn.workspace();
        const connection = await connections.find(workspace.id, data.connection);
        const newest = connection === null ? null : await requests.ofConnection(connection.id);
        const found = newest === null ? null : await requests.see(turn.actor, workspace, newest.id);
        if (found === null) return { kind: 'text', text: 'Nobody has been asked for this connection.' };
        return viewFor(services, turn, found);
      },
    }),
  ];
}

/** Where each of them can be found in Teams. */
export async function reachable(
  { people }: Pick<ConsentServices, 'people'>,
  workspace: Workspace,
  place: Place,
  chosen: readonly Pick<Actor, 'objectId' | 'name'>[],
): Promise<AskedPerson[]> {
  return Promise.all(
    chosen.map(async ({ objectId, name }) => {
      // A copy fewer is better than no request: Teams may not say who is there just now.
      const member = await people.memberOf(place, objectId).catch(() => null);
      const chat = await people.chatWith(workspace.homeTenantId, objectId);
      return { objectId, name, teamsId: member?.teamsId ?? null, chat };
    }),
  );
}

function told(approvers: readonly AskedPerson[], installUrl: string | null): string {
  if (approvers.length === 0)
    return 'The request stands in this chat. Nobody here can decide besides you: its button Someone else makes a page for an administrator.';
  const names = approvers.map(({ name }) => name).join(', ');
  const unreached = approvers.filter(({ chat }) => chat === null).map(({ name }) => name);
  const missing =
    unreached.length === 0
      ? ''
      : ` I have no chat of their own with ${unreached.join(', ')}${installUrl === null ? '' : `; they can add me with ${installUrl}`}.`;
  return `Asked ${names}.${missing}`;
}
