import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, execute, header, strip, text } from '../../cards/pieces.ts';
import type { AssignmentFilter } from '../../graph/groups/assignment-filters.ts';
import type { AssignmentRow } from '../../templates/assignment-template.ts';
import { whoName } from '../../templates/assignment-template.ts';
import { type RowFaults, type RowPart, type RowValues, unset } from '../../templates/row-form.ts';
import type { Listed } from '../../templates/tenant-lists.ts';
import type { StoredAssignmentTemplate } from './assignment-cards.ts';
import { intentChoices, intentHint } from './target-cards.ts';

export interface RowCard {
  template: StoredAssignmentTemplate;
  row: AssignmentRow;
  part: RowPart;
  values: RowValues;
  /** Only for the basics. */
  filters?: Listed<AssignmentFilter>;
  connectionId: string;
  faults?: RowFaults;
  /** Why the row cannot be as it was typed. */
  fault?: string | undefined;
}

const titles: Readonly<Record<RowPart, string>> = {
  basics: 'What happens',
  windows: 'Windows apps',
  apple: 'iPhone, iPad and Mac apps',
};

/** One part of a row: a phone shows few fields at a time. */
export function rowCard(view: RowCard): Card {
  const { template, row, part, faults = {}, fault } = view;
  const count = Object.keys(faults).length;
  const data = { template: template.id, revision: template.revision, row: row.key };
  // What was typed is kept on the way to another part.
  const other = (to: RowPart) =>
    execute(titles[to], 'assignment.keepRow', { ...data, part, next: to }, { takesInputs: true });
  return card(
    [
      header({ title: whoName(row.who), where: titles[part] }),
      fault === undefined && count === 0
        ? null
        : strip('attention', fault ?? (count === 1 ? 'One field needs a change' : `${count} fields need a change`)),
      ...fields(view),
    ],
    [
      execute('Keep', 'assignment.keepRow', { ...data, part }, { style: 'positive', takesInputs: true }),
      part === 'windows' ? other('basics') : other('windows'),
      part === 'apple' ? other('basics') : other('apple'),
      execute('Back', 'assignment.edit', { template: template.id }),
    ],
  );
}

function fields(view: RowCard): (CardElement | null)[] {
  switch (view.part) {
    case 'basics':
      return basics(view);
    case 'windows':
      return windows(view);
    case 'apple':
      return apple(view);
  }
}

const mostFilters = 60;

function basics({ values, faults = {}, filters, row, connectionId }: RowCard): (CardElement | null)[] {
  const known = filters !== undefined && 'found' in filters ? filters.found : [];
  const kept =
    row.filter === null || known.some(({ id }) => id === row.filter?.id)
      ? []
      : [{ id: row.filter.id, name: row.filter.name, platform: row.filter.platform, rule: '' }];
  const problem = filters !== undefined && 'problem' in filters ? filters.problem : null;
  return [
    choiceField({
      id: 'intent',
      label: 'What happens',
      hint: intentHint,
      value: values.intent ?? 'required',
      choices: intentChoices,
      error: faults.intent,
    }),
    choiceField({
      id: 'filter',
      label: 'Assignment filter',
      hint: 'Narrows it to some devices. A filter is for one platform and fits apps of that platform only.',
      value: values.filter ?? unset,
      choices: [
        { title: 'No filter', value: unset },
        ...[...kept, ...known].slice(0, mostFilters).map(({ id, name, platform }) => ({
          title: `${name} (${platform})`,
          value: id,
        })),
      ],
      error: faults.filter,
    }),
    choiceField({
      id: 'filterMode',
      label: 'Devices that match the filter',
      value: values.filterMode ?? 'include',
      choices: [
        { title: 'Get the app', value: 'include' },
        { title: 'Do not get it', value: 'exclude' },
      ],
    }),
    problem === null
      ? null
      : text(`! The filters of the tenant cannot be read: ${problem.what} ${problem.detail ?? ''}`, { small: true }),
    problem === null ? null : actions([execute('Check permissions', 'permissions.show', { connection: connectionId })]),
  ];
}

const asIntune = { title: 'As Intune does it', value: unset };

function windows({ values, faults = {} }: RowCard): CardElement[] {
  const short = (id: string, label: string, hint: string, placeholder = '') =>
    textField({ id, label, hint, placeholder, maxLength: 40, value: values[id] ?? '', error: faults[id] });
  return [
    text('Win32 apps have all of these, Store apps and AppX packages some; the plan says what is left out.', {
      subtle: true,
      small: true,
    }),
    short('availableDays', 'Available: days after publishing', 'Empty: at once.', '0'),
    short('availableTime', 'Available: at', 'The time of day, for example 09:00.', '09:00'),
    short('deadlineDays', 'Deadline: days after publishing', 'Empty: as soon as possible.', '3'),
    short('deadlineTime', 'Deadline: at', 'The time of day.', '18:00'),
    short('timeZone', 'Time zone', 'device, or a zone such as Europe/Berlin.', 'device'),
    choiceField({
      id: 'notifications',
      label: 'Notifications',
      value: values.notifications ?? unset,
      choices: [
        asIntune,
        { title: 'Show all', value: 'showAll' },
        { title: 'Only for restarts', value: 'showReboot' },
        { title: 'Show none', value: 'hideAll' },
      ],
    }),
    choiceField({
      id: 'delivery',
      label: 'Download',
      value: values.delivery ?? unset,
      choices: [
        asIntune,
        { title: 'In the background', value: 'notConfigured' },
        { title: 'In the foreground, faster', value: 'foreground' },
      ],
    }),
    short('grace', 'Restart: minutes of grace', '1 to 20,160 (two weeks). Empty: as Intune does it.', '1440'),
    short('countdown', 'Restart: minutes the countdown is shown', '1 to 240.', '15'),
    short('snooze', 'Restart: minutes it can be put off', '1 to 712. Empty: it cannot.', '240'),
    choiceField({
      id: 'superseded',
      label: 'Update superseded apps by itself',
      hint: 'For apps that are available.',
      value: values.superseded ?? unset,
      choices: [asIntune, { title: 'Yes', value: 'yes' }, { title: 'No', value: 'no' }],
    }),
    choiceField({
      id: 'deviceContext',
      label: 'AppX packages install for',
      value: values.deviceContext ?? unset,
      choices: [asIntune, { title: 'The device', value: 'yes' }, { title: 'The user', value: 'no' }],
    }),
  ];
}

function apple({ values }: RowCard): CardElement[] {
  const choice = (id: string, label: string, hint: string, yes: string, no: string) =>
    choiceField({
      id,
      label,
      hint,
      value: values[id] ?? unset,
      choices: [asIntune, { title: yes, value: 'yes' }, { title: no, value: 'no' }],
    });
  return [
    choice(
      'uninstallOnRemoval',
      'When the device leaves Intune',
      'iPhone, iPad, and Mac apps that Intune manages.',
      'The app is removed',
      'The app stays',
    ),
    choice('removable', 'May people remove it', 'iPhone and iPad.', 'Yes', 'No'),
    choice('preventBackup', 'Backups to iCloud', 'iPhone and iPad.', 'Leave the app out', 'Keep it in'),
  ];
}
