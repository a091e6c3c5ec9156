import { ProblemError } from '../../problems/problem.ts';
import type { Step } from '../job-context.ts';
import { poll } from '../poll.ts';
import { isNotFound } from '../uncertain.ts';
import { getFile, startOver } from './start-over.ts';

const limitMs = 10 * 60_000;
/** Intune reads everything again, so large content takes longer. */
const limitMsPerGibibyte = 2 * 60_000;
/** New content versions after a refused one. */
const mostNewVersions = 2;

export const awaitCommit: Step = async (context) => {
  const { record, clock, signal } = context;
  const state = await poll<'taken' | 'refused' | 'gone'>(
    async () => {
      try {
        const file = await getFile(context);
        if (file.isCommitted || file.uploadState === 'commitFileSuccess') return 'taken';
        return /^commitFile(Failed|TimedOut)$|^error$/.test(file.uploadState) ? 'refused' : null;
      } catch (error) {
        if (isNotFound(error)) return 'gone';
        throw error;
      }
    },
    {
      clock,
      signal,
      limitMs: limitMs + (record.progress.sizeEncrypted / 1024 ** 3) * limitMsPerGibibyte,
      timedOut: () => new ProblemError('commitTimedOut'),
    },
  );
  if (state === 'taken') return 'activate';
  if (state === 'refused') {
    const refusedCommits = record.progress.refusedCommits + 1;
    await record.save({ refusedCommits });
    // A refusal is final for the file; the same content under a new version may pass.
    if (refusedCommits > mostNewVersions) throw new ProblemError('commitFailed');
  }
  return startOver(context);
};
