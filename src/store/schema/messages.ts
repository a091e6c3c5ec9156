import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** Cards already in a chat that must follow their subject. */
export const liveCards = pgTable(
  'live_cards',
  {
    id: id(),
    /** `connection`, `release` or `job`. */
    subject: text('subject').notNull(),
    subjectId: uuid('subject_id').notNull(),
    homeTenantId: text('home_tenant_id').notNull(),
    conversationId: text('conversation_id').notNull(),
    activityId: text('activity_id').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('live_cards_subject').on(t.subject, t.subjectId),
    uniqueIndex('live_cards_message').on(t.homeTenantId, t.conversationId, t.activityId),
  ],
);

/** Messages that must reach a conversation even if this process ends. */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    /** The same key is never sent twice. */
    key: text('key').notNull(),
    message: jsonb('message').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: at('next_attempt_at').notNull().defaultNow(),
    state: text('state', { enum: ['waiting', 'delivered', 'undeliverable'] })
      .notNull()
      .default('waiting'),
    lastError: text('last_error'),
    createdAt: createdAt(),
    deliveredAt: at('delivered_at'),
  },
  (t) => [uniqueIndex('outbox_key').on(t.key), index('outbox_due').on(t.state, t.nextAttemptAt)],
);
