import { jsonb, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { connections } from './connections.ts';
import { releases } from './publishing.ts';

/** One package that goes to several connections: each has a release of its own; the first gives the group its name. */
export const releasePlaces = pgTable(
  'release_places',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => releases.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    releaseId: uuid('release_id')
      .notNull()
      .references(() => releases.id),
    /** Why no plan could be made there. */
    problem: jsonb('problem'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.connectionId] })],
);
