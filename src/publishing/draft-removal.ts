import type { JobContext } from './job-context.ts';
import { adoptCreatedApp } from './steps/create-app.ts';
import { adoptCreatedVersion } from './steps/create-content-version.ts';
import { isNotFound } from './uncertain.ts';

/**
 * Removes what this job made and nobody uses yet: its own app, or its own content version of somebody else's app. What
 * is active stays.
 */
export async function removeDraft(context: JobContext): Promise<void> {
  const { record, plan, access } = context;
  const { mobileApps } = access;
  if (record.progress.asked === 'createApp' && record.progress.appId === null) await adoptCreatedApp(context);
  const { appId, ownApp } = record.progress;
  if (appId === null) return;
  let active: string | null;
  try {
    active = (await mobileApps.get(appId)).committedContentVersion;
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  if (ownApp) {
    if (active === null || active === '') await mobileApps.remove(appId);
    return;
  }
  if (record.progress.asked === 'createContentVersion' && record.progress.contentVersion === null)
    await adoptCreatedVersion(context);
  const { contentVersion } = record.progress;
  if (contentVersion !== null && contentVersion !== active)
    await mobileApps.removeContentVersion(appId, plan.graphType, contentVersion);
}
