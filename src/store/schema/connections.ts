import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** AES-256-GCM ciphertexts; the plain value exists only in memory. */
export const secrets = pgTable('secrets', {
  id: id(),
  keyId: text('key_id').notNull(),
  nonce: text('nonce').notNull(),
  ciphertext: text('ciphertext').notNull(),
  createdAt: createdAt(),
});

export const connections = pgTable(
  'connections',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    /** `name` lower-cased: names are unique in a workspace whatever their case. */
    nameKey: text('name_key').notNull(),
    cloud: text('cloud').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** Typed instead of the tenant's id, which took its place with the first token. */
    tenantDomain: text('tenant_domain'),
    clientId: text('client_id').notNull(),
    mode: text('mode', { enum: ['custom', 'managed'] }).notNull(),
    permissionKind: text('permission_kind', { enum: ['application', 'delegated'] }).notNull(),
    credentialKind: text('credential_kind', {
      enum: ['secret', 'certificate', 'federated', 'managedIdentity'],
    }).notNull(),
    secretId: uuid('secret_id').references(() => secrets.id),
    /** Where the credential comes from and its public part, as JSON of a Credential; null means a secret that was typed. */
    credential: jsonb('credential'),
    credentialExpiresAt: at('credential_expires_at'),
    /** Who says so: the certificate itself, the directory, the vault, or the person who entered the credential. */
    credentialExpirySource: text('credential_expiry_source', { enum: ['certificate', 'graph', 'keyVault', 'typed'] }),
    status: text('status', { enum: ['connected', 'notFinished', 'error', 'disabled'] }).notNull(),
    /** For notFinished: draft, consentAsked or propagating. For error: a problem code. */
    statusReason: text('status_reason'),
    statusSince: at('status_since').notNull().defaultNow(),
    /** The explained problem of the last failed test, as stored JSON of a Problem. */
    lastProblem: jsonb('last_problem'),
    grantedRoles: jsonb('granted_roles').$type<string[]>(),
    connectedById: text('connected_by_id'),
    connectedByName: text('connected_by_name'),
    connectedAt: at('connected_at'),
    lastTestedAt: at('last_tested_at'),
    /** A test is queued or running since then. */
    testingSince: at('testing_since'),
    revision: integer('revision').notNull().default(1),
    /** Rises when tokens that were given out before must not be used any more: tokens die, plans do not. */
    credentialRevision: integer('credential_revision').notNull().default(1),
    createdAt: createdAt(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('connections_workspace').on(t.workspaceId, t.nameKey)],
);
