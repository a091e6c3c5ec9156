import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** Connections that a workspace lends to others of its home tenant. */
export const connectionShares = pgTable(
  'connection_shares',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    homeTenantId: text('home_tenant_id').notNull(),
    /** The borrower; null for every team and group chat of the tenant, also those that come later. */
    workspaceId: uuid('workspace_id').references(() => workspaces.id),
    sharedById: text('shared_by_id').notNull(),
    sharedByName: text('shared_by_name').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('connection_shares_connection').on(t.connectionId),
    index('connection_shares_workspace').on(t.workspaceId),
  ],
);

/** How a borrower calls a connection that was lent to it. */
export const connectionAliases = pgTable(
  'connection_aliases',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    alias: text('alias').notNull(),
    aliasKey: text('alias_key').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.workspaceId] })],
);
