import type { Workspace } from '../../src/access/actor.ts';
import { grantablePermissions } from '../../src/access/own-roles.ts';
import { type Grant, permissionsOf } from '../../src/access/roles.ts';
import type { Card } from '../../src/cards/card.ts';
import { confirmDeleteRoleCard, ownRoleFormCard, ownRolesCard } from '../../src/dialogs/access/own-role-cards.ts';
import { roleFormCard } from '../../src/dialogs/access/role-form-card.ts';
import { rolesCard } from '../../src/dialogs/access/roles-card.ts';
import { whoAmICard } from '../../src/dialogs/access/whoami-card.ts';
import { cardFaults } from '../fakes/card-check.ts';
import { now } from '../fakes/samples.ts';

const workspace: Workspace = {
  id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
  homeTenantId: 'home',
  kind: 'team',
  name: 'Mobile',
  installedBy: 'p0',
  sharedChannelsAllowed: false,
};
const grant = (name: string, role: keyof typeof permissionsOf, holder: Partial<Grant['holder']> = {}): Grant => ({
  holder: { kind: 'person', objectId: name, name, ...holder },
  role,
  roleName: role,
  ownRoleId: null,
  permissions: permissionsOf[role],
  grantedBy: 'p0',
  since: now,
});
const grants: Grant[] = [
  grant('Alex Wilber', 'admin', { objectId: 'p0' }),
  grant('Everybody here', 'publisher', { kind: 'everybody', objectId: 'everybody' }),
  grant('Mobile pilot', 'approver', { kind: 'group', objectId: 'g' }),
  { ...grant('Adele Vance', 'viewer'), role: 'own', roleName: 'Release team', permissions: ['publish'] },
  ...Array.from({ length: 56 }, (_, n) => grant(`Person ${n} with a rather long name`, 'publisher')),
];
const ownRole = {
  id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0009',
  name: 'Release team',
  permissions: grantablePermissions,
  revision: 2,
  holders: ['Adele Vance', 'Mobile pilot'],
};
const actor = { name: 'Alex Wilber', objectId: 'alex', homeTenantId: 'home' };
const connections = [{ id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001', name: 'Contoso production' }];

const cards: [string, Card][] = [
  ['roles for an admin', rolesCard({ workspace, grants, mayChange: true, said: 'Adele Vance is now publisher here.' })],
  ['roles, the last page', rolesCard({ workspace, grants, mayChange: true, page: 9 })],
  ['roles for a viewer', rolesCard({ workspace, grants, mayChange: false })],
  [
    'roles in a personal chat',
    rolesCard({ workspace: { ...workspace, kind: 'personal' }, grants: [], mayChange: true }),
  ],
  ['form for a person', roleFormCard({ to: 'person', people: [actor], ownRoles: [ownRole], connections: [] })],
  ['form for everybody', roleFormCard({ to: 'everybody', people: [], ownRoles: [], connections: [] })],
  ['form for a group', roleFormCard({ to: 'group', people: [], ownRoles: [], connections })],
  ['form for a group without a connection', roleFormCard({ to: 'group', people: [], ownRoles: [], connections: [] })],
  [
    'form where several groups fit',
    roleFormCard({
      to: 'group',
      people: [],
      ownRoles: [],
      connections,
      faults: { form: 'Several groups fit' },
      found: [
        { id: 'a', name: 'Mobile', description: null },
        { id: 'b', name: 'Mobile pilot', description: 'Tries new versions first' },
      ],
    }),
  ],
  [
    'form that changes a role',
    roleFormCard({
      to: 'person',
      people: [actor],
      ownRoles: [ownRole],
      connections: [],
      values: { role: 'admin' },
      changing: { holder: 'adele', name: 'Adele Vance' },
    }),
  ],
  ['own roles', ownRolesCard([ownRole], 'Release team is saved.')],
  ['many own roles', ownRolesCard(Array.from({ length: 20 }, (_, n) => ({ ...ownRole, name: `Role ${n}` })))],
  ['no own roles', ownRolesCard([])],
  ['own role form', ownRoleFormCard({})],
  [
    'own role form with faults',
    ownRoleFormCard({
      editing: ownRole,
      values: { name: '', permissions: ['publish'] },
      faults: { name: 'Give the role a name.' },
    }),
  ],
  ['deletion of an own role', confirmDeleteRoleCard(ownRole)],
  [
    'whoami',
    whoAmICard({
      actor,
      workspace,
      held: [
        {
          roleName: 'publisher',
          permissions: permissionsOf.publisher,
          because: 'everybody',
          through: null,
          unreadable: false,
        },
        {
          roleName: 'admin',
          permissions: permissionsOf.admin,
          because: 'group',
          through: 'Mobile pilot',
          unreadable: true,
        },
      ],
    }),
  ],
  ['whoami of a viewer', whoAmICard({ actor, workspace, held: [] })],
  [
    'whoami in a personal chat',
    whoAmICard({
      actor,
      workspace: { kind: 'personal', name: null },
      held: [
        { roleName: 'admin', permissions: permissionsOf.admin, because: 'ownChat', through: null, unreadable: false },
      ],
      elsewhere: [{ name: 'Mobile', roles: ['admin'] }],
    }),
  ],
];

describe.each(cards)('card: %s', (_name, made) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(made)).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(made).toMatchSnapshot();
  });
});
