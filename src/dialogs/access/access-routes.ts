import { z } from 'zod';
import { builtInRoles, type RoleChoice } from '../../access/roles.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import type { AccessServices } from './access-services.ts';
import { keptAdmin, rolesReply } from './roles-reply.ts';
import { whoAmICard } from './whoami-card.ts';

const revoked = {
  revoked: (name: string) => `${name} has no role here any more.`,
  hadNone: (name: string) => `${name} had no role here.`,
  lastAdmin: keptAdmin,
} as const;

const summaries = {
  viewer: 'Let somebody look, also from their own chat with me',
  publisher: 'Let somebody publish here',
  approver: 'Let somebody decide on consent requests',
  admin: 'Let somebody connect tenants and name people',
} as const;

interface Mentioned {
  objectId: string;
  name: string;
  teamsId: string;
}

export function accessRoutes(services: AccessServices): Route[] {
  const { roles, ownRoles, workspaces, members } = services;

  const forMentioned = async (
    turn: Turn,
    usage: string,
    change: (person: Mentioned) => Promise<string>,
  ): Promise<Reply> => {
    if (turn.mentions.length === 0) return { kind: 'text', text: `Mention the person: ${usage}` };
    const people: Mentioned[] = [];
    for (const { objectId, name, teamsId } of turn.mentions) {
      if (objectId === null)
        return {
          kind: 'text',
          text: `I could not find ${name} in this conversation. Only members can be given a role.`,
        };
      people.push({ objectId, name, teamsId });
    }
    const said: string[] = [];
    for (const person of people) said.push(await change(person));
    return rolesReply(services, turn, { said: said.join(' ') });
  };

  const give = async (turn: Turn, role: RoleChoice, roleName: string, usage: string): Promise<Reply> => {
    const workspace = await turn.workspace();
    return forMentioned(turn, usage, async ({ teamsId, ...person }) => {
      const member = await members().find(workspace, { objectId: person.objectId, teamsId });
      if (member === null) return `${person.name} is not a member here. Add them in Teams first.`;
      if (!member.insider)
        return `${person.name} is a guest or of another organisation and can only look, whatever they are given.`;
      const done = await roles.grant(workspace, { kind: 'person', ...person }, role, turn.actor.objectId);
      return done === 'lastAdmin' ? keptAdmin(person.name) : `${person.name} is now ${roleName} here.`;
    });
  };

  return [
    command({
      command: 'roles',
      usage: 'roles',
      summary: 'Who may do what here',
      permission: 'look',
      input: z.string(),
      handle: (turn) => rolesReply(services, turn),
    }),
    ...builtInRoles.map((role) =>
      command({
        command: `roles ${role}`,
        usage: `roles ${role} @name`,
        summary: summaries[role],
        // Not 'look' with a look at the role inside: only this lets the surface ask Teams who is a guest.
        permission: 'administer',
        input: z.string(),
        handle: (turn) => give(turn, role, role, `roles ${role} @name`),
      }),
    ),
    command({
      command: 'roles give',
      usage: 'roles give <own role> @name',
      summary: 'Give somebody a role that you made here',
      permission: 'administer',
      input: z.string(),
      handle: async (turn, said) => {
        const known = await ownRoles.list(await turn.workspace());
        const words = said.toLowerCase();
        // The longest first: one role's name may begin another's, and the person's name follows.
        const role = known
          .toSorted((one, other) => other.name.length - one.name.length)
          .find(({ name }) => `${words} `.startsWith(`${name.toLowerCase()} `));
        if (role !== undefined) return give(turn, { ownRoleId: role.id }, role.name, `roles give ${role.name} @name`);
        const names = known.map(({ name }) => name).join(', ');
        return {
          kind: 'text',
          text:
            names === ''
              ? 'There are no own roles here yet. Type roles and press Own roles.'
              : `Name one of the own roles (${names}) and mention the person: roles give ${known[0]?.name} @name`,
        };
      },
    }),
    command({
      command: 'roles remove',
      usage: 'roles remove @name',
      summary: 'Take somebody’s role back',
      permission: 'administer',
      input: z.string(),
      handle: async (turn) => {
        const workspace = await turn.workspace();
        return forMentioned(turn, 'roles remove @name', async ({ objectId, name }) =>
          revoked[await roles.revoke(workspace, { kind: 'person', objectId })](name),
        );
      },
    }),
    command({
      command: 'whoami',
      usage: 'whoami',
      summary: 'Who you are to me, what you may do here and why',
      permission: 'look',
      about: 'chat',
      input: z.string(),
      handle: async (turn) => {
        const workspace = await turn.workspace();
        // Nobody is kept from asking who they are while Teams does not answer.
        const presence = await services.access.presence(turn.actor, workspace).catch(() => 'unknown');
        const isGuest = presence === 'guest';
        const held = isGuest ? [] : await services.access.rolesOf(turn.actor, workspace);
        const others = workspace.kind === 'personal' ? await services.reach.of(turn.actor) : [];
        const elsewhere = await Promise.all(
          others.map(async (other) => ({
            name: other.name ?? 'A chat without a name',
            roles: (await services.access.rolesOf(turn.actor, other))
              .filter(({ unreadable }) => !unreadable)
              .map(({ roleName }) => roleName),
          })),
        );
        return {
          kind: 'personalCard',
          card: whoAmICard({ actor: turn.actor, workspace, held, isGuest, elsewhere }),
          summary: turn.actor.name,
        };
      },
    }),
    verb({
      verb: 'access.roles',
      permission: 'look',
      data: z.object({ page: z.coerce.number().int().min(0).default(0) }),
      handle: async (turn, { page }) => ({ ...(await rolesReply(services, turn, { page })), kind: 'personalCard' }),
    }),
    verb({
      verb: 'access.revoke',
      permission: 'administer',
      data: z.object({ kind: z.enum(['person', 'everybody', 'group']), holder: z.string().min(1).max(200) }),
      handle: async (turn, { kind, holder: objectId }) => {
        const workspace = await turn.workspace();
        const held = (await roles.list(workspace)).find(
          ({ holder }) => holder.kind === kind && holder.objectId === objectId,
        );
        const done = await roles.revoke(workspace, { kind, objectId });
        return rolesReply(services, turn, { said: revoked[done](held?.holder.name ?? 'Nobody of this name') });
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
