import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections } from './connections.ts';
import { workspaces } from './workspaces.ts';

/** Asks to an administrator to grant an app's permissions in a tenant. At most one of a connection is open. */
export const consentRequests = pgTable(
  'consent_requests',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    /** The Actor who asked. */
    requester: jsonb('requester').notNull(),
    /** Where it was asked, and where its result is told. */
    place: jsonb('place').notNull(),
    state: text('state', {
      enum: [
        'waiting',
        'withMicrosoft',
        'granting',
        'blocked',
        'granted',
        'denied',
        'withdrawn',
        'expired',
        'overtaken',
      ],
    }).notNull(),
    stateSince: at('state_since').notNull(),
    /** Why an open request is where it is: a problem code or a word of the consent service. */
    note: text('note'),
    /** The connection as it was when the admins were asked. */
    connectionName: text('connection_name').notNull(),
    connectionRevision: integer('connection_revision').notNull(),
    cloud: text('cloud').notNull(),
    tenantId: text('tenant_id').notNull(),
    tenantDomain: text('tenant_domain'),
    clientId: text('client_id').notNull(),
    /** What the workspace wants to do, and the permissions that were listed for it. */
    capabilities: jsonb('capabilities').$type<string[]>().notNull(),
    permissions: jsonb('permissions').$type<string[]>().notNull(),
    message: text('message'),
    /** People who were asked to decide. */
    approvers: jsonb('approvers').notNull(),
    /** Whether the workspace names approvers, or its admins stand in for them. */
    approversAre: text('approvers_are', { enum: ['approvers', 'admins'] }).notNull(),
    /** Who granted, denied or withdrew. */
    decidedBy: jsonb('decided_by'),
    reason: text('reason'),
    /** When Microsoft's answer said that it was granted. */
    grantedAt: at('granted_at'),
    /** The tenant that Microsoft's answer named; compared with the one the token comes from. */
    reportedTenant: text('reported_tenant'),
    /** What the first token afterwards held. */
    grantedRoles: jsonb('granted_roles').$type<string[]>(),
    /** Keyed hash of the code for the page that an administrator outside Teams gets. */
    pageCodeHash: text('page_code_hash'),
    pageTries: integer('page_tries').notNull().default(0),
    reminders: integer('reminders').notNull().default(0),
    revision: integer('revision').notNull().default(1),
    expiresAt: at('expires_at').notNull(),
    /** The next reminder, look or end. */
    dueAt: at('due_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('consent_requests_workspace').on(t.workspaceId, t.createdAt),
    index('consent_requests_due').on(t.state, t.dueAt),
    uniqueIndex('consent_requests_open')
      .on(t.connectionId)
      .where(sql`${t.state} in ('waiting', 'withMicrosoft', 'granting', 'blocked')`),
  ],
);

/** Ways to Microsoft's page: short-lived, for one person, one request in one revision, and one tenant. */
export const consentLinks = pgTable(
  'consent_links',
  {
    id: id(),
    requestId: uuid('request_id')
      .notNull()
      .references(() => consentRequests.id),
    requestRevision: integer('request_revision').notNull(),
    /** SHA-256 of the state that goes to Microsoft and comes back. */
    stateHash: text('state_hash').notNull(),
    /** SHA-256 of the state and the code shown in Teams. */
    codeHash: text('code_hash').notNull(),
    tries: integer('tries').notNull().default(0),
    /** Who pressed; for the page of an administrator outside Teams, a name only. */
    presser: jsonb('presser').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** SHA-256 of the cookie of the browser that entered the code. */
    browserHash: text('browser_hash'),
    usedAt: at('used_at'),
    expiresAt: at('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('consent_links_state').on(t.stateHash), index('consent_links_request').on(t.requestId)],
);
