import type { Access } from './access.ts';
import type { Actor, Workspace } from './actor.ts';
import type { Roles } from './roles.ts';

type Person = Pick<Actor, 'homeTenantId' | 'objectId'> & Partial<Pick<Actor, 'teamsId'>>;

/** Where somebody has a part, seen from their own chat with the bot. */
export interface Reach {
  /** Teams and group chats in which the person holds a role and is still a member, by name. Closed where Teams does not say. */
  of(actor: Person): Promise<Workspace[]>;
}

export interface ReachOptions {
  roles: Pick<Roles, 'workspacesWith'>;
  access: Pick<Access, 'rolesOf' | 'isAdministrator' | 'presence'>;
}

export function createReach({ roles, access }: ReachOptions): Reach {
  return {
    async of(actor) {
      if (actor.objectId === '') return [];
      const every = access.isAdministrator(actor);
      const candidates = await roles.workspacesWith(actor.homeTenantId, every ? null : actor.objectId);
      const isPart = async (workspace: Workspace) =>
        every ||
        ((await access.presence(actor, workspace).catch(() => 'none')) === 'insider' &&
          (await access.rolesOf(actor, workspace)).some((role) => !role.unreadable));
      const open = await Promise.all(candidates.map(isPart));
      return candidates
        .filter(({ kind }, index) => open[index] && kind !== 'personal')
        .sort((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
    },
  };
}
