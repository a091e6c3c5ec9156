import { ProblemError } from '../../problems/problem.ts';
import { makeChange } from '../approval-gate.ts';
import type { JobContext, Step } from '../job-context.ts';
import { mayHaveHappened } from '../uncertain.ts';
import { appIdOf } from './create-app.ts';
import { keepOrTakeBack } from './keep-or-take-back.ts';

const refusedCodes: ReadonlySet<string> = new Set(['graphRequestRefused', 'graphConflict']);

export const createContentVersion: Step = async (context) => {
  const { record, plan, access } = context;
  const appId = appIdOf(context);
  if (record.progress.contentVersion !== null) return 'createFile';
  if (record.progress.asked === 'createContentVersion' && (await adoptCreatedVersion(context))) return 'createFile';
  const versionsBefore =
    record.progress.versionsBefore ?? (await access.mobileApps.contentVersions(appId, plan.graphType, context.signal));
  await record.save({ asked: 'createContentVersion', versionsBefore });
  try {
    const { id } = await makeChange(context, 'createContentVersion', (apps) =>
      apps.createContentVersion(appId, plan.graphType),
    );
    await keepOrTakeBack(context, {
      id,
      keep: () => record.save({ contentVersion: id, asked: null }),
      inUse: (elsewhere) => elsewhere.contentVersion,
      takeBack: () => access.mobileApps.removeContentVersion(appId, plan.graphType, id),
    });
  } catch (error) {
    if (!mayHaveHappened(error)) await record.save({ asked: null });
    if (error instanceof ProblemError && refusedCodes.has(error.problem.code)) throw refused(error, versionsBefore);
    throw error;
  }
  return 'createFile';
};

/** A version that was not there before this job asked for one is its own. */
export async function adoptCreatedVersion(context: JobContext): Promise<boolean> {
  const { record, plan, access } = context;
  const before = new Set(record.progress.versionsBefore ?? []);
  const versions = await access.mobileApps.contentVersions(appIdOf(context), plan.graphType);
  const [own] = versions.filter((version) => !before.has(version));
  if (own === undefined) return false;
  await record.save({ contentVersion: own, asked: null });
  return true;
}

/** Intune keeps one uncommitted version for each app; it refuses a second. */
function refused(error: ProblemError, versionsBefore: readonly string[]): ProblemError {
  if (versionsBefore.length === 0) return error;
  return new ProblemError('otherVersionUnfinished', {
    cause: error,
    ...(error.problem.ids === undefined ? {} : { ids: error.problem.ids }),
  });
}
