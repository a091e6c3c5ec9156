import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, execute, header, strip, text } from '../../cards/pieces.ts';
import type { Group } from '../../graph/groups/groups.ts';
import type { Problem } from '../../problems/problem.ts';
import { intentNames } from '../../templates/assignment-rules.ts';
import { intents } from '../../templates/assignment-template.ts';
import type { StoredAssignmentTemplate } from './assignment-cards.ts';

export const intentHint =
  'Required installs by itself. Available lets people install it from Company Portal. Uninstall removes it.';

export const intentChoices = intents.map((intent) => ({ title: intentNames[intent], value: intent }));

export interface GroupCard {
  template: StoredAssignmentTemplate;
  where: string;
  connectionId: string;
  values: Readonly<Record<string, string>>;
  /** Undefined before the first search. */
  found?: readonly Group[] | undefined;
  /** Why groups cannot be searched. */
  problem?: Problem | undefined;
  fault?: string | undefined;
}

/** Groups are searched by name; where names cannot be read, by id. */
export function groupCard({ template, where, connectionId, values, found, problem, fault }: GroupCard): Card {
  const data = { template: template.id, revision: template.revision };
  const canAdd = problem !== undefined || (found !== undefined && found.length > 0);
  return card(
    [
      header({ title: 'Add groups', where: `From the directory of ${where}` }),
      fault === undefined ? null : strip('attention', fault),
      textField({
        id: 'words',
        label: 'Search for a group',
        hint: 'The beginning of one or more words of its name.',
        placeholder: 'mobile pilot',
        maxLength: 100,
        value: values.words ?? '',
      }),
      actions([execute('Search', 'assignment.groups', { ...data, searching: true }, { takesInputs: true })]),
      ...(found === undefined ? [] : results(found, values.words ?? '', values.chosen ?? '')),
      ...(problem === undefined ? [] : byId(problem, connectionId, values)),
      ...(canAdd
        ? [
            choiceField({
              id: 'part',
              label: 'Include or exclude',
              hint: 'An excluded group does not get the app, even if its people are in an included one.',
              value: values.part ?? 'include',
              choices: [
                { title: 'Include', value: 'include' },
                { title: 'Exclude', value: 'exclude' },
              ],
            }),
            choiceField({
              id: 'intent',
              label: 'What happens',
              hint: intentHint,
              value: values.intent ?? 'required',
              choices: intentChoices,
            }),
          ]
        : []),
    ],
    [
      canAdd ? execute('Add', 'assignment.add', data, { style: 'positive', takesInputs: true }) : null,
      execute('Back', 'assignment.edit', { template: template.id }),
    ],
  );
}

function results(found: readonly Group[], words: string, chosen: string): CardElement[] {
  if (found.length === 0)
    return [text(`No group found for ${words}. A new group can take some minutes until it is found.`)];
  return [
    {
      type: 'Container',
      items: [
        {
          type: 'Input.ChoiceSet',
          id: 'chosen',
          label: found.length === 1 ? 'One group found' : `${found.length} groups found; choose one or more`,
          style: 'expanded',
          isMultiSelect: true,
          wrap: true,
          value: chosen,
          choices: found.map(({ id, name, description }) => ({
            title: description ? `${name} (${description.slice(0, 60)})` : name,
            value: id,
          })),
        },
      ],
    },
  ];
}

function byId(
  problem: Problem,
  connectionId: string,
  values: Readonly<Record<string, string>>,
): (CardElement | null)[] {
  return [
    strip('warning', 'Groups cannot be searched here'),
    text([problem.what, problem.detail ?? '', 'Until then a group can be named by its object id.'].join(' ')),
    actions([execute('Check permissions', 'permissions.show', { connection: connectionId })]),
    textField({
      id: 'groupId',
      label: 'Object ID of the group',
      hint: 'In the Entra admin center on the group’s Overview page.',
      placeholder: '00000000-0000-0000-0000-000000000000',
      maxLength: 40,
      value: values.groupId ?? '',
    }),
    textField({
      id: 'groupName',
      label: 'Its name, for people',
      hint: 'Only shown here; the id decides.',
      maxLength: 100,
      value: values.groupName ?? '',
    }),
  ];
}

export interface EverybodyCard {
  template: StoredAssignmentTemplate;
  values: Readonly<Record<string, string>>;
  fault?: string | undefined;
}

export function everybodyCard({ template, values, fault }: EverybodyCard): Card {
  return card(
    [
      header({ title: 'Add all users or devices' }),
      fault === undefined ? null : strip('attention', fault),
      choiceField({
        id: 'everybody',
        label: 'Who',
        expanded: true,
        value: values.everybody ?? 'allUsers',
        choices: [
          { title: 'All users with an Intune licence', value: 'allUsers' },
          { title: 'All devices', value: 'allDevices' },
        ],
      }),
      choiceField({
        id: 'intent',
        label: 'What happens',
        hint: `${intentHint} All devices can be required or uninstall.`,
        value: values.intent ?? 'required',
        choices: intentChoices,
      }),
    ],
    [
      execute(
        'Add',
        'assignment.add',
        { template: template.id, revision: template.revision },
        { style: 'positive', takesInputs: true },
      ),
      execute('Back', 'assignment.edit', { template: template.id }),
    ],
  );
}
