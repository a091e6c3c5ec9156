import { boolean, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** A Teams team, group chat or personal chat. */
export const workspaces = pgTable(
  'workspaces',
  {
    id: id(),
    homeTenantId: text('home_tenant_id').notNull(),
    kind: text('kind', { enum: ['team', 'groupChat', 'personal'] }).notNull(),
    /** The team's thread id, or the conversation id of a chat. */
    teamsKey: text('teams_key').notNull(),
    name: text('name'),
    installedBy: text('installed_by'),
    sharedChannelsAllowed: boolean('shared_channels_allowed').notNull().default(false),
    createdAt: createdAt(),
    removedAt: at('removed_at'),
  },
  (t) => [uniqueIndex('workspaces_place').on(t.homeTenantId, t.teamsKey)],
);

/** Where the bot may write: one row for each conversation it has been in. */
export const conversations = pgTable(
  'conversations',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** Without `;messageid=`. */
    conversationId: text('conversation_id').notNull(),
    kind: text('kind', { enum: ['personal', 'groupChat', 'channel'] }).notNull(),
    serviceUrl: text('service_url').notNull(),
    botId: text('bot_id').notNull(),
    /** Set for personal chats: the person's Entra object id. */
    personObjectId: text('person_object_id'),
    homeTenantId: text('home_tenant_id').notNull(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    removedAt: at('removed_at'),
  },
  (t) => [
    uniqueIndex('conversations_place').on(t.homeTenantId, t.conversationId),
    index('conversations_person').on(t.homeTenantId, t.personObjectId),
  ],
);
