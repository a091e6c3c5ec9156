import { ProblemError } from '../../problems/problem.ts';
import { type JobContext, made, type Step } from '../job-context.ts';
import { noVersion } from '../job-progress.ts';
import { appIdOf } from './create-app.ts';

/** Intune does not let the version go, and will not do so later. */
const refusedCodes: ReadonlySet<string> = new Set([
  'graphRequestRefused',
  'graphConflict',
  'graphForbidden',
  'approvalRequired',
  'approvalPending',
  'approvalJustificationMissing',
]);

/**
 * Deletes the job's own content version, which was never active, and goes on with a new one; with a new file in the same
 * version where Intune does not let the version go.
 */
export async function startOver(context: JobContext): Promise<Awaited<ReturnType<Step>>> {
  const { record, plan, access } = context;
  const { contentVersion } = record.progress;
  context.grant = null;
  try {
    if (contentVersion !== null)
      await access.mobileApps.removeContentVersion(appIdOf(context), plan.graphType, contentVersion);
  } catch (error) {
    if (!(error instanceof ProblemError) || !refusedCodes.has(error.problem.code)) throw error;
    await record.forgetContent({ ...noVersion, contentVersion }, 'createFile');
    return 'createFile';
  }
  await record.forgetContent(noVersion, 'createContentVersion');
  return 'createContentVersion';
}

export interface FilePlace {
  appId: string;
  version: string;
  fileId: string;
}

export function filePlace(context: JobContext): FilePlace {
  const { progress } = context.record;
  return {
    appId: appIdOf(context),
    version: made(progress.contentVersion, 'content version'),
    fileId: made(progress.fileId, 'content file'),
  };
}

export function getFile(context: JobContext, signal: AbortSignal = context.signal) {
  const { appId, version, fileId } = filePlace(context);
  return context.access.mobileApps.getFile(appId, context.plan.graphType, version, fileId, signal);
}
