import { directoryPermissions } from './directory-permissions.ts';
import type { GraphPermission } from './graph-permission.ts';
import { intunePermissions } from './intune-permissions.ts';

export type { GraphPermission } from './graph-permission.ts';

export const permissionCatalog: ReadonlyMap<string, GraphPermission> = new Map(
  [...intunePermissions, ...directoryPermissions].map((entry) => [entry.name, entry]),
);
