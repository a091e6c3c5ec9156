import type { AssignPlan, Intent, TargetChoice } from '../../apps/app-targets.ts';
import type { AppView } from '../../apps/apps.ts';
import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { pager } from '../../cards/pager.ts';
import { actions, card, container, execute, header, notes, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Group } from '../../graph/groups/groups.ts';
import { appHeader, assignmentSentence, targetName } from './app-card.ts';

export const whoTitles: Record<TargetChoice, string> = {
  group: 'A group gets it',
  without: 'A group is left out',
  allUsers: 'All users',
  allDevices: 'All devices',
};

export const intentTitles: Record<Intent, string> = {
  required: 'Required: it is installed',
  available: 'Available: people choose it in Company Portal',
  availableWithoutEnrollment: 'Available without enrollment (Android and iOS)',
  uninstall: 'Uninstall: it is taken away',
};

export interface AssignCard {
  view: AppView;
  values?: { who?: string; words?: string; intent?: string };
  /** Groups that answer to the words, to choose from. */
  groups?: readonly Group[];
  fault?: string;
}

export function assignCard({ view, values = {}, groups, fault }: AssignCard): Card {
  const target = { connection: view.connection.id, app: view.app.id };
  return card(
    [
      appHeader(view),
      fault === undefined ? null : strip('attention', fault),
      choiceField({
        id: 'who',
        label: 'Who',
        value: values.who ?? 'group',
        choices: Object.entries(whoTitles).map(([value, title]) => ({ title, value })),
      }),
      groups === undefined || groups.length === 0
        ? textField({
            id: 'words',
            label: 'Group',
            hint: 'The beginning of its name, or its id. Not needed for all users and all devices.',
            maxLength: 120,
            value: values.words,
          })
        : choiceField({
            id: 'group',
            label: 'Which group?',
            hint: 'Several names answer to what you typed.',
            required: true,
            expanded: true,
            choices: groups.map(({ id, name, description }) => ({
              title: description ? `${name} (${description.slice(0, 60)})` : name,
              value: id,
            })),
          }),
      choiceField({
        id: 'intent',
        label: 'How',
        value: values.intent ?? 'available',
        choices: Object.entries(intentTitles).map(([value, title]) => ({ title, value })),
      }),
      text('You see what would change before anything is written. Other assignments stay.', { subtle: true }),
    ],
    [
      execute('Show what changes', 'app.assign.plan', target, { style: 'positive', takesInputs: true }),
      groups === undefined || groups.length === 0
        ? null
        : execute('Search again', 'app.assign', { ...target, ...values }),
      execute('Cancel', 'app.show', target),
    ],
  );
}

const contradiction =
  'The app is assigned to this group in the opposite way: it gets it here and is left out there. Remove that assignment first.';

export function assignPlanCard({ plan, view, isNew }: { plan: AssignPlan; view: AppView; isNew?: boolean }): Card {
  const { added, changed, kept, contradictions } = plan.difference;
  const groups = named(plan, view);
  const target = { connection: view.connection.id, app: view.app.id };
  const isNothing = added.length + changed.length === 0;
  return card(
    [
      appHeader(view),
      isNew ? strip('warning', 'Somebody changed the assignments meanwhile. Look again') : null,
      container([
        text(isNothing ? 'Nothing would change' : 'What will change', { bold: true }),
        ...added.map((each) => text(`New: ${assignmentSentence(each, groups)}`, { spacing: 'Small' })),
        ...changed.flatMap(({ before, after }) => [
          text(`Until now: ${assignmentSentence(before, groups)}`, { spacing: 'Small' }),
          text(`Then: ${assignmentSentence(after, groups)}`, { spacing: 'Small' }),
        ]),
      ]),
      contradictions.length === 0 ? null : notes([contradiction]),
      kept.length === 0
        ? null
        : text(
            `${kept.length === 1 ? 'One other assignment stays' : `${kept.length} other assignments stay`} as they are.`,
            {
              subtle: true,
            },
          ),
      plan.wanted.intent === 'required' && !isNothing && contradictions.length === 0
        ? text('Required apps are installed without asking, the next time the devices come in.', { subtle: true })
        : null,
    ],
    [
      isNothing ? null : execute('Assign', 'app.assign.confirm', { draft: plan.draftId }, { style: 'positive' }),
      execute('Change', 'app.assign', target),
      execute('Cancel', 'app.show', target),
    ],
  );
}

/** The group that was just looked up is known by name, even where the app was not assigned to it before. */
export function named({ wanted }: Pick<AssignPlan, 'wanted'>, { groups }: AppView): AppView['groups'] {
  if (wanted.group === null) return groups;
  return { ...groups, names: new Map([...groups.names, [wanted.group.id.toLowerCase(), wanted.group.name]]) };
}

const pageSize = 10;

/** To take one away. */
export function targetsCard({ view, page }: { view: AppView; page: number }): Card {
  const { app, connection, groups } = view;
  const target = { connection: connection.id, app: app.id };
  const pages = Math.max(1, Math.ceil(app.assignments.length / pageSize));
  const current = Math.min(Math.max(page, 0), pages - 1);
  return card(
    [
      appHeader(view),
      text('Which assignment is taken away?'),
      ...app.assignments
        .slice(current * pageSize, (current + 1) * pageSize)
        .map((assignment) =>
          container(
            [
              text(assignmentSentence(assignment, groups)),
              actions([execute('Remove…', 'app.unassign', { ...target, assignment: assignment.id })]),
            ],
            { separator: true },
          ),
        ),
      ...pager({ verb: 'app.targets', page: current, pages, back: 'Previous', forth: 'Next', data: target }),
    ],
    [execute('Back', 'app.show', target)],
  );
}

export function confirmUnassignCard({ view, assignmentId }: { view: AppView; assignmentId: string }): Card | null {
  const { app, connection, groups } = view;
  const assignment = app.assignments.find(({ id }) => id === assignmentId);
  if (assignment === undefined) return null;
  const target = { connection: connection.id, app: app.id };
  return card(
    [
      header({ title: `Remove an assignment of ${app.metadata.displayName ?? 'the app'}?`, where: connection.name }),
      text(assignmentSentence(assignment, groups)),
      text(
        `Intune no longer installs or offers it to ${targetName(assignment, groups)}. Whether it is taken off devices that have it depends on the platform and on the assignment.`,
      ),
    ],
    [
      execute('Remove', 'app.unassign.confirm', { ...target, assignment: assignmentId }, { style: 'destructive' }),
      execute('Keep it', 'app.show', target),
    ],
  );
}

export const assignedSentence = (connection: StoredConnection, plan: AssignPlan): string => {
  const { who, group, intent } = plan.wanted;
  const name = group?.name ?? whoTitles[who];
  const how = {
    required: 'required',
    available: 'available',
    availableWithoutEnrollment: 'available without enrollment',
    uninstall: 'to be uninstalled',
  }[intent];
  return who === 'without'
    ? `${name} is left out in ${connection.name}`
    : `Assigned in ${connection.name}: ${name}, ${how}`;
};
