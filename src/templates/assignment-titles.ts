import { type AppAssignment, typeName } from '../graph/app-assignments.ts';
import { intentNames } from './assignment-rules.ts';
import { type AssignmentRow, type AssignmentTemplate, whoName } from './assignment-template.ts';

/** `Required: Mobile pilot` */
export const rowTitle = (row: AssignmentRow): string =>
  `${intentNames[row.intent]}: ${row.excluded ? 'not ' : ''}${whoName(row.who)}`;

/** How Intune's own assignments are told; groups by the names that the template knows. */
export function assignmentTitle({ intent, target }: AppAssignment, { rows }: AssignmentTemplate): string {
  const how = intentNames[intent as keyof typeof intentNames] ?? intent;
  const kind = typeName(target);
  const { groupId } = target;
  if (typeof groupId === 'string') {
    const row = rows.find(({ who }) => who.kind === 'group' && who.id === groupId.toLowerCase());
    const name = row === undefined ? `group ${groupId}` : whoName(row.who);
    return `${how}: ${kind === 'exclusionGroupAssignmentTarget' ? 'not ' : ''}${name}`;
  }
  if (kind === 'allDevicesAssignmentTarget') return `${how}: All devices`;
  return kind === 'allLicensedUsersAssignmentTarget' ? `${how}: All users` : `${how}: another kind of target`;
}
