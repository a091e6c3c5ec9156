import { integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** Roles that a workspace made for itself. */
export const ownRoles = pgTable(
  'own_roles',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    permissions: jsonb('permissions').$type<string[]>().notNull(),
    revision: integer('revision').notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('own_roles_name').on(t.workspaceId, t.nameKey)],
);

/** Who may do what in a workspace, beyond looking. One role for each holder. */
export const roleGrants = pgTable(
  'role_grants',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    homeTenantId: text('home_tenant_id').notNull(),
    holderKind: text('holder_kind', { enum: ['person', 'everybody', 'group'] })
      .notNull()
      .default('person'),
    /** Entra's id of the person or the group; `everybody` for all members. */
    objectId: text('object_id').notNull(),
    role: text('role', { enum: ['viewer', 'publisher', 'approver', 'admin', 'own'] }).notNull(),
    /** For `own`. */
    ownRoleId: uuid('own_role_id').references(() => ownRoles.id),
    /** For a group: the connection that reads who is in it. */
    connectionId: uuid('connection_id').references(() => connections.id),
    name: text('name').notNull(),
    grantedBy: text('granted_by').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.homeTenantId, t.objectId] })],
);
