import { capabilities, findCapability } from '../../src/permissions/capabilities.ts';
import { findPermission, permissionCatalog, roleName, scopeName } from '../../src/permissions/catalog.ts';
import { delegatedScopeIds } from '../../src/permissions/delegated-scopes.ts';
import { intuneApiPermissions } from '../../src/permissions/intune-api-permissions.ts';
import { leastPermissions, manifestOf } from '../../src/permissions/least-privilege.ts';
import { type IntuneProbe, type Looked, lookAt } from '../../src/permissions/lens.ts';

const statesOf = (looked: Looked) => Object.fromEntries(looked.capabilities.map((item) => [item.id, item.state]));
const states = (roles: readonly string[] | null, probe: IntuneProbe = 'answered') =>
  statesOf(lookAt({ grantedRoles: roles, probe }));
const publish = 'DeviceManagementApps.ReadWrite.All';
const noDirectory = { assigned: null, delegated: null, requested: null, disabled: false };

describe('the permission lens', () => {
  it('finds nothing missing and nothing in excess with the one permission that publishing needs', () => {
    const looked = lookAt({ grantedRoles: ['DeviceManagementApps.ReadWrite.All'], probe: 'answered' });

    expect(looked.missing).toEqual([]);
    expect(looked.excess).toEqual([]);
    expect(states([publish])).toMatchObject({ publishApps: 'granted', seeApps: 'works', seeGroupNames: 'missing' });
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
    const looked = lookAt({ grantedRoles: ['Directory.Read.All'], probe: 'refused' });

    expect(looked.capabilities.find(({ id }) => id === 'seeGroupNames')).toMatchObject({
      state: 'granted',
      tooWide: true,
      needs: 'GroupMember.Read.All',
    });
  });

  it('claims nothing about a token it could not read, but what Intune showed', () => {
    const looked = lookAt({ grantedRoles: null, probe: 'answered' });

    expect(looked).toMatchObject({ granted: null, missing: [], excess: [] });
    expect(states(null)).toMatchObject({ seeApps: 'works', publishApps: 'unknown' });
    expect(states(null, 'refused')).toMatchObject({ seeApps: 'unknown' });
  });

  it('calls something not working only after a probe that was refused', () => {
    const probes = new Map([
      ['seeGroupNames', { probe: 'refused', wants: ['GroupMember.Read.All'] }],
      ['listDevices', { probe: 'notAsked', wants: [] }],
    ] as const);

    const looked = lookAt({
      grantedRoles: [publish, 'GroupMember.Read.All', 'DeviceManagementManagedDevices.Read.All'],
      probe: 'refused',
      probes,
    });

    expect(statesOf(looked)).toMatchObject({
      publishApps: 'notWorking',
      seeApps: 'notWorking',
      seeGroupNames: 'notWorking',
      listDevices: 'granted',
      seeFilters: 'missing',
    });
    expect(looked.capabilities.find(({ id }) => id === 'seeGroupNames')?.wants).toEqual(['GroupMember.Read.All']);
  });

  it('never says that publishing works: only publishing proves it', () => {
    expect(states([publish]).publishApps).toBe('granted');
  });

  it('tells granted for signed-in people from granted for the app', () => {
    const looked = lookAt({
      grantedRoles: [],
      probe: 'refused',
      directory: { ...noDirectory, delegated: [publish] },
    });

    expect(statesOf(looked)).toMatchObject({ publishApps: 'delegatedOnly', seeGroupNames: 'missing' });
    expect(looked.missing).toMatchObject([{ name: publish }]);
  });

  it('counts a delegated permission for a connection that works with a signed-in user', () => {
    const looked = lookAt({ kind: 'delegated', grantedRoles: [publish], probe: 'answered' });

    expect(looked.missing).toEqual([]);
    expect(statesOf(looked)).toMatchObject({ publishApps: 'granted', seeApps: 'works' });
  });

  it('sees what was granted a moment ago and stands in no token yet', () => {
    const looked = lookAt({
      grantedRoles: [],
      probe: 'refused',
      directory: { ...noDirectory, assigned: [publish] },
    });

    expect(statesOf(looked).publishApps).toBe('notInToken');
  });

  it('tells "added, not consented" from "not added" where the registration can be read', () => {
    const whyWith = (application: string[]) =>
      lookAt({
        grantedRoles: [],
        probe: 'refused',
        directory: { ...noDirectory, requested: { application, delegated: [] } },
      }).capabilities.find(({ id }) => id === 'publishApps')?.why;

    expect(whyWith([publish])).toBe('notConsented');
    expect(whyWith([])).toBe('notAdded');
    expect(lookAt({ grantedRoles: [], probe: 'refused' }).capabilities[0]?.why).toBeNull();
  });

  it('measures excess against what was asked for, and asks for no more than that', () => {
    const looked = lookAt({
      grantedRoles: [publish, 'Group.Read.All'],
      probe: 'answered',
      wanted: ['seeApps'],
    });

    expect(looked.least).toEqual(['DeviceManagementApps.Read.All']);
    expect(looked.missing).toEqual([]);
    expect(looked.excess).toMatchObject([
      {
        name: 'Group.Read.All',
        reason:
          'This app can see all groups, their members and their conversations; to see the apps in Intune it is not needed.',
        servesOther: true,
      },
    ]);
  });
});

