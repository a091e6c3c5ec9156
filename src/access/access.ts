import type { Actor, Permission, Workspace } from './actor.ts';
import { type Grant, permissionsOf, type Roles } from './roles.ts';

type Person = Pick<Actor, 'homeTenantId' | 'objectId'> & Partial<Pick<Actor, 'teamsId'>>;

/** Decides whether somebody may do something in a workspace. */
export interface Access {
  can(actor: Person, workspace: Workspace, permission: Permission): Promise<boolean>;
  isAdministrator(actor: Person): boolean;
  /** Names of those who are admins here and are still here. */
  adminsOf(workspace: Workspace): Promise<string[]>;
  /** Every role that somebody has here, and why. */
  rolesOf(actor: Person, workspace: Workspace): Promise<HeldRole[]>;
  /**
   * What somebody who speaks from elsewhere is in a team or group chat. A role is given to a member: it ends for whoever
   * has left, however it was given. Throws `rosterAway` when Teams does not say.
   */
  presence(actor: Person, workspace: Workspace): Promise<Presence>;
  /** `can` for somebody who does not speak in the workspace but on a web page: members only. Throws as `presence` does. */
  canFromOutside(actor: Person, workspace: Workspace, permission: Permission): Promise<boolean>;
}

export type Presence = 'insider' | 'guest' | 'none';

export interface HeldRole {
  roleName: string;
  permissions: readonly Permission[];
  because: 'configured' | 'ownChat' | 'installed' | 'person' | 'everybody' | 'group';
  /** The group's name. */
  through: string | null;
  /** The group could not be read, so the role does not count now. */
  unreadable: boolean;
}

/** `teamsId` where it is known: every connector finds somebody by it. */
export interface MemberKey {
  objectId: string;
  teamsId?: string | undefined;
}

/** What Teams says of a workspace's members. */
export interface Members {
  /** Null for somebody who is not there. `insider`: neither a guest nor of another tenant. Throws `rosterAway`. */
  find(workspace: Workspace, person: MemberKey): Promise<{ name: string; insider: boolean } | null>;
}

/** What Entra says of a group's members. Throws when it does not say. */
export interface GroupMemberships {
  has(workspace: Workspace, group: { connectionId: string; groupId: string }, objectId: string): Promise<boolean>;
}

export interface AccessOptions {
  roles: Roles;
  members: Members;
  groups: GroupMemberships;
  /** People of the operator's configuration who may do everything in every workspace of their tenant. */
  administrators: readonly { homeTenantId: string; objectId: string }[];
}

export function createAccess({ roles, members, groups, administrators }: AccessOptions): Access {
  const configured = new Set(administrators.map((person) => personKey(person)));
  const isAdministrator: Access['isAdministrator'] = (actor) => configured.has(personKey(actor));

  /** Throws where Teams or Entra does not answer. */
  const holds = async ({ objectId, teamsId }: Person, workspace: Workspace, { holder }: Grant): Promise<boolean> => {
    if (objectId === '') return false;
    switch (holder.kind) {
      case 'person':
        return holder.objectId === objectId;
      case 'everybody':
        return (await members.find(workspace, { objectId, teamsId }))?.insider ?? false;
      case 'group': {
        if (holder.connectionId === undefined) return false;
        return groups.has(workspace, { connectionId: holder.connectionId, groupId: holder.objectId }, objectId);
      }
    }
  };
  const surelyHolds = (actor: Person, workspace: Workspace, grant: Grant) =>
    holds(actor, workspace, grant).catch(() => false);

  const presence: Access['presence'] = async (actor, workspace) => {
    const { homeTenantId, objectId, teamsId } = actor;
    if (homeTenantId !== workspace.homeTenantId || workspace.kind === 'personal' || objectId === '') return 'none';
    if (isAdministrator(actor)) return 'insider';
    const member = await members.find(workspace, { objectId, teamsId });
    if (member === null) return 'none';
    return member.insider ? 'insider' : 'guest';
  };

  const access: Access = {
    isAdministrator,
    async can(actor, workspace, permission) {
      if (permission === 'none') return true;
      // A workspace of another tenant is never reached, whatever was granted there under the same object id.
      if (actor.homeTenantId !== workspace.homeTenantId) return false;
      if (permission === 'look' || isAdministrator(actor)) return true;
      if (workspace.kind === 'personal') return true;
      const granting = (await roles.list(workspace)).filter((grant) => grant.permissions.includes(permission));
      // What is known here first: a group or a team is asked only for those whom nothing else lets through.
      if (granting.some(({ holder }) => holder.kind === 'person' && holder.objectId === actor.objectId)) return true;
      for (const grant of granting)
        if (grant.holder.kind !== 'person' && (await surelyHolds(actor, workspace, grant))) return true;
      return false;
    },
    async adminsOf(workspace) {
      const { homeTenantId } = workspace;
      const admins = (await roles.list(workspace)).filter(
        ({ holder, permissions }) => holder.kind === 'person' && permissions.includes('administer'),
      );
      const isGone = await Promise.all(
        admins.map(async ({ holder: { objectId } }) => {
          // Where Teams does not say, a name too many is better than none to ask.
          const found = await presence({ homeTenantId, objectId }, workspace).catch(() => 'unknown');
          return found === 'none' && workspace.kind !== 'personal';
        }),
      );
      return admins.filter((_, index) => !isGone[index]).map(({ holder }) => holder.name);
    },
    async rolesOf(actor, workspace) {
      if (actor.homeTenantId !== workspace.homeTenantId) return [];
      const everything = { roleName: 'admin', permissions: permissionsOf.admin, through: null, unreadable: false };
      const held: HeldRole[] = [];
      if (isAdministrator(actor)) held.push({ ...everything, because: 'configured' });
      if (workspace.kind === 'personal') held.push({ ...everything, because: 'ownChat' });
      for (const grant of await roles.list(workspace)) {
        const { kind, name } = grant.holder;
        const found = await holds(actor, workspace, grant).catch(() => 'unknown' as const);
        if (found === false || (found === 'unknown' && kind !== 'group')) continue;
        const installed = kind === 'person' && workspace.installedBy === actor.objectId && grant.role === 'admin';
        held.push({
          roleName: grant.roleName,
          permissions: grant.permissions,
          because: installed ? 'installed' : kind,
          through: kind === 'group' ? name : null,
          unreadable: found === 'unknown',
        });
      }
      return held;
    },
    presence,
    async canFromOutside(actor, workspace, permission) {
      if (workspace.kind !== 'personal' && (await presence(actor, workspace)) !== 'insider') return false;
      return access.can(actor, workspace, permission);
    },
  };
  return access;
}

const personKey = ({ homeTenantId, objectId }: { homeTenantId: string; objectId: string }) =>
  `${homeTenantId.toLowerCase()}/${objectId.toLowerCase()}`;
