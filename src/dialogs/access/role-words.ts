import type { Permission } from '../../access/actor.ts';
import type { GrantablePermission } from '../../access/own-roles.ts';
import type { BuiltInRole } from '../../access/roles.ts';

/** What a permission lets people do, for forms and for whoami. */
export const permissionWords: Record<GrantablePermission, string> = {
  publish: 'Publish apps',
  approve: 'Decide on consent requests',
  manageApps: 'Change, assign and retire apps',
  manageTemplates: 'Keep templates',
  manageConnections: 'Connect tenants and look after connections',
  administer: 'Name people, share connections, read the audit',
};

export const roleWords: Record<BuiltInRole, string> = {
  viewer: 'looks, also from their own chat with me',
  publisher: 'publishes, assigns, changes and retires apps, and keeps templates',
  approver: 'decides on consent requests',
  admin: 'does all of it, connects tenants and names people',
};

const least: Record<GrantablePermission, BuiltInRole> = {
  publish: 'publisher',
  approve: 'approver',
  manageApps: 'publisher',
  manageTemplates: 'publisher',
  manageConnections: 'admin',
  administer: 'admin',
};

/** The roles that allow something, for sentences that say why somebody may not. */
export const rolesFor = (permission: Exclude<Permission, 'none' | 'look'>): string =>
  `the ${least[permission]} role, or an own role with “${permissionWords[permission]}”`;
