import type { workspaces } from '../store/schema.ts';
import type { Workspace } from './actor.ts';

export const readWorkspace = (row: typeof workspaces.$inferSelect): Workspace => ({
  id: row.id,
  homeTenantId: row.homeTenantId,
  kind: row.kind,
  name: row.name,
  installedBy: row.installedBy,
  sharedChannelsAllowed: row.sharedChannelsAllowed,
});
