import type { JobContext } from '../job-context.ts';
import type { JobProgress } from '../job-progress.ts';
import { Superseded } from '../job-stops.ts';

/**
 * A worker that was held up may learn only after a create that another one has taken the job and made its own. What the
 * late one made is then of no use to anybody, and nobody else knows of it.
 */
export async function keepOrTakeBack(
  { record, log }: JobContext,
  made: {
    id: string;
    keep: () => Promise<void>;
    inUse: (progress: JobProgress) => string | null;
    takeBack: () => Promise<void>;
  },
): Promise<void> {
  try {
    await made.keep();
  } catch (error) {
    if (error instanceof Superseded) {
      const elsewhere = await record.elsewhere();
      const inUse = elsewhere === null ? null : made.inUse(elsewhere.progress);
      // Where nothing is in use yet, the other worker still looks for what this one made.
      if (inUse !== made.id && (inUse !== null || elsewhere?.isDone !== false)) await made.takeBack();
      log.warn({ jobId: record.id }, 'a worker created something after it had lost its job');
    }
    throw error;
  }
}
