import { z } from 'zod';
import type { Access } from '../../access/access.ts';
import type { Roles } from '../../access/roles.ts';
import type { Workspaces } from '../../access/workspaces.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { rolesCard, whoAmICard } from './access-cards.ts';

export interface AccessServices {
  access: Pick<Access, 'can'>;
  roles: Pick<Roles, 'list' | 'grant' | 'revoke'>;
  workspaces: Pick<Workspaces, 'allowSharedChannels'>;
}

const revoked = {
  revoked: (name: string) => `${name} has no role here any more.`,
  hadNone: (name: string) => `${name} had no role here.`,
  lastAdmin: (name: string) => `${name} is the last admin here and stays one. Name another admin first.`,
} as const;

const changes = [
  { role: 'publisher', usage: 'roles publisher @name', summary: 'Let somebody publish here' },
  { role: 'admin', usage: 'roles admin @name', summary: 'Let somebody connect tenants and name people' },
  { role: 'remove', usage: 'roles remove @name', summary: 'Take somebody’s role back' },
] as const;

export function accessRoutes(services: AccessServices): Route[] {
  const { access, roles, workspaces } = services;

  const show = async (turn: Turn, said?: string): Promise<Extract<Reply, { kind: 'card' }>> => {
    const workspace = await turn.workspace();
    const [rows, mayChange] = await Promise.all([
      roles.list(workspace),
      access.can(turn.actor, workspace, 'administer'),
    ]);
    return {
      kind: 'card',
      card: rolesCard({ workspace, rows, mayChange, ...(said === undefined ? {} : { said }) }),
      summary: 'Roles',
    };
  };

  const change = async (turn: Turn, role: 'publisher' | 'admin' | 'remove'): Promise<Reply> => {
    const workspace = await turn.workspace();
    if (turn.mentions.length === 0) return { kind: 'text', text: `Mention the person: roles ${role} @name` };
    const said: string[] = [];
    for (const person of turn.mentions) {
      const { objectId, name } = person;
      if (objectId === null)
        return {
          kind: 'text',
          text: `I could not find ${name} in this conversation. Only members can be given a role.`,
        };
      if (role === 'remove') said.push(revoked[await roles.revoke(workspace, objectId)](name));
      else {
        await roles.grant(workspace, { objectId, name, role, grantedBy: turn.actor.objectId });
        said.push(`${name} is now ${role} here.`);
      }
    }
    return show(turn, said.join(' '));
  };

  return [
    command({
      command: 'roles',
      usage: 'roles',
      summary: 'Who may do what here',
      permission: 'look',
      input: z.string(),
      handle: (turn) => show(turn),
    }),
    ...changes.map(({ role, usage, summary }) =>
      command({
        command: `roles ${role}`,
        usage,
        summary,
        // Not 'look' with a look at the role inside: only this lets the surface ask Teams who is a guest.
        permission: 'administer',
        input: z.string(),
        handle: (turn) => change(turn, role),
      }),
    ),
    command({
      command: 'whoami',
      usage: 'whoami',
      summary: 'Who you are to me and what you may do here',
      permission: 'look',
      input: z.string(),
      handle: async (turn) => {
        const workspace = await turn.workspace();
        const [look, publish, administer] = await Promise.all([
          access.can(turn.actor, workspace, 'look'),
          access.can(turn.actor, workspace, 'publish'),
          access.can(turn.actor, workspace, 'administer'),
        ]);
        const card = whoAmICard({
          name: turn.actor.name,
          objectId: turn.actor.objectId,
          homeTenantId: turn.actor.homeTenantId,
          workspaceName: workspace.name,
          may: { look, publish, administer },
          why: await reason(turn, services),
        });
        return { kind: 'personalCard', card, summary: turn.actor.name };
      },
    }),
    verb({
      verb: 'access.roles',
      permission: 'look',
      data: z.object({}),
      handle: async (turn) => ({ ...(await show(turn)), kind: 'personalCard' }),
    }),
    verb({
      verb: 'access.revoke',
      permission: 'administer',
      data: z.object({ person: z.string().max(200) }),
      handle: async (turn, { person }) => {
        const workspace = await turn.workspace();
        const held = (await roles.list(workspace)).find((row) => row.objectId === person);
        return show(turn, revoked[await roles.revoke(workspace, person)](held?.name ?? 'This person'));
      },
    }),
    verb({
      verb: 'access.sharedChannels',
      permission: 'administer',
      data: z.object({ allow: z.boolean() }),
      handle: async (turn, { allow }) => {
        const workspace = await turn.workspace();
        await workspaces.allowSharedChannels(workspace.id, allow);
        return {
          kind: 'text',
          text: allow
            ? 'I answer in shared channels of this team now. People of other organisations may only look.'
            : 'I do not answer in shared channels of this team any more.',
        };
      },
    }),
  ];
}

async function reason(turn: Turn, { roles }: AccessServices): Promise<string> {
  const workspace = await turn.workspace();
  if (workspace.kind === 'personal') return 'This is your own chat';
  if (workspace.installedBy === turn.actor.objectId) return 'You installed me here';
  const row = (await roles.list(workspace)).find((entry) => entry.objectId === turn.actor.objectId);
  if (row !== undefined) return `You were named ${row.role} here`;
  return 'Everybody here may look, and configured administrators may do everything';
}
