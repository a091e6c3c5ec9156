import { asNewRelation, type NewRelation } from '../../graph/app-relations.ts';
import { makeChange } from '../approval-gate.ts';
import { awaitedApproval } from '../approvals.ts';
import type { Step } from '../job-context.ts';
import { afterRelating } from './after-publishing.ts';
import { appIdOf } from './create-app.ts';

/**
 * Lets the new app supersede the one that the plan names. What others related meanwhile stays. It comes before assigning,
 * so that no device gets the new app beside the old one. Reading, merging and writing again changes nothing, so it needs
 * no memory of its own.
 */
export const relate: Step = async (context) => {
  const { record, plan, access, signal } = context;
  const next = afterRelating(plan);
  if (plan.action.kind !== 'supersede') return next;
  const appId = appIdOf(context);
  const { appId: targetId, how } = plan.action;
  const relations = await access.mobileApps.relations(appId, signal);
  const own = relations.filter(({ isInbound }) => !isInbound).map(asNewRelation);
  if (own.some((relation) => relation.targetId === targetId && relation.how === how)) return next;
  const wanted: NewRelation[] = [
    ...own.filter((relation) => relation.targetId !== targetId),
    { kind: 'supersedence', targetId, how },
  ];
  const isHeld = awaitedApproval(record.progress.approvals)?.change === 'relate';
  const sent = (isHeld ? record.progress.relating : null) ?? wanted;
  if (!isHeld) await record.save({ relating: wanted });
  await makeChange(context, 'relate', (apps) => apps.setRelations(appId, sent));
  await record.save({ relating: null });
  return next;
};
