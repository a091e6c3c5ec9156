import { eq } from 'drizzle-orm';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections } from '../store/schema.ts';
import type { JobProgress } from './job-progress.ts';
import type { PublishPlan } from './plan.ts';

const longestWaitMs = 60 * 60_000;

/**
 * Whether publishing through the connection may begin: connected, or waiting for a consent that Microsoft has not
 * spread yet. The plan holds for the connection as it was shown. A retry comes after somebody mended something, so there
 * only the tenant has to be the same.
 */
export async function connectionReadiness(
  db: Db,
  plan: PublishPlan,
  progress: JobProgress,
  now: number,
): Promise<'ready' | 'propagating'> {
  const [row] = await db.select().from(connections).where(eq(connections.id, plan.connectionId));
  if (row === undefined || row.deletedAt !== null) throw new ProblemError('connectionNotUsable');
  const isSameTarget = row.tenantId === progress.target.tenantId && row.cloud === progress.target.cloud;
  const isAsShown = progress.planHolds || progress.retries > 0 || row.revision === plan.connectionRevision;
  if (!isSameTarget || !isAsShown)
    throw new ProblemError('planChanged', { detail: 'The connection was changed meanwhile.' });
  if (row.status === 'connected') return 'ready';
  if (row.status !== 'notFinished' || row.statusReason !== 'propagating') throw new ProblemError('connectionNotUsable');
  if (progress.waitingSince !== null && now - progress.waitingSince > longestWaitMs)
    throw new ProblemError('connectionStillPropagating');
  return 'propagating';
}
