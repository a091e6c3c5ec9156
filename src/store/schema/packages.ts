import { bigint, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** Package bytes kept by this bot. `location` is opaque to everything but the artifact store. */
export const artifacts = pgTable('artifacts', {
  id: id(),
  workspaceId: uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id),
  fileName: text('file_name').notNull(),
  size: bigint('size', { mode: 'number' }).notNull(),
  sha256: text('sha256').notNull(),
  location: text('location').notNull(),
  createdAt: createdAt(),
  removedAt: at('removed_at'),
});

/** One link to the upload page, bound to a person and a place. */
export const uploadTickets = pgTable(
  'upload_tickets',
  {
    id: id(),
    /** SHA-256 of the token in the link, hex. */
    tokenHash: text('token_hash').notNull(),
    /** SHA-256 of the cookie that the first opener received, hex. */
    sessionHash: text('session_hash'),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    homeTenantId: text('home_tenant_id').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    requesterTeamsId: text('requester_teams_id').notNull(),
    /** The stored Place to which the draft card goes. */
    place: jsonb('place').notNull(),
    /** What the file is for; null: a package to be published. */
    wanted: jsonb('wanted'),
    state: text('state', { enum: ['open', 'receiving', 'received', 'refused'] }).notNull(),
    expiresAt: at('expires_at').notNull(),
    artifactId: uuid('artifact_id').references(() => artifacts.id),
    /** Chosen beforehand for the draft. Not a reference: whether it may be used is looked up when the form is shown. */
    connectionId: uuid('connection_id'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('upload_tickets_token').on(t.tokenHash), index('upload_tickets_session').on(t.sessionHash)],
);
