import { integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections, secrets } from './connections.ts';
import { workspaces } from './workspaces.ts';

/**
 * A credential that is to take the place of a connection's present one, at most one for each connection. It stays until
 * the old one was removed in Entra too, so that nobody forgets it there.
 */
export const credentialChanges = pgTable('credential_changes', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connections.id),
  /** prepared: somebody still has to do something in Entra; failed: the test did; switched: it is in use. */
  state: text('state', { enum: ['prepared', 'testing', 'failed', 'switched'] }).notNull(),
  credentialKind: text('credential_kind', {
    enum: ['secret', 'certificate', 'federated', 'managedIdentity'],
  }).notNull(),
  /** JSON of a Credential. */
  credential: jsonb('credential').notNull(),
  secretId: uuid('secret_id').references(() => secrets.id),
  expiresAt: at('expires_at'),
  expirySource: text('expiry_source', { enum: ['certificate', 'graph', 'keyVault', 'typed'] }),
  /** Why the last test failed, as stored JSON of a Problem. */
  problem: jsonb('problem'),
  /** Once switched: the Credential before, to be removed in Entra. */
  before: jsonb('before'),
  startedById: text('started_by_id').notNull(),
  startedByName: text('started_by_name').notNull(),
  createdAt: createdAt(),
  testedAt: at('tested_at'),
});

/** Links by which one person brings one certificate for one connection in one revision. */
export const certificateLinks = pgTable(
  'certificate_links',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    connectionRevision: integer('connection_revision').notNull(),
    homeTenantId: text('home_tenant_id').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    /** SHA-256, hex: of the link's token; of token and code. */
    tokenHash: text('token_hash').notNull(),
    codeHash: text('code_hash').notNull(),
    wrongCodes: integer('wrong_codes').notNull().default(0),
    /** Files that could not be used; opening one costs work. */
    wrongFiles: integer('wrong_files').notNull().default(0),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('certificate_links_token').on(t.tokenHash)],
);
