import type { Connections } from '../connections/connections.ts';
import { type AppAssignments, createAppAssignments } from '../graph/app-assignments.ts';
import { createGroups, type Groups } from '../graph/groups/groups.ts';
import { IntuneAppChanges } from '../graph/intune-app-changes.ts';
import { IntuneApps } from '../graph/intune-apps.ts';

export interface AppAccess {
  apps: IntuneApps;
  changes: IntuneAppChanges;
  assignments: AppAssignments;
  groups: Groups;
}

/** What a connection lets one do with apps. */
export async function openApps(connections: Pick<Connections, 'accessTo'>, connectionId: string): Promise<AppAccess> {
  const { graph, cloud } = await connections.accessTo(connectionId);
  return {
    apps: new IntuneApps(graph),
    changes: new IntuneAppChanges(graph, cloud.graphUrl),
    assignments: createAppAssignments(graph),
    groups: createGroups(graph),
  };
}
