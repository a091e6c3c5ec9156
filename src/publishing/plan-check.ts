import type { MobileApp } from '../graph/mobile-apps.ts';
import { ProblemError } from '../problems/problem.ts';
import type { JobContext } from './job-context.ts';
import type { PublishPlan } from './plan.ts';

/** Compares what the plan showed with what Intune says now: what was confirmed is what gets published, or nothing. */
export async function expectPlanHolds({ plan, record, access, signal }: JobContext): Promise<void> {
  if (plan.graphType === 'androidLobApp') {
    const packageId = typeof plan.app.packageId === 'string' ? plan.app.packageId : '';
    const now = await access.mobileApps.findAndroidApps(packageId, signal);
    const others = now.filter((app) => !app.notes?.includes(record.progress.marker));
    if (traceOf(others) !== traceOf(plan.existing))
      throw new ProblemError('planChanged', { detail: 'The apps with this package id are not the same as before.' });
  }
  await record.save({ planHolds: true });
}

type Shown = PublishPlan['existing'][number] | MobileApp;

function traceOf(apps: readonly Shown[]): string {
  const traces = apps.map(({ id, displayName, versionCode, versionName }) =>
    JSON.stringify([id, displayName, versionCode, versionName]),
  );
  return traces.sort().join('\n');
}