describe('the least that is needed', () => {
  it('names a permission once that serves two purposes', () => {
    expect(leastPermissions(['publishApps', 'seeApps', 'seeFilters', 'seeTenantName'])).toEqual([
      publish,
      'DeviceManagementConfiguration.Read.All',
    ]);
  });

  it('becomes a manifest with ids of the right kind', () => {
    expect(manifestOf([publish], 'application')).toEqual([
      {
        resourceAppId: '00000003-0000-0000-c000-000000000000',
        resourceAccess: [{ id: '78145de6-330d-4800-a6ce-494ff2d33d07', type: 'Role' }],
      },
    ]);
    expect(manifestOf([publish, 'GroupMember.Read.All'], 'delegated')[0]?.resourceAccess).toEqual([
      { id: '7b3f05d5-f68c-4b8d-8c59-a2ecd12f24af', type: 'Scope' },
    ]);
  });
});

describe('the purposes people type', () => {
  it.each([
    ['publishing', 'publishApps'],
    ['Groups', 'seeGroupNames'],
    ['list devices', 'listDevices'],
    ['scope tags', 'seeScopeTags'],
    ['devi', 'listDevices'],
  ])('%s is %s', (typed, id) => {
    expect(findCapability(typed)?.id).toBe(id);
  });

  it.each(['', 'a', 'wiping'])('%j is none', (typed) => {
    expect(findCapability(typed)).toBeNull();
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

  it('knows Intune’s permissions in both kinds, entity by entity, in the words of both portals', () => {
    const intune = [...permissionCatalog.values()].filter(({ name }) => name.startsWith('DeviceManagement'));

    expect(intune.map(({ name }) => name).sort()).toEqual(Object.keys(delegatedScopeIds).sort());
    expect(intune.filter(({ enableAccess }) => enableAccess === null)).toEqual([]);
    expect(permissionCatalog.get('DeviceManagementConfiguration.Read.All')).toMatchObject({
      displayName: 'Read Microsoft Intune device configuration and policies',
      enableAccess: 'Read Microsoft Intune Device Configuration and Policies',
      entities: { reads: ['Device Configuration', 'Device Compliance Policy', 'Notification Messages'], changes: [] },
    });
    expect(
      permissionCatalog.get('DeviceManagementManagedDevices.PrivilegedOperations.All')?.entities?.actions,
    ).toContain('Wipe');
  });

  it('gives no id twice, be it of a permission for apps, for people, or of the Intune API', () => {
    const ids = [
      ...[...permissionCatalog.values()].flatMap(({ id, scopeId }) => (scopeId === null ? [id] : [id, scopeId])),
      ...intuneApiPermissions.map(({ id }) => id),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('finds a permission by its name in any case, and names by ids', () => {
    expect(findPermission('devicemanagementapps.readwrite.all')?.name).toBe(publish);
    expect(findPermission('GET_DATA_WAREHOUSE')).toMatchObject({ displayName: expect.stringContaining('warehouse') });
    expect(findPermission('Nothing.Like.It')).toBeNull();
    expect(roleName('78145DE6-330d-4800-a6ce-494ff2d33d07')).toBe(publish);
    expect(scopeName('7b3f05d5-f68c-4b8d-8c59-a2ecd12f24af')).toBe(publish);
    expect(roleName('unknown')).toBe('unknown');
  });
});
