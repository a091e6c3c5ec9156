import type { Actor, Permission, Workspace } from './actor.ts';
import type { Role, Roles } from './roles.ts';

/** Decides whether somebody may do something in a workspace. Guests and outsiders are the surface's business. */
export interface Access {
  can(actor: Pick<Actor, 'homeTenantId' | 'objectId'>, workspace: Workspace, permission: Permission): Promise<boolean>;
  isAdministrator(actor: Pick<Actor, 'homeTenantId' | 'objectId'>): boolean;
  adminsOf(workspace: Workspace): Promise<string[]>;
}

export interface AccessOptions {
  roles: Roles;
  /** People of the operator's configuration who may do everything in every workspace of their tenant. */
  administrators: readonly { homeTenantId: string; objectId: string }[];
}

const enough: Record<'publish' | 'administer', readonly Role[]> = {
  publish: ['publisher', 'admin'],
  administer: ['admin'],
};

export function createAccess({ roles, administrators }: AccessOptions): Access {
  const configured = new Set(administrators.map((person) => personKey(person)));
  const isAdministrator: Access['isAdministrator'] = (actor) => configured.has(personKey(actor));
  return {
    isAdministrator,
    async can(actor, workspace, permission) {
      if (permission === 'none') return true;
      // A workspace of another tenant is never reached, whatever was granted there under the same object id.
      if (actor.homeTenantId !== workspace.homeTenantId) return false;
      if (permission === 'look' || isAdministrator(actor)) return true;
      if (workspace.kind === 'personal') return true;
      const role = await roles.of(workspace, actor.objectId);
      return role !== null && enough[permission].includes(role);
    },
    adminsOf: (workspace) => roles.adminsOf(workspace),
  };
}

const personKey = ({ homeTenantId, objectId }: { homeTenantId: string; objectId: string }) =>
  `${homeTenantId.toLowerCase()}/${objectId.toLowerCase()}`;
