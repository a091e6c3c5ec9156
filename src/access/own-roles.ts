import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { AuditLog } from '../audit/audit.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { ownRoles, roleGrants, workspaces } from '../store/schema.ts';
import type { Permission, Workspace } from './actor.ts';

/** What an own role can be made of. Looking needs no role. */
export const grantablePermissions = [
  'publish',
  'approve',
  'manageApps',
  'manageTemplates',
  'manageConnections',
  'administer',
] as const satisfies readonly Permission[];
export type GrantablePermission = (typeof grantablePermissions)[number];

const isGrantable = (name: string): name is GrantablePermission =>
  (grantablePermissions as readonly string[]).includes(name);

/** Names of a later version are left out: what is not known is not allowed. */
export const readPermissions = (stored: readonly string[]): GrantablePermission[] => stored.filter(isGrantable);

export interface OwnRole {
  id: string;
  name: string;
  permissions: readonly GrantablePermission[];
  revision: number;
  /** Names of those who hold it. */
  holders: readonly string[];
}

/** Null as the role's id makes a new one. */
export interface OwnRoleForm {
  id: string | null;
  revision: number;
  name: string;
  permissions: readonly GrantablePermission[];
}

export const ownRoleName = z
  .string()
  .trim()
  .min(1, 'Give the role a name.')
  .max(40, 'The name may have up to 40 characters.')
  .transform((name) => name.replace(/\s+/g, ' '));

const taken = new Set(['viewer', 'publisher', 'approver', 'admin', 'own', 'remove', 'person', 'group', 'everybody']);
const mostRoles = 20;
const keyOf = (name: string) => name.toLowerCase();

/** Roles that a workspace made for itself: a name and the permissions chosen for it. */
export class OwnRoles {
  readonly #database: Pick<Database, 'db'>;
  readonly #audit: AuditLog;

  constructor({ database, audit }: { database: Pick<Database, 'db'>; audit: AuditLog }) {
    this.#database = database;
    this.#audit = audit;
  }

  async list(workspace: Workspace, db: Db = this.#database.db): Promise<OwnRole[]> {
    const rows = await db
      .select({ role: ownRoles, holder: roleGrants.name })
      .from(ownRoles)
      .leftJoin(roleGrants, eq(roleGrants.ownRoleId, ownRoles.id))
      .where(eq(ownRoles.workspaceId, workspace.id))
      .orderBy(asc(ownRoles.nameKey), asc(roleGrants.name));
    const found = new Map<string, OwnRole & { holders: string[] }>();
    for (const { role, holder } of rows) {
      const { id, name, permissions, revision } = role;
      const known = found.get(id) ?? { id, name, permissions: readPermissions(permissions), revision, holders: [] };
      if (holder !== null) known.holders.push(holder);
      found.set(id, known);
    }
    return [...found.values()];
  }

  async find(workspace: Workspace, id: string): Promise<OwnRole | null> {
    return (await this.list(workspace)).find((role) => role.id === id) ?? null;
  }

  /** Null when somebody changed it meanwhile. */
  async save(workspace: Workspace, form: OwnRoleForm): Promise<OwnRole | null> {
    const { name, permissions } = form;
    if (taken.has(keyOf(name))) throw new ProblemError('roleNameTaken');
    return this.#database.db.transaction(async (tx) => {
      // Held until the end, so that two people cannot take one name, and the rule of the last admin sees every change.
      await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspace.id)).for('update');
      const roles = await this.list(workspace, tx);
      if (roles.some((role) => keyOf(role.name) === keyOf(name) && role.id !== form.id))
        throw new ProblemError('roleNameTaken');
      const before = roles.find((role) => role.id === form.id) ?? null;
      if (form.id === null && roles.length >= mostRoles) throw new ProblemError('rolesTooMany');
      if (form.id !== null && (before === null || before.revision !== form.revision)) return null;
      const values = { name, nameKey: keyOf(name), permissions: [...permissions] };
      const [row] =
        before === null
          ? await tx
              .insert(ownRoles)
              .values({ workspaceId: workspace.id, ...values })
              .returning()
          : await tx
              .update(ownRoles)
              .set({ ...values, revision: before.revision + 1 })
              .where(eq(ownRoles.id, before.id))
              .returning();
      if (row === undefined) throw new Error('The role did not come back from the store');
      if (before?.permissions.includes('administer')) await this.#keepAnAdmin(tx, workspace);
      await this.#audit.record(tx, {
        workspaceId: workspace.id,
        subject: { kind: 'role', id: row.id, name },
        ...(before === null ? {} : { before: { name: before.name, permissions: before.permissions } }),
        after: { name, permissions },
      });
      return { id: row.id, name, permissions, revision: row.revision, holders: before?.holders ?? [] };
    });
  }

  /** Takes it from everybody who holds it. */
  async remove(workspace: Workspace, id: string): Promise<OwnRole | null> {
    return this.#database.db.transaction(async (tx) => {
      await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspace.id)).for('update');
      const role = (await this.list(workspace, tx)).find((entry) => entry.id === id);
      if (role === undefined) return null;
      await tx.delete(roleGrants).where(eq(roleGrants.ownRoleId, id));
      await tx.delete(ownRoles).where(eq(ownRoles.id, id));
      if (role.permissions.includes('administer')) await this.#keepAnAdmin(tx, workspace);
      await this.#audit.record(tx, {
        workspaceId: workspace.id,
        subject: { kind: 'role', id, name: role.name },
        before: { permissions: role.permissions, holders: role.holders },
        after: { permissions: null },
      });
      return role;
    });
  }

  /** Undoes the change by throwing where nobody is left who may name people. */
  async #keepAnAdmin(tx: Db, workspace: Workspace): Promise<void> {
    const people = await tx
      .select({ role: roleGrants.role, permissions: ownRoles.permissions })
      .from(roleGrants)
      .leftJoin(ownRoles, eq(ownRoles.id, roleGrants.ownRoleId))
      .where(and(eq(roleGrants.workspaceId, workspace.id), eq(roleGrants.holderKind, 'person')));
    const isKept = people.some(({ role, permissions }) => role === 'admin' || permissions?.includes('administer'));
    if (!isKept) throw new ProblemError('lastAdmin');
  }
}
