import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { connections } from './connections.ts';

/**
 * That somebody of a tenant stands behind a connection that uses an app of the operator. Such an app gets a token for
 * every tenant that ever agreed to it, so a tenant's id alone must reach nothing.
 */
export const tenantProofs = pgTable('tenant_proofs', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connections.id),
  cloud: text('cloud').notNull(),
  /** Always the id, never a domain. */
  tenantId: text('tenant_id').notNull(),
  clientId: text('client_id').notNull(),
  how: text('how', { enum: ['administrator', 'signIn'] }).notNull(),
  byId: text('by_id').notNull(),
  byName: text('by_name').notNull(),
  provenAt: at('proven_at').notNull(),
});
