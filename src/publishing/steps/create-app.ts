import type { NewMobileApp } from '../../graph/mobile-apps.ts';
import { makeChange } from '../approval-gate.ts';
import { type JobContext, made, type Step } from '../job-context.ts';
import { mayHaveHappened } from '../uncertain.ts';
import { keepOrTakeBack } from './keep-or-take-back.ts';

/** A new app may take a while to appear in listings. */
const lookUpPausesMs = [0, 1_000, 2_000, 5_000, 8_000];

export const createApp: Step = async (context) => {
  const { record, plan, access } = context;
  const { progress } = record;
  if (progress.appId !== null) return 'createContentVersion';
  if (plan.action.kind === 'newVersion') {
    await record.save({ appId: plan.action.appId, ownApp: false });
    return 'createContentVersion';
  }
  const isRepeat = progress.asked === 'createApp';
  if (isRepeat && (await adoptCreatedApp(context))) return 'createContentVersion';
  await record.save({ asked: 'createApp' });
  try {
    // Without the signal: a create that was begun is worth its answer.
    const { id } = await makeChange(context, 'createApp', (apps) => apps.create(appBody(context)), { isRepeat });
    await keepOrTakeBack(context, {
      id,
      keep: () => record.save({ appId: id, ownApp: true, asked: null }),
      inUse: (elsewhere) => elsewhere.appId,
      takeBack: () => access.mobileApps.remove(id),
    });
  } catch (error) {
    if (!mayHaveHappened(error)) await record.save({ asked: null });
    throw error;
  }
  return 'createContentVersion';
};

/** Whether a create without an answer happened: the job's marker stands in the app's notes then. */
export async function adoptCreatedApp({ record, plan, access, clock }: JobContext): Promise<boolean> {
  for (const pause of lookUpPausesMs) {
    if (pause > 0) await clock.sleep(pause);
    const app = await access.mobileApps.findByMarker(plan.displayName, record.progress.marker);
    if (app === null) continue;
    await record.save({ appId: app.id, ownApp: true, asked: null });
    return true;
  }
  return false;
}

function appBody({ plan, icon, record }: JobContext): NewMobileApp {
  const notes = typeof plan.app.notes === 'string' ? plan.app.notes : '';
  return {
    ...plan.app,
    '@odata.type': `#microsoft.graph.${plan.graphType}`,
    displayName: plan.displayName,
    notes: notes === '' ? record.progress.marker : `${notes}\n\n${record.progress.marker}`,
    ...largeIcon(icon),
  };
}

export function largeIcon(icon: JobContext['icon']): Record<string, unknown> {
  if (icon === null) return {};
  return { largeIcon: { '@odata.type': '#microsoft.graph.mimeContent', type: icon.mimeType, value: icon.base64 } };
}

export function appIdOf({ record }: JobContext): string {
  return made(record.progress.appId, 'app id');
}
