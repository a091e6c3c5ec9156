import { z } from 'zod';
import type { GraphClient } from '../graph-client.ts';

export interface AssignmentFilter {
  id: string;
  name: string;
  /** `android`, `iOS`, `macOS`, `windows10AndLater`, … */
  platform: string;
  rule: string;
}

const filter = z
  .object({
    id: z.string(),
    displayName: z.string().nullish(),
    platform: z.string().nullish(),
    rule: z.string().nullish(),
    assignmentFilterManagementType: z.string().nullish(),
  })
  .transform(({ id, displayName, platform, rule, assignmentFilterManagementType }) => ({
    id: id.toLowerCase(),
    name: displayName ?? id,
    platform: platform ?? 'unknown',
    rule: rule ?? '',
    forDevices: assignmentFilterManagementType !== 'apps',
  }));

/**
 * Filters that assignments of apps can carry, by name. Reading them takes DeviceManagementConfiguration.Read.All; only
 * beta has them. Those for app protection policies are left out: an app's assignment takes filters of devices.
 */
export async function listAssignmentFilters(graph: GraphClient, signal?: AbortSignal): Promise<AssignmentFilter[]> {
  const found: AssignmentFilter[] = [];
  const listing = graph.pages({
    path: '/deviceManagement/assignmentFilters',
    version: 'beta',
    schema: filter,
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const page of listing)
    found.push(...page.filter(({ forDevices }) => forDevices).map(({ forDevices: _, ...each }) => each));
  return found.sort((one, other) => one.name.localeCompare(other.name));
}
