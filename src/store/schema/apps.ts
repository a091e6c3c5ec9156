import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** A list that somebody leafs through. Graph says where the next page is; a card cannot carry that. */
export const listings = pgTable(
  'listings',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    subject: text('subject', { enum: ['apps', 'devices'] }).notNull(),
    words: text('words').notNull(),
    /** A word such as `android`; only for apps. */
    kind: text('kind'),
    /** Where the second page is, the third, … */
    pages: jsonb('pages').$type<string[]>().notNull().default([]),
    createdAt: createdAt(),
  },
  (t) => [index('listings_created').on(t.createdAt)],
);

/** A change of an app that somebody has begun: what they saw, so that what others change meanwhile is noticed. */
export const appDrafts = pgTable(
  'app_drafts',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    appId: text('app_id').notNull(),
    kind: text('kind', { enum: ['metadata', 'assign', 'categories', 'relations', 'retire'] }).notNull(),
    /** What was shown, and for some kinds what is wanted. */
    seen: jsonb('seen').$type<Record<string, unknown>>().notNull(),
    doneAt: at('done_at'),
    createdAt: createdAt(),
  },
  (t) => [index('app_drafts_created').on(t.createdAt)],
);

/** An app without a package that somebody puts into Intune: a link into a store, or to a page. */
export const linkApps = pgTable(
  'link_apps',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    store: text('store', { enum: ['microsoft', 'apple', 'google', 'web'] }).notNull(),
    url: text('url').notNull(),
    /** The store's id of the app; for a page its address. */
    storeId: text('store_id').notNull(),
    state: text('state', { enum: ['draft', 'planned', 'creating', 'created', 'discarded'] }).notNull(),
    form: jsonb('form').$type<Record<string, unknown>>(),
    connectionId: uuid('connection_id').references(() => connections.id, { onDelete: 'cascade' }),
    /** Stands in the app's notes, so that a create without an answer is found again. */
    marker: text('marker').notNull(),
    /** Graph's id, once it is there. */
    appId: text('app_id'),
    creatingSince: at('creating_since'),
    revision: integer('revision').notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [index('link_apps_workspace').on(t.workspaceId, t.createdAt)],
);

/** A change of an app that the tenant holds until a second administrator approves it, to be sent again as it was. */
export const heldChanges = pgTable(
  'held_changes',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    appId: text('app_id').notNull(),
    appName: text('app_name').notNull(),
    /** The route that asked for it: `app.save`. */
    action: text('action').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    /** Named in the request as those who may approve. */
    approvers: jsonb('approvers').$type<string[]>().notNull(),
    /** Method, path, version and body; only the very same may be sent again with the code. */
    request: jsonb('request').$type<Record<string, unknown>>().notNull(),
    /** Stands in the reason of the request, and for the request itself. */
    marker: text('marker').notNull(),
    /** Intune's id of the request for approval, and the code that completes it. */
    code: text('code').notNull(),
    /** The app registration that filed it; no other may complete it. */
    clientId: text('client_id').notNull(),
    state: text('state', {
      enum: ['open', 'completed', 'rejected', 'cancelled', 'expired', 'ownApproval', 'otherApp'],
    }).notNull(),
    decidedBy: text('decided_by'),
    /** What the administrator wrote. */
    answer: text('answer'),
    createdAt: createdAt(),
    decidedAt: at('decided_at'),
  },
  (t) => [index('held_changes_marker').on(t.marker), index('held_changes_created').on(t.createdAt)],
);
