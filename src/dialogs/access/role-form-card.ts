import type { OwnRole } from '../../access/own-roles.ts';
import { builtInRoles, type HolderKind } from '../../access/roles.ts';
import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, personField, textField } from '../../cards/inputs.ts';
import { card, execute, header, strip, text } from '../../cards/pieces.ts';
import { roleWords } from './role-words.ts';

export interface RoleFormValues {
  role?: string | undefined;
  person?: string | undefined;
  group?: string | undefined;
  connection?: string | undefined;
}

export interface RoleFormCard {
  to: HolderKind;
  ownRoles: readonly OwnRole[];
  /** People to choose from where the client knows no others. */
  people: readonly { name: string; objectId: string }[];
  /** Connections to the home tenant, through which groups can be read. */
  connections: readonly { id: string; name: string }[];
  values?: RoleFormValues;
  faults?: { role?: string; person?: string; group?: string; connection?: string; form?: string };
  /** Groups that fit what was typed, to choose from. */
  found?: readonly { id: string; name: string; description: string | null }[];
  /** Whose role is changed. */
  changing?: { holder: string; name: string };
}

const shownPeople = 20;

const titles: Record<HolderKind, string> = {
  person: 'Name a person',
  everybody: 'A role for everybody',
  group: 'A role for a group',
};

export function roleFormCard(form: RoleFormCard): Card {
  const { to, values = {}, faults = {}, changing, connections, found = [] } = form;
  const wrong = Object.keys(faults).length;
  const mayAsk = to !== 'group' || changing !== undefined || connections.length > 0;
  return card(
    [
      header({ title: changing === undefined ? titles[to] : `Change the role of ${changing.name}` }),
      wrong === 0 ? null : strip('attention', faults.form ?? 'One field needs a change'),
      ...(changing === undefined ? holderFields(form) : []),
      mayAsk ? roleField(form) : null,
    ],
    [
      mayAsk
        ? execute(
            changing === undefined ? 'Give the role' : 'Change',
            'access.give.save',
            { to, ...(changing === undefined ? {} : { holder: changing.holder }) },
            { style: 'positive', takesInputs: true },
          )
        : execute('Connect to Intune', 'connection.form'),
      found.length === 0 ? null : execute('Search again', 'access.give', { to, ...values }),
      execute('Cancel', 'access.roles'),
    ],
  );
}

function holderFields({ to, people, connections, values = {}, faults = {}, found = [] }: RoleFormCard): CardElement[] {
  switch (to) {
    case 'person':
      return [
        personField({
          id: 'person',
          label: 'Person',
          hint: 'Start typing a name. Where your client shows no names, type roles publisher @name instead.',
          required: true,
          value: values.person,
          known: people.slice(0, shownPeople).map(({ name, objectId }) => ({ title: name, value: objectId })),
          error: faults.person,
        }),
      ];
    case 'everybody':
      return [
        text(
          'Everybody who is a member here gets it, also those who come later. Guests and people of other organisations do not.',
        ),
      ];
    case 'group':
      return connections.length === 0
        ? [
            text(
              'Groups are read through a connection to your own organisation’s tenant, and there is none here yet. Its app registration needs the permission GroupMember.Read.All.',
            ),
          ]
        : groupFields(connections, values, faults, found);
  }
}

function groupFields(
  connections: RoleFormCard['connections'],
  values: NonNullable<RoleFormCard['values']>,
  faults: NonNullable<RoleFormCard['faults']>,
  found: NonNullable<RoleFormCard['found']>,
): CardElement[] {
  return [
    text('Who is in the group, or in a group inside it, has the role. I ask Entra every five minutes.'),
    choiceField({
      id: 'connection',
      label: 'Read it through',
      hint: 'A connection whose app registration has GroupMember.Read.All.',
      required: true,
      value: values.connection ?? connections[0]?.id,
      choices: connections.map(({ id, name }) => ({ title: name, value: id })),
      error: faults.connection,
    }),
    found.length === 0
      ? textField({
          id: 'group',
          label: 'Group',
          hint: 'The beginning of its name, or its object ID.',
          required: true,
          maxLength: 120,
          value: values.group,
          error: faults.group,
        })
      : choiceField({
          id: 'group',
          label: 'Group',
          hint: 'Several groups fit. Choose one.',
          required: true,
          expanded: true,
          choices: found.map(({ id, name, description }) => ({
            title: description === null || description === '' ? name : `${name}: ${description}`,
            value: id,
          })),
          error: faults.group,
        }),
  ];
}

function roleField({ ownRoles, values = {}, faults = {}, to }: RoleFormCard): CardElement {
  return choiceField({
    id: 'role',
    label: 'Role',
    required: true,
    expanded: true,
    value: values.role ?? 'publisher',
    choices: [
      // Everybody looks anyway.
      ...builtInRoles
        .filter((role) => role !== 'viewer' || to !== 'everybody')
        .map((role) => ({ title: `${role}: ${roleWords[role]}`, value: role })),
      ...ownRoles.map(({ id, name }) => ({ title: `${name} (own role)`, value: id })),
    ],
    error: faults.role,
  });
}
