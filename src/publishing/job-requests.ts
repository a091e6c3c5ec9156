import { and, eq, inArray, sql } from 'drizzle-orm';
import { blockSizeFor, encryptedSize } from '../graph/content/content-layout.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections, publishJobs } from '../store/schema.ts';
import { awaitedApproval, settled } from './approvals.ts';
import { newJobNumber } from './job-number.ts';
import { hasMadeSomething, isActivating, type JobProgress, jobProgress } from './job-progress.ts';
import type { PublishPlan } from './plan.ts';

export interface NewJob {
  releaseId: string;
  workspaceId: string;
  plan: PublishPlan;
}

export async function writeJob(tx: Db, { releaseId, workspaceId, plan }: NewJob): Promise<string> {
  const [target] = await tx
    .select({ tenantId: connections.tenantId, cloud: connections.cloud })
    .from(connections)
    .where(eq(connections.id, plan.connectionId));
  if (target === undefined) throw new ProblemError('connectionNotUsable');
  const id = crypto.randomUUID();
  const sizeEncrypted = encryptedSize(plan.size);
  for (;;) {
    const number = newJobNumber();
    const progress = jobProgress.parse({
      size: plan.size,
      sizeEncrypted,
      blockSize: blockSizeFor(sizeEncrypted),
      target,
      marker: `[Quartermaster job ${number}-${id.slice(0, 8)}]`,
    } satisfies Partial<JobProgress>);
    const { connectionId } = plan;
    const [row] = await tx
      .insert(publishJobs)
      .values({ id, number, releaseId, workspaceId, connectionId, state: 'queued', step: 'createApp', progress })
      // The number is taken: draw another.
      .onConflictDoNothing()
      .returning({ id: publishJobs.id });
    if (row !== undefined) return id;
  }
}

/** `ended`: nobody had begun it. `waiting`: no worker has it, one must come and tidy up. */
export async function askToCancel(
  tx: Db,
  id: string,
  by: string,
  now: Date,
): Promise<'ended' | 'waiting' | 'running' | 'asItWas'> {
  const [row] = await tx.select().from(publishJobs).where(eq(publishJobs.id, id)).for('update');
  if (row === undefined || row.state === 'done' || row.cancelRequestedBy !== null) return 'asItWas';
  const progress = jobProgress.parse(row.progress);
  if (isActivating(row.step, progress)) throw new ProblemError('cancelTooLate');
  const isUntouched = row.state === 'queued' && !hasMadeSomething(progress);
  await tx
    .update(publishJobs)
    .set({
      cancelRequestedBy: by,
      ...(isUntouched ? { state: 'done', outcome: 'cancelled', finishedAt: now } : {}),
    })
    .where(eq(publishJobs.id, id));
  if (isUntouched) return 'ended';
  return row.state === 'queued' ? 'waiting' : 'running';
}

/** The name of the wait that now may end; null where the job waits for no approval. */
export async function lookAtOnce(tx: Db, id: string): Promise<string | null> {
  const [row] = await tx.select().from(publishJobs).where(eq(publishJobs.id, id)).for('update');
  if (row === undefined || row.state !== 'queued') return null;
  const progress = jobProgress.parse(row.progress);
  if (awaitedApproval(progress.approvals) === null) return null;
  // A new name, so that the message that was to end the wait later does nothing.
  const wake = crypto.randomUUID();
  await tx
    .update(publishJobs)
    .set({ progress: { ...progress, wake } })
    .where(eq(publishJobs.id, id));
  return wake;
}

/** False where the job has not failed and was not cancelled. */
export async function takeUpAgain(tx: Db, id: string): Promise<boolean> {
  const unfinished = and(
    eq(publishJobs.id, id),
    eq(publishJobs.state, 'done'),
    inArray(publishJobs.outcome, ['failed', 'cancelled']),
  );
  const [row] = await tx.select().from(publishJobs).where(unfinished).for('update');
  if (row === undefined) return false;
  const progress = jobProgress.parse(row.progress);
  await tx
    .update(publishJobs)
    .set({
      state: 'queued',
      outcome: null,
      problem: null,
      warnings: [],
      cancelRequestedBy: null,
      finishedAt: null,
      startedAt: null,
      // A claim of its own, so that nothing that was left to tidy up for the failure touches the retry.
      attempts: sql`${publishJobs.attempts} + 1`,
      progress: {
        ...progress,
        retries: progress.retries + 1,
        refusedCommits: 0,
        waitingSince: null,
        wake: null,
        approvals: settled(progress.approvals),
      },
    })
    .where(unfinished);
  return true;
}
