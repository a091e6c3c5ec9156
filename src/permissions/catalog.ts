import { delegatedScopeIds } from './delegated-scopes.ts';
import { directoryPermissions } from './directory-permissions.ts';
import { type EntityRights, enableAccessWords, entityRights } from './entity-rights.ts';
import type { GraphPermission } from './graph-permission.ts';
import { type IntuneApiPermission, intuneApiPermissions } from './intune-api-permissions.ts';
import { intunePermissions } from './intune-permissions.ts';

export type { GraphPermission } from './graph-permission.ts';

/** Everything known of one permission of Microsoft Graph. */
export interface CatalogEntry extends GraphPermission {
  /** Id of the delegated permission of the same name; null when it is not known here. */
  scopeId: string | null;
  /** How the Intune admin center calls it; null for permissions outside Intune. */
  enableAccess: string | null;
  /** Null where Microsoft's own description is all there is. */
  entities: EntityRights | null;
}

const entry = (permission: GraphPermission): CatalogEntry => ({
  ...permission,
  scopeId: delegatedScopeIds[permission.name] ?? null,
  enableAccess: permission.name.startsWith('DeviceManagement')
    ? (enableAccessWords[permission.name] ?? permission.displayName)
    : null,
  entities: entityRights[permission.name] ?? null,
});

export const permissionCatalog: ReadonlyMap<string, CatalogEntry> = new Map(
  [...intunePermissions, ...directoryPermissions].map((permission) => [permission.name, entry(permission)]),
);

const namesById = new Map([...permissionCatalog.values()].flatMap(({ id, name }) => [[id, name]] as const));

/** The name of an application permission by its id; the id itself where the catalog has none. */
export const roleName = (id: string): string => namesById.get(id.toLowerCase()) ?? id;

const scopeNames = new Map(
  [...permissionCatalog.values()].flatMap(({ scopeId, name }) => (scopeId === null ? [] : [[scopeId, name] as const])),
);

export const scopeName = (id: string): string => scopeNames.get(id.toLowerCase()) ?? id;

/** By name, whatever its case. */
export function findPermission(name: string): CatalogEntry | IntuneApiPermission | null {
  const wanted = name.trim().toLowerCase();
  const all = [...permissionCatalog.values(), ...intuneApiPermissions];
  return all.find((permission) => permission.name.toLowerCase() === wanted) ?? null;
}
