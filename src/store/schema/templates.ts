import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** App templates and assignment templates. What is being changed stands in `draft` until somebody saves it. */
export const templates = pgTable(
  'templates',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    kind: text('kind', { enum: ['app', 'assignment'] }).notNull(),
    /** Lower-cased name of `content`; null until the template was saved once. Unique in a workspace and kind. */
    nameKey: text('name_key'),
    /** Groups and filters are ids of one tenant; an app template belongs to none. */
    cloud: text('cloud'),
    tenantId: text('tenant_id'),
    /** Through which its groups were looked up. */
    connectionId: uuid('connection_id').references(() => connections.id),
    content: jsonb('content'),
    draft: jsonb('draft'),
    revision: integer('revision').notNull().default(1),
    createdById: text('created_by_id').notNull(),
    createdByName: text('created_by_name').notNull(),
    changedByName: text('changed_by_name').notNull(),
    changedAt: at('changed_at').notNull().defaultNow(),
    createdAt: createdAt(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('templates_workspace').on(t.workspaceId, t.kind, t.nameKey)],
);

/** Icons that people chose for templates and apps; those that nothing names any more are swept. */
export const pictures = pgTable(
  'pictures',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    mimeType: text('mime_type').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    base64: text('base64').notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('pictures_workspace').on(t.workspaceId)],
);
