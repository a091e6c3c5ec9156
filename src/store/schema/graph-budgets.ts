import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/** Requests that an app has sent to a tenant in the last seconds, counted for all processes together. */
export const graphBudgets = pgTable(
  'graph_budgets',
  {
    tenantId: text('tenant_id').notNull(),
    clientId: text('client_id').notNull(),
    /** Slices of time with what was handed out in them. */
    spent: jsonb('spent').$type<{ slice: number; changes: number; requests: number }[]>().notNull(),
    /** The service asked for a pause until then. */
    pausedUntil: at('paused_until'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.clientId] })],
);
