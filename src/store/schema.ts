import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const id = () => uuid('id').primaryKey().defaultRandom();
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const createdAt = () => at('created_at').notNull().defaultNow();

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

/** Who may do what in a workspace, beyond looking. */
export const roleGrants = pgTable(
  'role_grants',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    homeTenantId: text('home_tenant_id').notNull(),
    objectId: text('object_id').notNull(),
    role: text('role', { enum: ['publisher', 'admin'] }).notNull(),
    name: text('name').notNull(),
    grantedBy: text('granted_by').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.homeTenantId, t.objectId] })],
);

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
    clientId: text('client_id').notNull(),
    mode: text('mode', { enum: ['custom', 'managed'] }).notNull(),
    permissionKind: text('permission_kind', { enum: ['application', 'delegated'] }).notNull(),
    credentialKind: text('credential_kind', {
      enum: ['secret', 'certificate', 'federated', 'managedIdentity'],
    }).notNull(),
    secretId: uuid('secret_id').references(() => secrets.id),
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
    createdAt: createdAt(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('connections_workspace').on(t.workspaceId, t.nameKey)],
);

/** Package bytes kept by this bot. `location` is opaque to everything but the artifact store. */
export const artifacts = pgTable('artifacts', {
  id: id(),
  workspaceId: uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id),
  fileName: text('file_name').notNull(),
  size: bigint('size', { mode: 'number' }).notNull(),
  sha256: text('sha256').notNull(),
  location: text('location').notNull(),
  createdAt: createdAt(),
  removedAt: at('removed_at'),
});

/** One link to the upload page, bound to a person and a place. */
export const uploadTickets = pgTable(
  'upload_tickets',
  {
    id: id(),
    /** SHA-256 of the token in the link, hex. */
    tokenHash: text('token_hash').notNull(),
    /** SHA-256 of the cookie that the first opener received, hex. */
    sessionHash: text('session_hash'),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    homeTenantId: text('home_tenant_id').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    requesterTeamsId: text('requester_teams_id').notNull(),
    /** The stored Place to which the draft card goes. */
    place: jsonb('place').notNull(),
    state: text('state', { enum: ['open', 'receiving', 'received', 'refused'] }).notNull(),
    expiresAt: at('expires_at').notNull(),
    artifactId: uuid('artifact_id').references(() => artifacts.id),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('upload_tickets_token').on(t.tokenHash), index('upload_tickets_session').on(t.sessionHash)],
);

/** One intent to publish: a package, its form, its plan. */
export const releases = pgTable(
  'releases',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    homeTenantId: text('home_tenant_id').notNull(),
    requesterId: text('requester_id').notNull(),
    requesterName: text('requester_name').notNull(),
    requesterTeamsId: text('requester_teams_id').notNull(),
    place: jsonb('place').notNull(),
    state: text('state', { enum: ['reading', 'draft', 'planned', 'started', 'discarded', 'failed'] }).notNull(),
    /** A PackageOrigin: an artifact, or a link whose strong ETag pins the bytes. */
    origin: jsonb('origin').notNull(),
    sha256: text('sha256'),
    /** PackageFacts without the icon's bytes. */
    facts: jsonb('facts'),
    iconBase64: text('icon_base64'),
    /** What the requester typed into the form. */
    form: jsonb('form'),
    /** What the plan card showed, to be compared when the job starts. */
    plan: jsonb('plan'),
    problem: jsonb('problem'),
    revision: integer('revision').notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [index('releases_workspace').on(t.workspaceId, t.createdAt)],
);

export const publishJobs = pgTable(
  'publish_jobs',
  {
    id: id(),
    /** Short, for people: `job 7f3k2`. */
    number: text('number').notNull(),
    releaseId: uuid('release_id')
      .notNull()
      .references(() => releases.id),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    state: text('state', { enum: ['queued', 'running', 'done'] }).notNull(),
    step: text('step').notNull(),
    outcome: text('outcome', {
      enum: ['published', 'publishedWithWarnings', 'failed', 'cancelled', 'waitingForApproval'],
    }),
    problem: jsonb('problem'),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    cancelRequestedBy: text('cancel_requested_by'),
    /** Graph's ids and the sizes, as they become known. */
    progress: jsonb('progress').notNull(),
    /** Vault id of the content keys; the row goes with the job's end. */
    keysSecretId: uuid('keys_secret_id').references(() => secrets.id),
    attempts: integer('attempts').notNull().default(0),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('publish_jobs_workspace').on(t.workspaceId, t.createdAt),
    uniqueIndex('publish_jobs_number').on(t.number),
  ],
);

/** Blocks the storage acknowledged, with the digest of what was sent, so that a resumed job sends nothing twice. */
export const publishJobBlocks = pgTable(
  'publish_job_blocks',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => publishJobs.id),
    fileId: text('file_id').notNull(),
    index: integer('block_index').notNull(),
    bytes: integer('bytes').notNull(),
    digest: text('digest').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.fileId, t.index] })],
);

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
