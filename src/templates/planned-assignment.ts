import { z } from 'zod';
import { assignmentTemplate } from './assignment-template.ts';

const changeOfApp = z.object({
  appId: z.string(),
  /** What is written, one line for each target: `Required: Mobile pilot`. */
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  /** How many assignments of others stay as they are. */
  kept: z.number(),
  /** What the template wants and the app says the opposite of; not done. */
  contradictions: z.array(z.string()),
  /** Stands for the assignments that the difference was made of. */
  trace: z.string(),
});
export type ChangeOfApp = z.infer<typeof changeOfApp>;

/** What using a template does, as a plan shows it and a job carries it out. */
export const plannedAssignment = z.object({
  templateId: z.string(),
  /** As it was when the plan was made: a later change of the template does not change what was confirmed. */
  template: assignmentTemplate,
  /** One line for each target. */
  targets: z.array(z.string()),
  /** Settings that this type of app does not have, as sentences. */
  leftOut: z.array(z.string()),
  /** For apps that are there already. */
  changes: z.array(changeOfApp),
});
export type PlannedAssignment = z.infer<typeof plannedAssignment>;
