import { conflict } from './assignment-rules.ts';
import {
  type AssignmentRow,
  type AssignmentTemplate,
  type Intent,
  noSettings,
  type Who,
} from './assignment-template.ts';

export interface NewTarget {
  who: Who;
  excluded: boolean;
  intent: Intent;
}

/** Adds what fits; the reasons for what does not are sentences. */
export function withTargets(
  template: AssignmentTemplate,
  targets: readonly NewTarget[],
): { template: AssignmentTemplate; refused: string[] } {
  let changed = template;
  const refused: string[] = [];
  for (const target of targets) {
    const row: AssignmentRow = { key: String(changed.nextKey), ...target, filter: null, settings: noSettings };
    const reason = conflict(changed.rows, row);
    if (reason === null) changed = { ...changed, rows: [...changed.rows, row], nextKey: changed.nextKey + 1 };
    else refused.push(reason);
  }
  return { template: changed, refused };
}

/** Null when the row is not there any more. */
export function withRow(
  template: AssignmentTemplate,
  key: string,
  change: (row: AssignmentRow) => AssignmentRow,
): { template: AssignmentTemplate } | { refused: string } | null {
  const before = template.rows.find((row) => row.key === key);
  if (before === undefined) return null;
  const after = change(before);
  const refused = conflict(template.rows, after);
  if (refused !== null) return { refused };
  return { template: { ...template, rows: template.rows.map((row) => (row.key === key ? after : row)) } };
}

export const withoutRow = (template: AssignmentTemplate, key: string): AssignmentTemplate => ({
  ...template,
  rows: template.rows.filter((row) => row.key !== key),
});
