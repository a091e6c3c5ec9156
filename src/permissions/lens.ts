import { type Capability, type CapabilityId, capabilities } from './capabilities.ts';
import { type CatalogEntry, permissionCatalog } from './catalog.ts';
import { leastPermissions } from './least-privilege.ts';

/** What Intune said to a harmless read: it answered, it refused, or nobody asked it. */
export type IntuneProbe = 'answered' | 'refused' | 'notAsked';

export interface ProbeResult {
  probe: IntuneProbe;
  /** Permissions that the refusal named. */
  wants: readonly string[];
}

/** What the directory itself says; null where this app may not look. */
export interface DirectoryView {
  /** Application permissions that were granted, in a token or not yet. */
  assigned: readonly string[] | null;
  /** Delegated permissions that were granted. */
  delegated: readonly string[] | null;
  /** What the registration lists. */
  requested: { application: readonly string[]; delegated: readonly string[] } | null;
  /** Switched off in the tenant. */
  disabled: boolean;
}

export interface LookInput {
  kind?: 'application' | 'delegated';
  /** Of the token; null when it could not be had or read. */
  grantedRoles: readonly string[] | null;
  /** What the listing of apps answered. */
  probe: IntuneProbe;
  /** Further probes that were made. */
  probes?: ReadonlyMap<CapabilityId, ProbeResult>;
  directory?: DirectoryView;
  /** What is asked about; without it everything this bot can use. */
  wanted?: readonly CapabilityId[];
}

export interface Looked {
  kind: 'application' | 'delegated';
  wanted: readonly CapabilityId[] | null;
  /** As the token says it; null when the token could not be read. */
  granted: GrantedRole[] | null;
  /** What is still needed for what is wanted; for publishing when nothing is named. */
  missing: CatalogEntry[];
  excess: ExcessRole[];
  /** The smallest set for what is wanted. */
  least: string[];
  capabilities: LookedCapability[];
  directory: DirectoryView | null;
}

export interface GrantedRole {
  name: string;
  /** Null for a permission this product has no description of. */
  permission: CatalogEntry | null;
}

export interface ExcessRole extends GrantedRole {
  /** A sentence. */
  reason: string;
  /** Something that was not asked about is in proportion to it: no reason to take it away. */
  servesOther: boolean;
}

export type CapabilityState =
  /** Granted, and a probe went through. */
  | 'works'
  /** Granted; there is no safe probe, or none was made. */
  | 'granted'
  /** Granted, and a probe was refused. */
  | 'notWorking'
  /** Granted, and not in the token yet. */
  | 'notInToken'
  /** Granted for signed-in people, while this connection works without one. */
  | 'delegatedOnly'
  | 'missing'
  /** The token could not be read, and no probe tells. */
  | 'unknown';

export interface LookedCapability {
  id: CapabilityId;
  label: string;
  state: CapabilityState;
  /** Only a permission that allows far more gives it. */
  tooWide: boolean;
  /** The smallest permission that would give it. */
  needs: string;
  /** For what is missing, where the registration could be read. */
  why: 'notConsented' | 'notAdded' | null;
  /** What a refusal named. */
  wants: readonly string[];
}

const forPublishing: readonly CapabilityId[] = ['publishApps'];
const byApps: readonly CapabilityId[] = ['publishApps', 'seeApps'];

/** Holds what was granted against what this product can use. */
export function lookAt(input: LookInput): Looked {
  const { grantedRoles, kind = 'application', wanted, directory } = input;
  const roles = grantedRoles === null ? null : [...new Set(grantedRoles)].sort();
  const asked = wanted ?? forPublishing;
  const looked = capabilities.map((capability) => lookAtOne(capability, roles, input));
  const lacking = looked.filter(({ id, state }) => asked.includes(id) && state !== 'works' && state !== 'granted');
  return {
    kind,
    wanted: wanted ?? null,
    granted: roles?.map(granted) ?? null,
    missing: lacking.flatMap(({ state, needs }) => {
      const entry = permissionCatalog.get(needs);
      return entry === undefined || state === 'unknown' || state === 'notWorking' ? [] : [entry];
    }),
    excess: (roles ?? []).flatMap((name) => {
      const reason = excessReason(name, wanted);
      return reason === null ? [] : [{ ...granted(name), reason, servesOther: servesAny(name) }];
    }),
    least: leastPermissions(asked),
    capabilities: looked,
    directory: directory ?? null,
  };
}

const granted = (name: string): GrantedRole => ({ name, permission: permissionCatalog.get(name) ?? null });

function lookAtOne(capability: Capability, roles: readonly string[] | null, input: LookInput): LookedCapability {
  const { id, label, accepts, wider } = capability;
  const result = resultFor(id, input);
  const gives = (names: readonly string[] | null | undefined) =>
    names?.some((name) => accepts.includes(name) || wider.includes(name)) ?? false;
  const { kind = 'application', directory } = input;
  const state = (): CapabilityState => {
    if (roles === null) return result.probe === 'answered' && id !== 'publishApps' ? 'works' : 'unknown';
    if (gives(roles)) {
      if (result.probe === 'refused') return 'notWorking';
      // A listing proves that reading works; only publishing proves that publishing does.
      return result.probe === 'answered' && id !== 'publishApps' ? 'works' : 'granted';
    }
    if (kind === 'application' && gives(directory?.assigned)) return 'notInToken';
    return kind === 'application' && gives(directory?.delegated) ? 'delegatedOnly' : 'missing';
  };
  const found = state();
  const requested = directory?.requested?.[kind];
  return {
    id,
    label,
    state: found,
    tooWide: gives(roles) && !roles?.some((name) => accepts.includes(name)),
    needs: accepts[0],
    why: found !== 'missing' || requested === undefined ? null : gives(requested) ? 'notConsented' : 'notAdded',
    wants: result.wants,
  };
}

function resultFor(id: CapabilityId, { probe, probes }: LookInput): ProbeResult {
  if (byApps.includes(id)) return { probe, wants: [] };
  return probes?.get(id) ?? { probe: 'notAsked', wants: [] };
}

const servesAny = (name: string): boolean => capabilities.some(({ accepts }) => accepts.includes(name));

/** Null for a permission that something wanted is in proportion to. */
function excessReason(name: string, wanted: readonly CapabilityId[] | undefined): string | null {
  const considered = capabilities.filter(({ id }) => wanted === undefined || wanted.includes(id));
  if (considered.some((capability) => capability.accepts.includes(name))) return null;
  const narrower = considered.find((capability) => capability.wider.includes(name));
  const allows = permissionCatalog.get(name)?.allows;
  const first = allows === undefined ? 'This bot uses nothing of it' : `This app can ${allows}`;
  if (narrower !== undefined) return `${first}; ${narrower.accepts[0]} is enough to ${narrower.label}.`;
  const purpose = wanted === undefined ? 'publishing' : `to ${considered.map(({ label }) => label).join(' and to ')}`;
  return wanted === undefined ? `${first}; publishing does not need it.` : `${first}; ${purpose} it is not needed.`;
}
