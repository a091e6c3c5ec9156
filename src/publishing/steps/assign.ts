import type { AppAssignment } from '../../graph/app-assignments.ts';
import { ProblemError } from '../../problems/problem.ts';
import { assignmentTitle } from '../../templates/assignment-titles.ts';
import { assignmentsForApp } from '../../templates/assignments-for-app.ts';
import { changesNothing, mergeAssignments } from '../../templates/merge-assignments.ts';
import { makeChange } from '../approval-gate.ts';
import { awaitedApproval } from '../approvals.ts';
import { type JobContext, made, type Step } from '../job-context.ts';
import { appIdOf } from './create-app.ts';

/**
 * Gives the published app to those whom the template names, beside those whom others named. Reading, merging and writing
 * again changes nothing, so it needs no memory of its own; only the days after publishing are counted from one moment.
 */
export const assign: Step = async (context) => {
  const { record, plan, access, signal } = context;
  const appId = appIdOf(context);
  await categorize(context, appId);
  if (plan.assignment === null) return 'done';
  const existing = await access.mobileApps.assignments(appId, signal);
  const { all, difference } = wantedOf(context, existing);
  const awaited = awaitedApproval(record.progress.approvals);
  const held = awaited?.change === 'assign' ? record.progress.assigning : null;
  const sent = held ?? all;
  if (!changesNothing(difference)) {
    if (held === null) await record.save({ assigning: all });
    await makeChange(context, 'assign', (apps) => apps.assign(appId, sent));
  }
  await record.save({ assignments: sent.length, assigning: null });
  const { template } = plan.assignment;
  for (const { wanted } of difference.contradictions) {
    const warning = `${assignmentTitle(wanted, template)}: not done, because the app says the opposite about it.`;
    if (!record.warnings.includes(warning)) await record.warn(warning);
  }
  return 'done';
};

/** Under which headings people find it; an app without them is as good, so a refusal is a warning. */
async function categorize({ plan, access, record, signal }: JobContext, appId: string): Promise<void> {
  if (plan.categories.length === 0) return;
  try {
    const there = new Set(await access.mobileApps.categoriesOf(appId, signal));
    for (const { id } of plan.categories) if (!there.has(id)) await access.mobileApps.addCategory(appId, id);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProblemError)) throw error;
    const names = plan.categories.map(({ name }) => name).join(', ');
    const warning = `Categories (${names}) were not set: ${error.problem.what} Set them on the app’s card.`;
    if (!record.warnings.includes(warning)) await record.warn(warning);
  }
}

function wantedOf({ record, plan }: JobContext, existing: readonly AppAssignment[]) {
  const { template } = made(plan.assignment, 'assignment template');
  const at = new Date(made(record.progress.publishedAt, 'moment of publishing'));
  return mergeAssignments(existing, assignmentsForApp(template, plan.graphType, at).assignments, 'add');
}
