import { capabilities } from '../../src/permissions/capabilities.ts';
import { permissionCatalog } from '../../src/permissions/catalog.ts';
import { lookAt } from '../../src/permissions/lens.ts';

const available = (roles: readonly string[] | null, probe: 'answered' | 'refused' | 'notAsked' = 'answered') =>
  Object.fromEntries(lookAt({ grantedRoles: roles, probe }).capabilities.map((item) => [item.id, item.available]));

describe('the permission lens', () => {
  it('finds nothing missing and nothing in excess with the one permission that publishing needs', () => {
    const looked = lookAt({ grantedRoles: ['DeviceManagementApps.ReadWrite.All'], probe: 'answered' });

    expect(looked.missing).toEqual([]);
    expect(looked.excess).toEqual([]);
    expect(available(['DeviceManagementApps.ReadWrite.All'])).toMatchObject({
      publishApps: 'yes',
      seeApps: 'yes',
      seeGroupNames: 'no',
    });
  });

  it('takes the reading permission beside it for harmless', () => {
    const looked = lookAt({
      grantedRoles: ['DeviceManagementApps.ReadWrite.All', 'DeviceManagementApps.Read.All'],
      probe: 'answered',
    });

    expect(looked.excess).toEqual([]);
    expect(looked.granted?.map(({ name }) => name)).toEqual([
      'DeviceManagementApps.Read.All',
      'DeviceManagementApps.ReadWrite.All',
    ]);
  });

  it.each([[[]], [['DeviceManagementApps.Read.All']], [['Directory.Read.All']]])(
    'misses what publishing needs with %j',
    (roles) => {
      expect(lookAt({ grantedRoles: roles, probe: 'answered' }).missing).toMatchObject([
        { name: 'DeviceManagementApps.ReadWrite.All', id: '78145de6-330d-4800-a6ce-494ff2d33d07' },
      ]);
    },
  );

  it.each([
    [
      'DeviceManagementManagedDevices.PrivilegedOperations.All',
      'This app can wipe, retire, lock and restart devices and reset their passcodes; publishing does not need it.',
    ],
    [
      'Group.ReadWrite.All',
      'This app can change every group, its members and its content; GroupMember.Read.All is enough to see group names for assignments.',
    ],
    ['Brand.New.Permission', 'This bot uses nothing of it; publishing does not need it.'],
  ])('calls %s excess and says why', (role, reason) => {
    const looked = lookAt({ grantedRoles: ['DeviceManagementApps.ReadWrite.All', role], probe: 'answered' });

    expect(looked.excess).toMatchObject([{ name: role, reason }]);
  });

  it('gives a capability to a wider permission too', () => {
    expect(available(['Directory.Read.All'])).toMatchObject({ seeGroupNames: 'yes', seeTenantName: 'yes' });
  });

  it('claims nothing about a token it could not read, but what Intune showed', () => {
    const looked = lookAt({ grantedRoles: null, probe: 'answered' });

    expect(looked).toMatchObject({ granted: null, missing: [], excess: [] });
    expect(available(null)).toMatchObject({ seeApps: 'yes', publishApps: 'unknown' });
    expect(available(null, 'refused')).toMatchObject({ seeApps: 'unknown' });
  });
});

describe('the permission catalog', () => {
  it('describes every permission that a capability names', () => {
    const named = capabilities.flatMap((capability) => [...capability.accepts, ...capability.wider]);

    expect(named.filter((name) => !permissionCatalog.has(name))).toEqual([]);
  });

  it('has one GUID for each', () => {
    const ids = [...permissionCatalog.values()].map(({ id }) => id);

    expect(new Set(ids).size).toBe(permissionCatalog.size);
    expect(ids.filter((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  });
});
