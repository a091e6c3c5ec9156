/** Something the bot can do with a connection, and what it takes. */
export interface Capability {
  id: CapabilityId;
  /** Completes "This connection can …". */
  label: string;
  /** Any one of these suffices and is in proportion; the first asks for least. */
  accepts: readonly [string, ...string[]];
  /** These suffice too and allow far more: they count as excess. */
  wider: readonly string[];
  /** What people type for it. */
  word: string;
}

export type CapabilityId =
  | 'publishApps'
  | 'seeApps'
  | 'seeGroupNames'
  | 'seeFilters'
  | 'seeScopeTags'
  | 'listDevices'
  | 'seeTenantName'
  | 'seeSecretExpiry'
  | 'seeConsentRequests';

export const publishRole = 'DeviceManagementApps.ReadWrite.All';

export const capabilities: readonly Capability[] = [
  { id: 'publishApps', word: 'publishing', label: 'publish apps', accepts: [publishRole], wider: [] },
  {
    id: 'seeApps',
    word: 'apps',
    label: 'see the apps in Intune',
    // A publishing guide names the reading permission beside the writing one; it adds nothing and harms nothing.
    accepts: ['DeviceManagementApps.Read.All', publishRole],
    wider: [],
  },
  {
    id: 'seeGroupNames',
    word: 'groups',
    label: 'see group names for assignments',
    accepts: ['GroupMember.Read.All', 'Group.Read.All'],
    wider: ['Directory.Read.All', 'GroupMember.ReadWrite.All', 'Group.ReadWrite.All'],
  },
  {
    id: 'seeFilters',
    word: 'filters',
    label: 'see assignment filters',
    accepts: ['DeviceManagementConfiguration.Read.All'],
    wider: ['DeviceManagementConfiguration.ReadWrite.All'],
  },
  {
    id: 'seeScopeTags',
    word: 'scope tags',
    label: 'see scope tags',
    accepts: ['DeviceManagementRBAC.Read.All'],
    wider: ['DeviceManagementRBAC.ReadWrite.All'],
  },
  {
    id: 'listDevices',
    word: 'devices',
    label: 'list devices',
    accepts: ['DeviceManagementManagedDevices.Read.All'],
    wider: ['DeviceManagementManagedDevices.ReadWrite.All'],
  },
  {
    id: 'seeTenantName',
    word: 'tenant name',
    label: 'see the name of the tenant',
    accepts: [
      'Organization.Read.All',
      'DeviceManagementServiceConfig.Read.All',
      'DeviceManagementConfiguration.Read.All',
    ],
    wider: [
      'User.Read.All',
      'Directory.Read.All',
      'DeviceManagementServiceConfig.ReadWrite.All',
      'DeviceManagementConfiguration.ReadWrite.All',
    ],
  },
  {
    id: 'seeSecretExpiry',
    word: 'secrets',
    label: 'see what was granted and warn before a secret expires',
    accepts: ['Application.Read.All'],
    wider: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'],
  },
  {
    id: 'seeConsentRequests',
    word: 'consent',
    label: 'follow a consent request',
    accepts: ['ConsentRequest.Read.All'],
    wider: [],
  },
];

/** By its id or by the word that people type. */
export function findCapability(text: string): Capability | null {
  const typed = text.trim().toLowerCase();
  const isIt = ({ id, word, label }: Capability) =>
    [id.toLowerCase(), word, label].some((name) => name === typed || (typed.length > 3 && name.startsWith(typed)));
  return capabilities.find(isIt) ?? null;
}
