import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** Ways to Microsoft's sign-in page and back: short-lived, for one person, one connection in one revision, one tenant. */
export const signIns = pgTable(
  'sign_ins',
  {
    id: id(),
    purpose: text('purpose', { enum: ['tenantProof', 'delegated'] }).notNull(),
    state: text('state', { enum: ['open', 'started', 'returned', 'done', 'failed'] }).notNull(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    connectionRevision: integer('connection_revision').notNull(),
    /** What the link was made for, as JSON of its purpose. */
    asks: jsonb('asks'),
    expectedTenantId: text('expected_tenant_id').notNull(),
    homeTenantId: text('home_tenant_id').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    requesterTeamsId: text('requester_teams_id').notNull(),
    /** The stored Place to which the outcome is told. */
    place: jsonb('place').notNull(),
    /** SHA-256, hex: of the link's token; of token and code; of OAuth's state; of the browser's cookie. */
    tokenHash: text('token_hash').notNull(),
    codeHash: text('code_hash').notNull(),
    stateHash: text('state_hash'),
    sessionHash: text('session_hash'),
    wrongCodes: integer('wrong_codes').notNull().default(0),
    expiresAt: at('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('sign_ins_token').on(t.tokenHash),
    uniqueIndex('sign_ins_state').on(t.stateHash),
    index('sign_ins_connection').on(t.connectionId),
  ],
);
