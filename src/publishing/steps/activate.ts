import type { MobileApps } from '../../graph/mobile-apps.ts';
import { makeChange } from '../approval-gate.ts';
import { type JobContext, made, type Step } from '../job-context.ts';
import { isStop } from '../job-stops.ts';
import { mayHaveHappened } from '../uncertain.ts';
import { appIdOf, largeIcon } from './create-app.ts';

export const activate: Step = async (context) => {
  const { record, access } = context;
  const appId = appIdOf(context);
  const version = made(record.progress.contentVersion, 'content version');
  const current = async () => (await access.mobileApps.get(appId)).committedContentVersion === version;
  // An approved change may have been carried out by Intune itself.
  const mayBeCurrent =
    record.progress.asked === 'activate' || record.progress.approvals.some(({ change }) => change === 'activate');
  if (mayBeCurrent && (await current())) return 'awaitPublished';
  await record.save({ asked: 'activate' }, { unlessCancelled: true });
  try {
    await makeChange(context, 'activate', (apps) => setCurrent(context, apps, appId, version));
  } catch (error) {
    if (isStop(error)) throw error;
    if (!mayHaveHappened(error)) {
      await record.save({ asked: null });
      throw error;
    }
    if (!(await current())) throw error;
  }
  return 'awaitPublished';
};

async function setCurrent({ plan, icon }: JobContext, apps: MobileApps, appId: string, version: string): Promise<void> {
  if (plan.action.kind !== 'newVersion') return apps.activate(appId, plan.graphType, version);
  const { notes, ...properties } = plan.app;
  // One request, so that devices never see new properties with old content. The icon goes along because Intune has
  // dropped it from apps whose update left it out. Empty notes would wipe those that somebody wrote in Intune.
  await apps.update(appId, plan.graphType, {
    ...properties,
    ...(notes ? { notes } : {}),
    ...largeIcon(icon),
    committedContentVersion: version,
  });
}
