import { ProblemError } from '../../problems/problem.ts';
import { makeChange } from '../approval-gate.ts';
import { contentName } from '../job-content.ts';
import { made, type Step } from '../job-context.ts';
import { poll } from '../poll.ts';
import { isNotFound, mayHaveHappened } from '../uncertain.ts';
import { appIdOf } from './create-app.ts';
import { startOver } from './start-over.ts';

export const createFile: Step = async (context) => {
  const { record, plan, clock, signal } = context;
  const { progress } = record;
  if (progress.fileId !== null) return 'awaitUploadUri';
  // A version may hold several files, and there is no telling which one a lost answer meant: begin with a new version.
  if (progress.asked === 'createFile') return startOver(context);
  const appId = appIdOf(context);
  const version = made(progress.contentVersion, 'content version');
  const file = {
    name: contentName(plan),
    size: plan.size,
    sizeEncrypted: progress.sizeEncrypted,
    manifest: plan.manifest,
  };
  await record.save({ asked: 'createFile' });
  try {
    const created = await poll(
      async () => {
        try {
          return await makeChange(context, 'createFile', (apps) =>
            apps.createFile(appId, plan.graphType, version, file),
          );
        } catch (error) {
          // A new content version is not known everywhere at once.
          if (isNotFound(error)) return null;
          throw error;
        }
      },
      { clock, signal, limitMs: 120_000, timedOut: () => new ProblemError('graphNotReadyYet') },
    );
    await record.save({ fileId: created.id, asked: null });
  } catch (error) {
    if (!mayHaveHappened(error)) await record.save({ asked: null });
    throw error;
  }
  return 'awaitUploadUri';
};
