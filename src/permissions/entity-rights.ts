/** What a permission opens, entity by entity, in Microsoft's names. */
export interface EntityRights {
  reads: readonly string[];
  changes: readonly string[];
  /** Remote actions on devices. */
  actions: readonly string[];
}

const apps = ['Client Apps', 'Mobile App Categories', 'App Protection Policies', 'App Configurations'];
const configuration = ['Device Configuration', 'Device Compliance Policy', 'Notification Messages'];
const devices = ['Managed Device', 'Device Category', 'Detected App', 'Remote actions', 'Malware information'];
const roles = ['Role Assignments', 'Role Definitions'];
const service = [
  'Device Enrollment',
  'Apple Push Notification Certificate',
  'Apple Device Enrollment Program',
  'Apple Volume Purchase Program',
  'Exchange Connector',
  'Terms and Conditions',
  'Cloud PKI',
  'Branding',
  'Mobile Threat Defense',
];

const reading = (reads: readonly string[]): EntityRights => ({ reads, changes: [], actions: [] });
const writing = (
  reads: readonly string[],
  changes: readonly string[] = reads,
  actions: readonly string[] = [],
): EntityRights => ({
  reads,
  changes,
  actions,
});

/** https://learn.microsoft.com/intune/intune-service/developer/intune-graph-apis#intune-permission-scopes */
export const entityRights: Readonly<Record<string, EntityRights>> = {
  'DeviceManagementApps.Read.All': reading(apps),
  'DeviceManagementApps.ReadWrite.All': writing(apps),
  'DeviceManagementConfiguration.Read.All': reading(configuration),
  'DeviceManagementConfiguration.ReadWrite.All': writing(configuration),
  'DeviceManagementManagedDevices.PrivilegedOperations.All': writing(
    [],
    [],
    [
      'Retire',
      'Wipe',
      'Reset/Recover Passcode',
      'Remote Lock',
      'Enable/Disable Lost Mode',
      'Clean PC',
      'Reboot',
      'Delete User from Shared Device',
    ],
  ),
  'DeviceManagementManagedDevices.Read.All': reading(devices),
  'DeviceManagementManagedDevices.ReadWrite.All': writing(
    devices,
    ['Managed Device', 'Device Category'],
    ['Locate devices', 'Disable Activation Lock', 'Request remote assistance'],
  ),
  'DeviceManagementRBAC.Read.All': reading([...roles, 'Resource Operations']),
  'DeviceManagementRBAC.ReadWrite.All': writing([...roles, 'Resource Operations'], roles),
  'DeviceManagementServiceConfig.Read.All': reading(service),
  'DeviceManagementServiceConfig.ReadWrite.All': writing(service),
};

/**
 * The "Enable Access" setting of the Intune admin center, where it is written otherwise than the display name in Entra.
 * Same source.
 */
export const enableAccessWords: Readonly<Record<string, string>> = {
  'DeviceManagementConfiguration.Read.All': 'Read Microsoft Intune Device Configuration and Policies',
  'DeviceManagementConfiguration.ReadWrite.All': 'Read and write Microsoft Intune Device Configuration and Policies',
};
