import { type CapabilityId, capabilities } from './capabilities.ts';
import { permissionCatalog } from './catalog.ts';

export const graphAppId = '00000003-0000-0000-c000-000000000000';

/** The smallest permissions with which the capabilities work, each once. */
export function leastPermissions(wanted: readonly CapabilityId[]): string[] {
  const chosen: string[] = [];
  for (const capability of capabilities) {
    if (!wanted.includes(capability.id)) continue;
    if (!capability.accepts.some((name) => chosen.includes(name))) chosen.push(capability.accepts[0]);
  }
  return chosen;
}

export interface ManifestEntry {
  resourceAppId: string;
  resourceAccess: { id: string; type: 'Role' | 'Scope' }[];
}

/** `requiredResourceAccess` as the manifest of an app registration has it. */
export function manifestOf(names: readonly string[], kind: 'application' | 'delegated'): ManifestEntry[] {
  const type = kind === 'application' ? ('Role' as const) : ('Scope' as const);
  const resourceAccess = names.flatMap((name) => {
    const entry = permissionCatalog.get(name);
    const id = kind === 'application' ? entry?.id : entry?.scopeId;
    return id == null ? [] : [{ id, type }];
  });
  return [{ resourceAppId: graphAppId, resourceAccess }];
}
