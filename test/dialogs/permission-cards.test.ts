import type { Card } from '../../src/cards/card.ts';
import type { PermissionCheck } from '../../src/connections/permission-check.ts';
import { explainCard } from '../../src/dialogs/permissions/explain-card.ts';
import { manifestCard } from '../../src/dialogs/permissions/manifest-card.ts';
import { everythingCard, permissionCard } from '../../src/dialogs/permissions/permission-cards.ts';
import {
  findingCard,
  intuneApiCard,
  intuneRoleCard,
  refusalCard,
} from '../../src/dialogs/permissions/refusal-cards.ts';
import { findPermission, permissionCatalog } from '../../src/permissions/catalog.ts';
import { intuneApiPermissions } from '../../src/permissions/intune-api-permissions.ts';
import { type LookInput, lookAt } from '../../src/permissions/lens.ts';
import { problem } from '../../src/problems/problem.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleConnection } from '../fakes/samples.ts';

const publish = 'DeviceManagementApps.ReadWrite.All';
const wipes = 'DeviceManagementManagedDevices.PrivilegedOperations.All';
const connection = sampleConnection();
const delegated = sampleConnection({ permissionKind: 'delegated' });
const connected = { status: 'connected', reason: null, problem: null, tenantId: 't' } as const;

const checkOf = (input: LookInput, test: Partial<PermissionCheck['test']> = {}): PermissionCheck => ({
  looked: lookAt(input),
  test: { ...connected, roles: [...(input.grantedRoles ?? [])], probe: input.probe, ...test },
});
const view = (check: PermissionCheck) => ({
  connection,
  check,
  apiPermissionsUrl: 'https://entra.microsoft.com/c',
  supportContact: 'it-help@contoso.com',
  now,
});
const places = {
  apiPermissions: 'https://entra.microsoft.com/c',
  enterpriseApps: 'https://entra.microsoft.com/e',
  intuneAdminCentre: 'https://intune.microsoft.com/',
  intuneRoles: 'https://intune.microsoft.com/r',
};
const refused = checkOf(
  {
    grantedRoles: [],
    probe: 'refused',
    directory: {
      assigned: [],
      delegated: [publish],
      requested: { application: [publish, 'GroupMember.Read.All'], delegated: [publish] },
      disabled: false,
    },
  },
  { status: 'notFinished', reason: 'draft', problem: problem('notConsented') },
);
const refusedGroups = checkOf({
  grantedRoles: [publish, 'GroupMember.Read.All'],
  probe: 'answered',
  probes: new Map([['seeGroupNames', { probe: 'refused', wants: ['GroupMember.Read.All', 'Group.Read.All'] }]]),
  wanted: ['seeGroupNames'],
});
const entry = (name: string) => findPermission(name)!;

const cards: [string, () => Card][] = [
  ['it may publish', () => permissionCard(view(checkOf({ grantedRoles: [publish], probe: 'answered' })))],
  ['more than needed', () => permissionCard(view(checkOf({ grantedRoles: [publish, wipes], probe: 'answered' })))],
  ['granted for people only', () => permissionCard(view(refused))],
  [
    'one purpose, missing',
    () => permissionCard(view(checkOf({ grantedRoles: [publish], probe: 'answered', wanted: ['seeGroupNames'] }))),
  ],
  [
    'one purpose, granted among others',
    () =>
      permissionCard(
        view(
          checkOf({
            grantedRoles: [publish, 'GroupMember.Read.All'],
            probe: 'answered',
            probes: new Map([['seeGroupNames', { probe: 'answered', wants: [] }]]),
            wanted: ['seeGroupNames'],
          }),
        ),
      ),
  ],
  ['one purpose, granted and refused', () => permissionCard(view(refusedGroups))],
  ['token not readable', () => permissionCard(view(checkOf({ grantedRoles: null, probe: 'answered' })))],
  ['everything', () => everythingCard(view(refused))],
  [
    'everything, with every permission there is',
    () => everythingCard(view(checkOf({ grantedRoles: [...permissionCatalog.keys()], probe: 'answered' }))),
  ],
  ['a permission explained', () => explainCard(entry(publish))],
  ['a permission of the Intune API explained', () => explainCard(entry('get_device_compliance'))],
  [
    'manifest',
    () =>
      manifestCard({
        connection,
        wanted: ['publishApps', 'seeGroupNames'],
        apiPermissionsUrl: places.apiPermissions,
      }),
  ],
  [
    'manifest, delegated',
    () => manifestCard({ connection: delegated, wanted: ['publishApps', 'seeGroupNames'], apiPermissionsUrl: null }),
  ],
  ['after a refusal', () => refusalCard(delegated)],
  [
    'a finding',
    () =>
      findingCard(
        connection,
        { check: 'app', ok: false, found: ['The app got a token.', 'It lacks something.'], problem: null },
        places,
        'it-help@contoso.com',
      ),
  ],
  ['Intune roles', () => intuneRoleCard(delegated, places)],
  [
    'Intune API',
    () => intuneApiCard(connection, { roles: ['get_data_warehouse'], problem: null }, 'it-help@contoso.com'),
  ],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

it('explains every permission of the catalog on a card that is fine', () => {
  const all = [...permissionCatalog.values(), ...intuneApiPermissions];

  expect(all.flatMap((permission) => cardFaults(explainCard(permission)))).toEqual([]);
});

it('begins with what was asked, in two rows for publishing', () => {
  const words = cardText(permissionCard(view(checkOf({ grantedRoles: [publish, wipes], probe: 'answered' }))));

  expect(words).toContain('Publish apps');
  expect(words).toContain('See the apps in Intune');
  expect(words).not.toContain('See group names');
});

it('tells a refusal from a grant that is missing, and names what Microsoft named', () => {
  const words = cardText(permissionCard(view(refusedGroups)));

  expect(words).toContain('! granted, but refused');
  expect(words).toContain('Microsoft named one of: GroupMember.Read.All, Group.Read.All.');
  expect(words).not.toContain('is missing');
});

it('says of each permission whether this bot needs it', () => {
  expect(cardText(explainCard(entry(publish)))).toContain('This bot uses it to publish apps');
  expect(cardText(explainCard(entry('Group.ReadWrite.All')))).toContain('GroupMember.Read.All is enough');
  expect(cardText(explainCard(entry(wipes)))).toContain('This bot does not use it');
  expect(cardText(explainCard(entry('update_device_health')))).toContain('Microsoft Intelligent Security Association');
});
