import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { ownRoles, roleGrants, workspaces } from '../store/schema.ts';
import type { Permission, Workspace } from './actor.ts';
import { readPermissions } from './own-roles.ts';
import { readWorkspace } from './workspace-row.ts';

export const builtInRoles = ['viewer', 'publisher', 'approver', 'admin'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];
/** A built-in one, or a workspace's own by its id. */
export type RoleChoice = BuiltInRole | { ownRoleId: string };

/** What a role allows beyond looking, which everybody in the workspace may. */
export const permissionsOf: Record<BuiltInRole, readonly Permission[]> = {
  viewer: [],
  publisher: ['publish', 'manageApps', 'manageTemplates'],
  approver: ['approve'],
  admin: ['publish', 'approve', 'manageApps', 'manageTemplates', 'manageConnections', 'administer'],
};

export type HolderKind = 'person' | 'everybody' | 'group';

/** `objectId` is Entra's id of a person or a group. */
export interface Holder {
  kind: HolderKind;
  objectId: string;
  name: string;
  /** For a group: the connection that reads who is in it. */
  connectionId?: string;
}

/** In one tenant, with a role for everybody or a group. */
const mostWorkspaces = 100;

export const everybody: Holder = { kind: 'everybody', objectId: 'everybody', name: 'Everybody here' };

export interface Grant {
  holder: Holder;
  role: BuiltInRole | 'own';
  /** As people know the role. */
  roleName: string;
  ownRoleId: string | null;
  permissions: readonly Permission[];
  grantedBy: string;
  since: Date;
}

/** Who was given a role in a workspace. Looking needs none. */
export interface Roles {
  /** The last admin stays one, so that a workspace never locks itself out. */
  grant(workspace: Workspace, holder: Holder, role: RoleChoice, grantedBy: string): Promise<'granted' | 'lastAdmin'>;
  revoke(workspace: Workspace, holder: Pick<Holder, 'kind' | 'objectId'>): Promise<'revoked' | 'hadNone' | 'lastAdmin'>;
  list(workspace: Workspace): Promise<Grant[]>;
  /** Names of the people who can help. */
  adminsOf(workspace: Workspace): Promise<string[]>;
  /** Where the person may hold a role: given to them, to everybody, or to a group. Null: where anybody holds one. */
  workspacesWith(homeTenantId: string, objectId: string | null): Promise<Workspace[]>;
}

