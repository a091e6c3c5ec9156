import { grantablePermissions, type OwnRole } from '../../access/own-roles.ts';
import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, footer, header, strip, text } from '../../cards/pieces.ts';
import { permissionWords } from './role-words.ts';

const names = (list: readonly string[]) =>
  list.length === 0 ? 'Nobody holds it' : `Held by ${list.slice(0, 10).join(', ')}`;

/** Each row carries two buttons with their fallbacks. */
const shownRoles = 10;

export function ownRolesCard(roles: readonly OwnRole[], said?: string): Card {
  return card(
    [
      header({ title: 'Own roles', where: 'A name and the permissions you choose for it' }),
      said === undefined ? null : text(said, { bold: true }),
      roles.length === 0
        ? text('None yet. The roles that come with me are viewer, publisher, approver and admin.')
        : null,
      ...roles
        .slice(0, shownRoles)
        .map((role) =>
          container(
            [
              text(role.name, { bold: true }),
              text(role.permissions.map((permission) => permissionWords[permission]).join(' · '), { spacing: 'None' }),
              text(names(role.holders), { subtle: true, small: true, spacing: 'None' }),
              actions([
                execute('Change', 'access.ownRole.form', { role: role.id }),
                execute('Delete', 'access.ownRole.delete', { role: role.id }),
              ]),
            ],
            { separator: true },
          ),
        ),
      roles.length > shownRoles ? footer(`${roles.length - shownRoles} more are not shown.`) : null,
    ],
    [execute('New role', 'access.ownRole.form'), execute('Back to roles', 'access.roles')],
  );
}

export interface OwnRoleFormCard {
  editing?: Pick<OwnRole, 'id' | 'revision' | 'name'>;
  values?: { name?: string | undefined; permissions?: readonly string[] };
  faults?: { name?: string; permissions?: string; form?: string };
}

export function ownRoleFormCard({ editing, values = {}, faults = {} }: OwnRoleFormCard): Card {
  const data = editing === undefined ? {} : { role: editing.id, revision: editing.revision };
  return card(
    [
      header({ title: editing === undefined ? 'New role' : `Change ${editing.name}` }),
      Object.keys(faults).length === 0 ? null : strip('attention', faults.form ?? 'One field needs a change'),
      textField({
        id: 'name',
        label: 'Name',
        placeholder: 'Release team',
        maxLength: 40,
        required: true,
        value: values.name,
        error: faults.name,
      }),
      choiceField({
        id: 'permissions',
        label: 'Whoever holds it may',
        hint: 'Looking needs no role.',
        required: true,
        missing: 'Choose at least one permission',
        expanded: true,
        many: true,
        value: (values.permissions ?? []).join(','),
        choices: grantablePermissions.map((permission) => ({ title: permissionWords[permission], value: permission })),
        error: faults.permissions,
      }),
    ],
    [
      execute('Save', 'access.ownRole.save', data, { style: 'positive', takesInputs: true }),
      execute('Cancel', 'access.ownRoles'),
    ],
  );
}

export function confirmDeleteRoleCard(role: OwnRole): Card {
  return card(
    [
      header({ title: `Delete ${role.name}?` }),
      text(
        role.holders.length === 0
          ? 'Nobody holds this role.'
          : `${role.holders.slice(0, 20).join(', ')} would lose it, and what it lets them do.`,
      ),
    ],
    [
      execute('Delete the role', 'access.ownRole.delete.confirm', { role: role.id }, { style: 'destructive' }),
      execute('Keep it', 'access.ownRoles'),
    ],
  );
}
