/**
 * Ids of the delegated permissions (scopes) on Microsoft Graph, for those that this product can ask for. The same name has
 * another id as application permission. https://learn.microsoft.com/graph/permissions-reference
 */
export const delegatedScopeIds: Readonly<Record<string, string>> = {
  'DeviceManagementApps.Read.All': '4edf5f54-4666-44af-9de9-0144fb4b6e8c',
  'DeviceManagementApps.ReadWrite.All': '7b3f05d5-f68c-4b8d-8c59-a2ecd12f24af',
  'DeviceManagementCloudCA.Read.All': 'ac5c8443-d999-471f-9247-ce92cf5c5560',
  'DeviceManagementCloudCA.ReadWrite.All': '93028c58-65aa-48db-a706-1fe4ada325ec',
  'DeviceManagementConfiguration.Read.All': 'f1493658-876a-4c87-8fa7-edb559b3476a',
  'DeviceManagementConfiguration.ReadWrite.All': '0883f392-0a7a-443d-8c76-16a6d39c7b63',
  'DeviceManagementDeploymentPlans.Read.All': '700bfe0b-b3bd-4fa4-bec2-6849edd7fb7b',
  'DeviceManagementDeploymentPlans.ReadWrite.All': '9d95843d-67b9-48b2-8e20-e42372db8549',
  'DeviceManagementManagedDevices.PrivilegedOperations.All': '3404d2bf-2b13-457e-a330-c24615765193',
  'DeviceManagementManagedDevices.Read.All': '314874da-47d6-4978-88dc-cf0d37f0bb82',
  'DeviceManagementManagedDevices.ReadWrite.All': '44642bfe-8385-4adc-8fc6-fe3cb2c375c3',
  'DeviceManagementRBAC.Read.All': '49f0cc30-024c-4dfd-ab3e-82e137ee5431',
  'DeviceManagementRBAC.ReadWrite.All': '0c5e8a55-87a6-4556-93ab-adc52c4d862d',
  'DeviceManagementScripts.Read.All': 'd32381d8-ee89-4220-9c83-b672aa68d404',
  'DeviceManagementScripts.ReadWrite.All': '8b9d79d0-ad75-4566-8619-f7500ecfcebe',
  'DeviceManagementServiceConfig.Read.All': '8696daa5-bce5-4b2e-83f9-51b6defc4e1e',
  'DeviceManagementServiceConfig.ReadWrite.All': '662ed50a-ac44-4eef-ad86-62eed9be2a29',
};
