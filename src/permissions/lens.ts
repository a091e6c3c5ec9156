import { type Capability, type CapabilityId, capabilities, publishRole } from './capabilities.ts';
import { type GraphPermission, permissionCatalog } from './catalog.ts';

/** What Intune said to a harmless read: it answered, it refused, or nobody asked it. */
export type IntuneProbe = 'answered' | 'refused' | 'notAsked';

export interface Looked {
  /** As the token says it; null when the token could not be read. */
  granted: GrantedRole[] | null;
  /** What publishing still needs. */
  missing: GraphPermission[];
  excess: ExcessRole[];
  capabilities: LookedCapability[];
}

export interface GrantedRole {
  name: string;
  /** Null for a permission this product has no description of. */
  permission: GraphPermission | null;
}

export interface ExcessRole extends GrantedRole {
  /** A sentence. */
  reason: string;
}

export interface LookedCapability {
  id: CapabilityId;
  label: string;
  available: 'yes' | 'no' | 'unknown';
  /** The smallest permission that would give it. */
  needs: string;
}

export interface LookInput {
  grantedRoles: readonly string[] | null;
  probe: IntuneProbe;
}

/** Holds what was granted against what this product can use. */
export function lookAt({ grantedRoles, probe }: LookInput): Looked {
  const roles = grantedRoles === null ? null : [...new Set(grantedRoles)].sort();
  const publish = permissionCatalog.get(publishRole);
  return {
    granted: roles?.map(granted) ?? null,
    missing: roles === null || roles.includes(publishRole) || publish === undefined ? [] : [publish],
    excess: (roles ?? []).flatMap((name) => {
      const reason = excessReason(name);
      return reason === null ? [] : [{ ...granted(name), reason }];
    }),
    capabilities: capabilities.map((capability) => ({
      id: capability.id,
      label: capability.label,
      available: availability(capability, roles, probe),
      needs: capability.accepts[0],
    })),
  };
}

const granted = (name: string): GrantedRole => ({ name, permission: permissionCatalog.get(name) ?? null });

function availability(capability: Capability, roles: readonly string[] | null, probe: IntuneProbe) {
  if (roles === null) return capability.id === 'seeApps' && probe === 'answered' ? 'yes' : 'unknown';
  const has = roles.some((role) => capability.accepts.includes(role) || capability.wider.includes(role));
  return has ? 'yes' : 'no';
}

/** Null for a permission that some capability is in proportion to. */
function excessReason(name: string): string | null {
  if (capabilities.some((capability) => capability.accepts.includes(name))) return null;
  const narrower = capabilities.find((capability) => capability.wider.includes(name));
  const allows = permissionCatalog.get(name)?.allows;
  const first = allows === undefined ? 'This bot uses nothing of it' : `This app can ${allows}`;
  return narrower === undefined
    ? `${first}; publishing does not need it.`
    : `${first}; ${narrower.accepts[0]} is enough to ${narrower.label}.`;
}
