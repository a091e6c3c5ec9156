import { type JobContext, made, type Step } from '../job-context.ts';
import { mayHaveHappened } from '../uncertain.ts';
import { appIdOf, largeIcon } from './create-app.ts';

export const activate: Step = async (context) => {
  const { record, access } = context;
  const appId = appIdOf(context);
  const version = made(record.progress.contentVersion, 'content version');
  const current = async () => (await access.mobileApps.get(appId)).committedContentVersion === version;
  if (record.progress.asked === 'activate' && (await current())) return 'awaitPublished';
  await record.save({ asked: 'activate' }, { unlessCancelled: true });
  try {
    await setCurrent(context, appId, version);
  } catch (error) {
    if (!mayHaveHappened(error)) {
      await record.save({ asked: null });
      throw error;
    }
    if (!(await current())) throw error;
  }
  return 'awaitPublished';
};

async function setCurrent({ access, plan, icon }: JobContext, appId: string, version: string): Promise<void> {
  if (plan.action.kind === 'create') return access.mobileApps.activate(appId, plan.graphType, version);
  const { notes, ...properties } = plan.app;
  // One request, so that devices never see new properties with old content. The icon goes along because Intune has
  // dropped it from apps whose update left it out. Empty notes would wipe those that somebody wrote in Intune.
  await access.mobileApps.update(appId, plan.graphType, {
    ...properties,
    ...(notes ? { notes } : {}),
    ...largeIcon(icon),
    committedContentVersion: version,
  });
}
