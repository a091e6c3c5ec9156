import { eq } from 'drizzle-orm';
import type { AuditEntry, AuditLog } from '../audit/audit.ts';
import type { Problem } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections, publishJobs, releases } from '../store/schema.ts';
import type { JobEvents } from './job-events.ts';
import { publishPlan } from './plan.ts';

const failed = new Set(['failed', 'cancelled']);

/** What a job was for, from its rows: the news may come from another process than the one that started it. */
async function storedJob(tx: Db, jobId: string) {
  const [row] = await tx
    .select({ job: publishJobs, plan: releases.plan, requester: releases, connection: connections })
    .from(publishJobs)
    .innerJoin(releases, eq(releases.id, publishJobs.releaseId))
    .innerJoin(connections, eq(connections.id, publishJobs.connectionId))
    .where(eq(publishJobs.id, jobId));
  return row;
}

type StoredJob = NonNullable<Awaited<ReturnType<typeof storedJob>>>;

function entryOf({ job, plan, requester, connection }: StoredJob, action: string): AuditEntry {
  const read = publishPlan.safeParse(plan);
  const problem = job.problem as Problem | null;
  const { requestId } = problem?.ids ?? {};
  const planned = read.success
    ? { app: read.data.displayName, version: read.data.version, kind: read.data.action.kind, sha256: read.data.sha256 }
    : {};
  return {
    workspaceId: job.workspaceId,
    action,
    subject: { kind: 'job', id: job.id, name: job.number },
    after: { ...planned, connection: connection.name, ...(job.outcome === null ? {} : { outcome: job.outcome }) },
    result: failed.has(job.outcome ?? '') ? 'failed' : 'done',
    by: { objectId: requester.requesterId, name: requester.requesterName },
    ...(problem === null ? {} : { problem: problem.code }),
    ...(requestId === undefined ? {} : { graphRequestIds: [requestId] }),
  };
}

/**
 * Writes who published what, and how it ended, where it was asked for. Where the connection was lent, its owner's
 * workspace gets a row as well.
 */
async function recordJob(audit: AuditLog, tx: Db, jobId: string, action: string): Promise<void> {
  const stored = await storedJob(tx, jobId);
  if (stored === undefined) return;
  const entry = entryOf(stored, action);
  await audit.record(tx, entry);
  const owner = stored.connection.workspaceId;
  if (owner !== entry.workspaceId)
    await audit.record(tx, {
      ...entry,
      workspaceId: owner,
      action: `${action} by a borrower`,
      subject: { kind: 'connection', id: stored.connection.id, name: stored.connection.name },
    });
}

export const auditedEvents = (audit: AuditLog, events: JobEvents): JobEvents => ({
  started: (tx, jobId) => recordJob(audit, tx, jobId, 'job started'),
  progressed: (jobId) => events.progressed(jobId),
  async approvalAwaited(tx, jobId) {
    await recordJob(audit, tx, jobId, 'approval asked for');
    await events.approvalAwaited(tx, jobId);
  },
  async finished(tx, jobId) {
    await recordJob(audit, tx, jobId, 'job ended');
    await events.finished(tx, jobId);
  },
});
