import { boolean, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { connections, secrets } from './connections.ts';

/** Who signed in for a connection with delegated permissions; it works in that person's name. */
export const userSessions = pgTable('user_sessions', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connections.id),
  /** MSAL's cache, with the refresh token in it. */
  cacheSecretId: uuid('cache_secret_id')
    .notNull()
    .references(() => secrets.id),
  homeAccountId: text('home_account_id').notNull(),
  /** The person in Teams whose presses may use it. */
  ownerId: text('owner_id').notNull(),
  ownerName: text('owner_name').notNull(),
  ownerTeamsId: text('owner_teams_id').notNull(),
  /** The account at Microsoft. */
  accountName: text('account_name').notNull(),
  username: text('username').notNull(),
  /** Delegated permissions of Graph. */
  scopes: jsonb('scopes').$type<string[]>().notNull(),
  /** The owner let the workspace's jobs use it. */
  forWorkspace: boolean('for_workspace').notNull(),
  state: text('state', { enum: ['good', 'lapsed'] }).notNull(),
  /** The stored Place where its owner hears of it. */
  place: jsonb('place').notNull(),
  signedInAt: at('signed_in_at').notNull(),
  refreshedAt: at('refreshed_at').notNull(),
});
