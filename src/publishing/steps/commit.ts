import type { FileEncryptionInfo } from '../../graph/mobile-apps.ts';
import { ProblemError } from '../../problems/problem.ts';
import { makeChange } from '../approval-gate.ts';
import { type JobContext, made, type Step } from '../job-context.ts';
import { isStop } from '../job-stops.ts';
import { filePlace, getFile, startOver } from './start-over.ts';

/** Intune sometimes fails a commit that follows the block list at once; only after such a failure is it worth waiting. */
const pauseAfterRefusalMs = 5_000;
const reconcilePausesMs = [0, 1_000, 2_000, 4_000];
const heldCodes: ReadonlySet<string> = new Set(['approvalRequired', 'approvalPending', 'approvalJustificationMissing']);

export const commit: Step = async (context) => {
  const { record, plan, clock, signal } = context;
  if (record.progress.asked === 'commit' && (await wasTaken(context, [0]))) return 'awaitCommit';
  if (record.progress.refusedCommits > 0) await clock.sleep(pauseAfterRefusalMs, signal);
  const info = await encryptionInfo(context);
  if (info === null) return startOver(context);
  const { appId, version, fileId } = filePlace(context);
  await record.save({ asked: 'commit' });
  try {
    await makeChange(context, 'commit', (apps) => apps.commitFile(appId, plan.graphType, version, fileId, info));
  } catch (error) {
    if (isStop(error)) throw error;
    if (error instanceof ProblemError && heldCodes.has(error.problem.code)) throw error;
    // The answer may be an error although the commit was taken.
    if (!(await wasTaken(context, reconcilePausesMs))) throw error;
  }
  await record.save({ asked: null });
  return 'awaitCommit';
};

/** Whether the file has left the state in which it only has an address. */
async function wasTaken(context: JobContext, pausesMs: readonly number[]): Promise<boolean> {
  for (const pause of pausesMs) {
    if (pause > 0) await context.clock.sleep(pause, context.signal);
    const file = await getFile(context);
    if (file.isCommitted || file.uploadState.startsWith('commitFile')) return true;
  }
  return false;
}

/** Null where the keys cannot be opened any more; what they encrypted is worthless then. */
async function encryptionInfo(context: JobContext): Promise<FileEncryptionInfo | null> {
  const { record } = context;
  const { mac, fileDigest } = made(record.progress.seal, 'seal');
  const keys = await record.keysFor(filePlace(context).fileId);
  if (keys === null) return null;
  return {
    encryptionKey: keys.encryptionKey.toString('base64'),
    macKey: keys.macKey.toString('base64'),
    initializationVector: keys.initializationVector.toString('base64'),
    mac,
    profileIdentifier: 'ProfileVersion1',
    fileDigest,
    fileDigestAlgorithm: 'SHA256',
  };
}
