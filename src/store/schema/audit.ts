import { bigserial, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** Changes and decisions. Rows are only ever added: the migration makes the database refuse to change or delete one. */
export const auditRows = pgTable(
  'audit_rows',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    at: at('at').notNull().defaultNow(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** Entra object id; null where the product acts by itself. */
    actorId: text('actor_id'),
    actorName: text('actor_name').notNull(),
    /** The conversation it was asked for in. */
    conversationId: text('conversation_id'),
    /** A row of the route table, or the name of a change. */
    action: text('action').notNull(),
    subjectKind: text('subject_kind'),
    subjectId: text('subject_id'),
    subjectName: text('subject_name'),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
    result: text('result', { enum: ['done', 'allowed', 'refused', 'failed'] }).notNull(),
    /** Code of the problem, for what failed. */
    problem: text('problem'),
    /** Stands on the card and in the log. */
    reference: text('reference'),
    graphRequestIds: jsonb('graph_request_ids').$type<string[]>().notNull().default([]),
  },
  (t) => [index('audit_rows_workspace').on(t.workspaceId, t.seq)],
);

/** Links that download a workspace's audit once. */
export const auditExports = pgTable(
  'audit_exports',
  {
    id: id(),
    /** SHA-256 of the token in the link, hex. */
    tokenHash: text('token_hash').notNull(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    filter: text('filter').notNull(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('audit_exports_token').on(t.tokenHash)],
);
