import { ProblemError } from '../problems/problem.ts';
import { findExisting, traceOf } from './existing-apps.ts';
import type { JobContext } from './job-context.ts';

/** Compares what the plan showed with what Intune says now: what was confirmed is what gets published, or nothing. */
export async function expectPlanHolds({ plan, record, access, signal }: JobContext): Promise<void> {
  const now = await findExisting(access.mobileApps, plan, signal);
  const others = now.filter((app) => !app.notes?.includes(record.progress.marker));
  const shown = plan.existing.map(({ id, trace }) => `${id} ${trace}`);
  const found = others.map((app) => `${app.id} ${traceOf(plan.watched, app)}`);
  if (found.sort().join('\n') !== shown.sort().join('\n'))
    throw new ProblemError('planChanged', { detail: 'The apps with this identity are not the same as before.' });
  await record.save({ planHolds: true });
}
