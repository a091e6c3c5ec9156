import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import { roleGrants, workspaces } from '../store/schema.ts';
import type { Workspace } from './actor.ts';

export type Role = 'publisher' | 'admin';

export interface Grant {
  objectId: string;
  name: string;
  role: Role;
  grantedBy: string;
  since: Date;
}

/** Who was given a role in a workspace. Looking needs none. */
export interface Roles {
  grant(workspace: Workspace, grant: { objectId: string; name: string; role: Role; grantedBy: string }): Promise<void>;
  /** The last admin stays, so that a workspace never locks itself out. */
  revoke(workspace: Workspace, objectId: string): Promise<'revoked' | 'hadNone' | 'lastAdmin'>;
  of(workspace: Workspace, objectId: string): Promise<Role | null>;
  list(workspace: Workspace): Promise<Grant[]>;
  /** Names of the people who can help. */
  adminsOf(workspace: Workspace): Promise<string[]>;
}

export function createRoles({ database }: { database: Database }): Roles {
  const { db } = database;
  const here = (workspace: Workspace) =>
    and(eq(roleGrants.workspaceId, workspace.id), eq(roleGrants.homeTenantId, workspace.homeTenantId));
  const of = (workspace: Workspace, objectId: string) => and(here(workspace), eq(roleGrants.objectId, objectId));

  return {
    async grant(workspace, { objectId, name, role, grantedBy }) {
      await db
        .insert(roleGrants)
        .values({ workspaceId: workspace.id, homeTenantId: workspace.homeTenantId, objectId, name, role, grantedBy })
        .onConflictDoUpdate({
          target: [roleGrants.workspaceId, roleGrants.homeTenantId, roleGrants.objectId],
          set: { name, role, grantedBy },
        });
    },
    revoke: (workspace, objectId) =>
      db.transaction(async (tx) => {
        // The workspace's row is the lock: two admins who revoke each other must not both succeed.
        const [owner] = await tx.select().from(workspaces).where(eq(workspaces.id, workspace.id)).for('update');
        const grants = await tx.select().from(roleGrants).where(here(workspace));
        const grant = grants.find((row) => row.objectId === objectId);
        const installed = owner?.installedBy === objectId;
        if (grant === undefined && !installed) return 'hadNone';
        const otherAdmins = grants.some((row) => row.role === 'admin' && row.objectId !== objectId);
        if ((installed || grant?.role === 'admin') && !otherAdmins) return 'lastAdmin';
        await tx.delete(roleGrants).where(of(workspace, objectId));
        if (installed) await tx.update(workspaces).set({ installedBy: null }).where(eq(workspaces.id, workspace.id));
        return 'revoked';
      }),
    async of(workspace, objectId) {
      const [row] = await db.select({ role: roleGrants.role }).from(roleGrants).where(of(workspace, objectId));
      return row?.role ?? null;
    },
    async list(workspace) {
      const rows = await db.select().from(roleGrants).where(here(workspace)).orderBy(asc(roleGrants.name));
      return rows.map(({ objectId, name, role, grantedBy, createdAt }) => ({
        objectId,
        name,
        role,
        grantedBy,
        since: createdAt,
      }));
    },
    async adminsOf(workspace) {
      const rows = await db
        .select({ name: roleGrants.name })
        .from(roleGrants)
        .where(and(here(workspace), eq(roleGrants.role, 'admin')))
        .orderBy(asc(roleGrants.name));
      return rows.map((row) => row.name);
    },
  };
}