export function createRoles({ database, audit }: { database: Database; audit: AuditLog }): Roles {
  const { db } = database;
  const here = (workspace: Workspace) =>
    and(eq(roleGrants.workspaceId, workspace.id), eq(roleGrants.homeTenantId, workspace.homeTenantId));
  const of = (workspace: Workspace, { kind, objectId }: Pick<Holder, 'kind' | 'objectId'>) =>
    and(here(workspace), eq(roleGrants.holderKind, kind), eq(roleGrants.objectId, objectId));

  const grantsOf = async (tx: Db, workspace: Workspace): Promise<Grant[]> => {
    const rows = await tx
      .select({ grant: roleGrants, own: ownRoles })
      .from(roleGrants)
      .leftJoin(ownRoles, eq(ownRoles.id, roleGrants.ownRoleId))
      .where(here(workspace))
      .orderBy(asc(roleGrants.name));
    return rows.map(({ grant, own }) => readGrant(grant, own));
  };

  /** The workspace's row is the lock: two admins who take each other's role must not both succeed. */
  const lock = async (tx: Db, workspace: Workspace) => {
    const [owner] = await tx.select().from(workspaces).where(eq(workspaces.id, workspace.id)).for('update');
    return owner;
  };

  /** Groups and everybody do not count: a group may become unreadable, and a team's members come and go. */
  const isLastAdmin = (grants: readonly Grant[], objectId: string) => {
    const admins = grants.filter((grant) => grant.holder.kind === 'person' && administers(grant));
    return admins.every((grant) => grant.holder.objectId === objectId);
  };

  return {
    grant: (workspace, holder, role, grantedBy) =>
      db.transaction(async (tx) => {
        const owner = await lock(tx, workspace);
        const grants = await grantsOf(tx, workspace);
        const held = grants.find((grant) => isHolder(grant.holder, holder));
        const given = await roleOf(tx, workspace, role);
        const loses = held !== undefined && administers(held) && !given.permissions.includes('administer');
        if (loses && holder.kind === 'person' && isLastAdmin(grants, holder.objectId)) return 'lastAdmin';
        const { kind: holderKind, objectId, name, connectionId = null } = holder;
        const values = { role: given.role, ownRoleId: given.ownRoleId, connectionId, name, grantedBy };
        await tx
          .insert(roleGrants)
          .values({ workspaceId: workspace.id, homeTenantId: workspace.homeTenantId, holderKind, objectId, ...values })
          .onConflictDoUpdate({
            target: [roleGrants.workspaceId, roleGrants.homeTenantId, roleGrants.objectId],
            set: values,
          });
        if (loses && owner?.installedBy === objectId)
          await tx.update(workspaces).set({ installedBy: null }).where(eq(workspaces.id, workspace.id));
        await audit.record(tx, {
          workspaceId: workspace.id,
          subject: { kind: holderKind, id: objectId, name },
          // The events of an installation carry no name of the person.
          ...(grantedBy === objectId ? { by: { objectId, name } } : {}),
          before: { role: held?.roleName ?? null },
          after: { role: given.name },
        });
        return 'granted';
      }),
    revoke: (workspace, holder) =>
      db.transaction(async (tx) => {
        const owner = await lock(tx, workspace);
        const grants = await grantsOf(tx, workspace);
        const held = grants.find((grant) => isHolder(grant.holder, holder));
        const installed = holder.kind === 'person' && owner?.installedBy === holder.objectId;
        if (held === undefined && !installed) return 'hadNone';
        const isAdmin = installed || (held !== undefined && administers(held));
        if (holder.kind === 'person' && isAdmin && isLastAdmin(grants, holder.objectId)) return 'lastAdmin';
        await tx.delete(roleGrants).where(of(workspace, holder));
        await audit.record(tx, {
          workspaceId: workspace.id,
          subject: {
            kind: holder.kind,
            id: holder.objectId,
            ...(held === undefined ? {} : { name: held.holder.name }),
          },
          before: { role: held?.roleName ?? 'admin' },
          after: { role: null },
        });
        if (installed) await tx.update(workspaces).set({ installedBy: null }).where(eq(workspaces.id, workspace.id));
        return 'revoked';
      }),
    list: (workspace) => grantsOf(db, workspace),
    async adminsOf(workspace) {
      const grants = await grantsOf(db, workspace);
      return grants
        .filter((grant) => grant.holder.kind === 'person' && administers(grant))
        .map((grant) => grant.holder.name);
    },
    async workspacesWith(homeTenantId, objectId) {
      const forAll = inArray(roleGrants.holderKind, ['everybody', 'group']);
      const rows = await db
        .selectDistinct({ workspace: workspaces })
        .from(roleGrants)
        .innerJoin(workspaces, eq(workspaces.id, roleGrants.workspaceId))
        .where(
          and(
            eq(roleGrants.homeTenantId, homeTenantId),
            eq(workspaces.homeTenantId, homeTenantId),
            isNull(workspaces.removedAt),
            objectId === null ? undefined : or(eq(roleGrants.objectId, objectId), forAll),
          ),
        )
        .limit(mostWorkspaces);
      return rows.map(({ workspace }) => readWorkspace(workspace));
    },
  };
}

const administers = (grant: Pick<Grant, 'permissions'>) => grant.permissions.includes('administer');

const isHolder = (one: Pick<Holder, 'kind' | 'objectId'>, other: Pick<Holder, 'kind' | 'objectId'>) =>
  one.kind === other.kind && one.objectId === other.objectId;

/** The role as it is stored. Throws for an own role of another workspace. */
async function roleOf(tx: Db, workspace: Workspace, role: RoleChoice) {
  if (typeof role === 'string') return { role, ownRoleId: null, name: role, permissions: permissionsOf[role] };
  const [own] = await tx
    .select()
    .from(ownRoles)
    .where(and(eq(ownRoles.id, role.ownRoleId), eq(ownRoles.workspaceId, workspace.id)));
  if (own === undefined) throw new ProblemError('roleUnknown');
  return { role: 'own' as const, ownRoleId: own.id, name: own.name, permissions: readPermissions(own.permissions) };
}

function readGrant(row: typeof roleGrants.$inferSelect, own: typeof ownRoles.$inferSelect | null): Grant {
  const { holderKind, objectId, name, connectionId, role, grantedBy, createdAt } = row;
  return {
    holder: { kind: holderKind, objectId, name, ...(connectionId === null ? {} : { connectionId }) },
    role,
    roleName: role === 'own' ? (own?.name ?? 'a role that is gone') : role,
    ownRoleId: row.ownRoleId,
    permissions: role === 'own' ? readPermissions(own?.permissions ?? []) : permissionsOf[role],
    grantedBy,
    since: createdAt,
  };
}
