import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { connections, secrets } from './connections.ts';
import { workspaces } from './workspaces.ts';

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
      enum: ['published', 'publishedWithWarnings', 'failed', 'cancelled'],
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
