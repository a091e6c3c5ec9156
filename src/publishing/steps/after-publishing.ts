import type { StepName } from '../job-progress.ts';
import type { PublishPlan } from '../plan.ts';

/** What is left to do once Intune has published the app. */
export const afterPublishing = (plan: PublishPlan): StepName | 'done' =>
  plan.action.kind === 'supersede' ? 'relate' : afterRelating(plan);

export const afterRelating = ({ assignment, categories }: PublishPlan): StepName | 'done' =>
  assignment === null && categories.length === 0 ? 'done' : 'assign';
