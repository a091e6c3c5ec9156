/**
 * Application permissions of Microsoft Graph that the demo grants or asks for, with their fixed role ids:
 * https://learn.microsoft.com/graph/permissions-reference
 */
export const appRoles = {
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'Application.ReadWrite.OwnedBy': '18a4783c-866b-4cc7-a460-3d5e5662c884',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  'DeviceManagementApps.Read.All': '7a6ee1e7-141e-4cec-ae74-d9db155731ff',
  'DeviceManagementApps.ReadWrite.All': '78145de6-330d-4800-a6ce-494ff2d33d07',
  'DeviceManagementConfiguration.Read.All': 'dc377aa6-52d8-4e23-b271-2a7ae04cedf3',
  'DeviceManagementConfiguration.ReadWrite.All': '9241abd9-d0e6-425a-bd4f-47ba86e767a4',
  'DeviceManagementManagedDevices.PrivilegedOperations.All': '5b07b0dd-2377-4e44-a38d-703f09a0dc3c',
  'DeviceManagementManagedDevices.Read.All': '2f51be20-0bb4-4fed-bf7b-db946066c75e',
  'DeviceManagementManagedDevices.ReadWrite.All': '243333ab-4d21-40cb-a475-36241daa0842',
  'DeviceManagementRBAC.Read.All': '58ca0d9a-1575-47e1-a3cb-007ef2e4583b',
  'DeviceManagementRBAC.ReadWrite.All': 'e330c4f0-4170-414e-a55a-2f022ec2b57b',
  'DeviceManagementServiceConfig.Read.All': '06a5fe6d-c49d-46a7-b082-56b1b14103c7',
  'DeviceManagementServiceConfig.ReadWrite.All': '5ac13192-7ace-4fcf-b828-1a26f28068ee',
  'Group.Read.All': '5b567255-7703-4780-807c-7be8301ae99b',
  'Group.ReadWrite.All': '62a82d76-70ea-41e2-9197-370581804d09',
  'GroupMember.Read.All': '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  'GroupMember.ReadWrite.All': 'dbaae8cf-10b5-4b86-a4a1-f871c94c6695',
  'Organization.Read.All': '498476ce-e0fe-48b0-b801-37ba7e2685c6',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
  'ConsentRequest.Read.All': '1260ad83-98fb-4785-abbb-d6cc1806fd41',
  'DelegatedPermissionGrant.Read.All': '81b4724a-58aa-41c1-8a55-84ef97466587',
} as const;

/** Delegated permissions have ids of their own; those that the demo's registrations list. */
export const scopeIds: Partial<Record<AppRole, string>> = {
  'DeviceManagementApps.Read.All': '4edf5f54-4666-44af-9de9-0144fb4b6e8c',
  'DeviceManagementApps.ReadWrite.All': '7b3f05d5-f68c-4b8d-8c59-a2ecd12f24af',
};

/** Roles of the Microsoft Intune API, a resource of its own. */
export const intuneApiRoles = {
  get_data_warehouse: '3d9dc976-32fb-45a8-90bd-c9f8a850d098',
  get_device_compliance: '7ec88bad-30c7-4928-a005-4455362cfd98',
} as const;

export type IntuneApiRole = keyof typeof intuneApiRoles;

export type AppRole = keyof typeof appRoles;

export const graphAppId = '00000003-0000-0000-c000-000000000000';

export const isAppRole = (name: string): name is AppRole => Object.hasOwn(appRoles, name);
export const intuneApiAppId = 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4';
