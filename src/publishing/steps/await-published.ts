import { ProblemError } from '../../problems/problem.ts';
import type { Step } from '../job-context.ts';
import { poll } from '../poll.ts';
import { afterPublishing } from './after-publishing.ts';
import { appIdOf } from './create-app.ts';

const limitMs = 10 * 60_000;

export const awaitPublished: Step = async (context) => {
  const { record, plan, access, clock, signal } = context;
  const appId = appIdOf(context);
  await poll(
    async () => {
      const app = await access.mobileApps.get(appId, signal);
      const isCurrent = app.committedContentVersion === record.progress.contentVersion;
      return isCurrent && app.publishingState === 'published' ? app : null;
    },
    { clock, signal, limitMs, timedOut: () => new ProblemError('publishTimedOut') },
  );
  // Only a sentence on the card depends on it: whatever goes wrong here, the app is published.
  const assignments = await access.mobileApps.countAssignments(appId, signal).catch(() => null);
  signal.throwIfAborted();
  await record.save({ assignments, publishedAt: new Date(clock.now()).toISOString() });
  return afterPublishing(plan);
};
