import type { AppRole } from '../roles.ts';
import { readApps, writeApps } from './app-routes.ts';
import { showCategory } from './entity-shape.ts';
import { contextUrl, type GraphRoute } from './graph-call.ts';
import { badRequest } from './graph-error.ts';
import { one, pageOf, paging, text } from './plain-listing.ts';

// Who may read what: https://learn.microsoft.com/graph/permissions-reference
const anyIntune: readonly AppRole[] = [
  'DeviceManagementApps.Read.All',
  'DeviceManagementApps.ReadWrite.All',
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementManagedDevices.ReadWrite.All',
  'DeviceManagementRBAC.Read.All',
  'DeviceManagementRBAC.ReadWrite.All',
  'DeviceManagementServiceConfig.Read.All',
  'DeviceManagementServiceConfig.ReadWrite.All',
];
const readFilters: readonly AppRole[] = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
];
const readDevices: readonly AppRole[] = [
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementManagedDevices.ReadWrite.All',
  ...readFilters,
];
const readScopeTags: readonly AppRole[] = ['DeviceManagementRBAC.Read.All', 'DeviceManagementRBAC.ReadWrite.All'];
/** What is played of the filters on devices. */
const deviceEquals = /^(\w+) eq '((?:[^']|'')*)'$/;
const deviceContains = /^contains\((deviceName),\s*'((?:[^']|'')*)'\)$/;
const categoriesPath = '/deviceAppManagement/mobileAppCategories';

export const tenantRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/deviceManagement',
    roles: anyIntune,
    forbidden: 'devices',
    options: ['$select'],
    handle: (call) => {
      const entity = {
        id: call.tenant.id,
        subscriptionState: 'active',
        intuneAccountId: call.tenant.id,
        settings: { secureByDefault: false, isScheduledActionEnabled: true, deviceComplianceCheckinThresholdDays: 30 },
      };
      return one(call, 'deviceManagement', 'deviceManagement', entity, call.tenant.id);
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/managedDevices',
    roles: readDevices,
    forbidden: 'devices',
    options: [...paging, '$filter'],
    handle: (call) => {
      const filter = call.query.get('$filter');
      const match = filter === null ? null : (deviceEquals.exec(filter) ?? deviceContains.exec(filter));
      if (filter !== null && (match === null || call.metadata.property('managedDevice', match[1] ?? '') === undefined))
        throw badRequest(`Invalid filter clause: '${filter}' is not played by the local cloud.`);
      const [, property = '', said = ''] = match ?? [];
      const wanted = said.replaceAll("''", "'").toLowerCase();
      const isPart = filter?.startsWith('contains(');
      const found = call.intune.devices.filter((device) => {
        const has = text(device, property);
        return match === null || (isPart ? has.includes(wanted) : has === wanted);
      });
      return pageOf(call, 'managedDevice', 'deviceManagement/managedDevices', 1000, found);
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/managedDevices/{device}',
    roles: readDevices,
    forbidden: 'devices',
    options: ['$select'],
    handle: (call) => {
      const key = call.params.device ?? '';
      const device = call.intune.devices.find((candidate) => candidate.id === key);
      return one(call, 'managedDevice', 'deviceManagement/managedDevices', device, key);
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/assignmentFilters',
    versions: ['beta'],
    roles: readFilters,
    forbidden: 'devices',
    options: paging,
    handle: (call) =>
      pageOf(
        call,
        'deviceAndAppManagementAssignmentFilter',
        'deviceManagement/assignmentFilters',
        1000,
        call.intune.filters,
      ),
  },
  {
    method: 'GET',
    path: '/deviceManagement/roleScopeTags',
    versions: ['beta'],
    roles: readScopeTags,
    forbidden: 'devices',
    options: paging,
    handle: (call) =>
      pageOf(call, 'roleScopeTag', 'deviceManagement/roleScopeTags', 1000, [
        { id: '0', displayName: 'Default', description: 'Everything', isBuiltIn: true },
        { id: '1', displayName: 'Mobile', description: 'Phones and tablets', isBuiltIn: false },
      ]),
  },
  {
    method: 'GET',
    path: categoriesPath,
    roles: readApps,
    forbidden: 'apps',
    options: paging,
    handle: (call) => {
      const shown = call.intune.categories.map((category) => showCategory(category, 0));
      return pageOf(call, 'mobileAppCategory', 'deviceAppManagement/mobileAppCategories', 1000, shown);
    },
  },
  {
    method: 'POST',
    path: categoriesPath,
    roles: writeApps,
    forbidden: 'apps',
    handle: (call) => {
      const category = { id: crypto.randomUUID(), displayName: String(call.body.displayName) };
      call.intune.categories.push(category);
      const body = {
        '@odata.context': contextUrl(call, 'mobileAppCategories/$entity'),
        ...showCategory(category, call.now),
      };
      return { status: 201, body };
    },
  },
];
