import { type Capability, type CapabilityId, capabilities } from '../permissions/capabilities.ts';
import { permissionCatalog } from '../permissions/catalog.ts';
import type { Risk } from '../permissions/graph-permission.ts';

/** A permission as an administrator reads it before agreeing. */
export interface ListedPermission {
  name: string;
  displayName: string;
  /** Completes "This app can …". */
  allows: string;
  risk: Risk;
  /** What the bot does with it, and what it leaves alone although the permission would let it. */
  uses: string;
  leaves: string;
}

/** Without it there is nothing to ask for. */
export const alwaysListed: CapabilityId = 'publishApps';

const uses: Partial<Record<CapabilityId, { uses: string; leaves: string }>> = {
  publishApps: {
    uses: 'add and update the apps that somebody here publishes, after that person confirmed a plan',
    leaves: 'touch any other app, or delete one by itself',
  },
  seeApps: { uses: 'show the apps that are in Intune', leaves: 'change them' },
  seeGroupNames: { uses: 'show group names when an app is assigned', leaves: 'list or keep who the members are' },
  seeFilters: { uses: 'show assignment filters by name', leaves: 'read or change how devices are configured' },
  seeScopeTags: { uses: 'show scope tags by name', leaves: 'change roles or tags' },
  listDevices: { uses: 'show devices and whether an app arrived there', leaves: 'act on a device' },
  seeTenantName: { uses: 'show the name of the tenant', leaves: 'change anything' },
  seeSecretExpiry: {
    uses: 'warn before the secret expires and show what was granted',
    leaves: 'look at other apps or change any',
  },
  seeConsentRequests: { uses: 'follow this request in Entra', leaves: 'decide on it' },
};

/** The least that serves the capabilities, each permission once; publishing is always among them. */
export function listedPermissions(wanted: readonly string[]): ListedPermission[] {
  const listed = new Map<string, ListedPermission>();
  for (const capability of capabilities) {
    if (capability.id !== alwaysListed && !wanted.includes(capability.id)) continue;
    const [name] = capability.accepts;
    if (!capability.accepts.some((accepted) => listed.has(accepted))) listed.set(name, describe(name, capability));
  }
  return [...listed.values()];
}

export function permissionNames(wanted: readonly string[]): string[] {
  return listedPermissions(wanted).map(({ name }) => name);
}

function describe(name: string, capability: Capability): ListedPermission {
  const known = permissionCatalog.get(name);
  return {
    name,
    displayName: known?.displayName ?? name,
    allows: known?.allows ?? capability.label,
    risk: known?.risk ?? 'medium',
    ...(uses[capability.id] ?? { uses: capability.label, leaves: 'change anything' }),
  };
}
