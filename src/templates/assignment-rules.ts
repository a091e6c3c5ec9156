import type { AssignmentRow, AssignmentTemplate, Intent, LaterMoment } from './assignment-template.ts';
import { whoName } from './assignment-template.ts';
import { nameFault } from './template-name.ts';

export const intentNames: Readonly<Record<Intent, string>> = {
  required: 'Required',
  available: 'Available',
  availableWithoutEnrollment: 'Available without enrolment',
  uninstall: 'Uninstall',
};

const mostRows = 60;

const isAvailable = (intent: Intent) => intent === 'available' || intent === 'availableWithoutEnrollment';

/** Why a row cannot stand beside the others, as a sentence; null when it can. */
export function conflict(others: readonly AssignmentRow[], row: AssignmentRow): string | null {
  const name = whoName(row.who);
  const twin = others.find((other) => other.key !== row.key && sameWho(other, row));
  if (twin !== undefined && twin.excluded !== row.excluded)
    return `${name} is already ${twin.excluded ? 'excluded' : 'included'}. A group cannot be included and excluded at once.`;
  if (twin !== undefined) return `${name} is already in this template. Intune keeps one assignment for each target.`;
  if (others.filter((other) => other.key !== row.key).length >= mostRows)
    return `A template holds ${mostRows} targets at most. A group of groups keeps it short.`;
  return rowFault(row);
}

function sameWho(one: AssignmentRow, other: AssignmentRow): boolean {
  if (one.who.kind !== 'group' || other.who.kind !== 'group') return one.who.kind === other.who.kind;
  return one.who.id === other.who.id;
}

/** What is wrong within one row. */
export function rowFault({ who, excluded, intent, filter, settings }: AssignmentRow): string | null {
  if (excluded) {
    if (who.kind !== 'group') return 'Only groups can be excluded.';
    if (filter !== null) return 'An exclusion carries no filter: put the filter on what is included.';
    if (Object.entries(settings).some(([name, value]) => name !== 'timeZone' && value !== null))
      return 'An exclusion carries no settings: put them on what is included.';
    return null;
  }
  if (who.kind === 'allDevices' && isAvailable(intent))
    return 'Apps are made available to users. All devices can be required or uninstall.';
  const { available, deadline, restart } = settings;
  if (deadline !== null && isAvailable(intent))
    return 'A deadline takes an app that is required or uninstalled: what is available, people install when they like.';
  if (available !== null && deadline !== null && order(deadline) < order(available))
    return 'The deadline is before the app becomes available.';
  if (restart !== null && restart.countdownMinutes > restart.graceMinutes)
    return 'The countdown before a restart is longer than the grace period.';
  if (restart?.snoozeMinutes != null && restart.snoozeMinutes >= restart.graceMinutes)
    return 'A restart cannot be put off longer than the grace period.';
  if (settings.updatesSuperseded === true && intent !== 'available')
    return 'Updating superseded apps by itself goes with apps that are available; required ones update anyway.';
  if (settings.deviceContext === true && isAvailable(intent))
    return 'Installing for the device goes with apps that are required: available ones install for the user.';
  return null;
}

const order = ({ days, time }: LaterMoment) => `${String(days).padStart(3, '0')} ${time}`;

/** Why a template cannot be saved; empty when it can. */
export function templateFaults({ name, rows }: AssignmentTemplate): string[] {
  const faults: string[] = [];
  const wrongName = nameFault(name);
  if (wrongName !== null) faults.push(wrongName);
  for (const [index, row] of rows.entries()) {
    const found = conflict(rows.slice(0, index), row);
    if (found !== null) faults.push(`${whoName(row.who)}: ${found}`);
  }
  if (!rows.some((row) => !row.excluded))
    faults.push(
      rows.length === 0 ? 'Add somebody who gets the app.' : 'Only exclusions: add somebody who gets the app.',
    );
  return faults;
}
