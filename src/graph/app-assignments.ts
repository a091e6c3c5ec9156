import { z } from 'zod';
import type { GraphClient, GraphVersion } from './graph-client.ts';

/** JSON of Graph, with the types' names in full: `#microsoft.graph.groupAssignmentTarget`. */
export type GraphObject = { readonly '@odata.type': string } & Readonly<Record<string, unknown>>;

/** One target of an app as Graph keeps it. What this product does not know stays in it untouched. */
export interface AppAssignment {
  intent: string;
  target: GraphObject;
  settings: GraphObject | null;
}

/** https://learn.microsoft.com/graph/api/resources/intune-apps-mobileappassignment */
export interface AppAssignments {
  list(appId: string, signal?: AbortSignal): Promise<AppAssignment[]>;
  /** Replaces all assignments of a published app. The same list twice is the same as once. */
  assign(appId: string, all: readonly AppAssignment[], signal?: AbortSignal): Promise<void>;
}

const graphObject = z.looseObject({ '@odata.type': z.string() });
const assignment = z
  .object({ intent: z.string(), target: graphObject, settings: graphObject.nullish() })
  .transform(({ intent, target, settings }): AppAssignment => ({ intent, target, settings: settings ?? null }));

const typePrefix = '#microsoft.graph.';
export const typeName = (object: GraphObject): string => object['@odata.type'].replace(/^#?microsoft\.graph\./, '');

/** What v1.0 knows of settings; more than that goes to beta. */
const settingsOfV1: Readonly<Record<string, readonly string[]>> = {
  iosLobAppAssignmentSettings: ['isRemovable', 'uninstallOnDeviceRemoval', 'vpnConfigurationId'],
  iosStoreAppAssignmentSettings: ['isRemovable', 'uninstallOnDeviceRemoval', 'vpnConfigurationId'],
  iosVppAppAssignmentSettings: ['useDeviceLicensing', 'vpnConfigurationId'],
  macOsLobAppAssignmentSettings: ['uninstallOnDeviceRemoval'],
  microsoftStoreForBusinessAppAssignmentSettings: ['useDeviceContext'],
  win32LobAppAssignmentSettings: [
    'autoUpdateSettings',
    'deliveryOptimizationPriority',
    'installTimeSettings',
    'notifications',
    'restartSettings',
  ],
  windowsAppXAppAssignmentSettings: ['useDeviceContext'],
  windowsUniversalAppXAppAssignmentSettings: ['useDeviceContext'],
};

const targetsOfV1: Readonly<Record<string, readonly string[]>> = {
  groupAssignmentTarget: ['groupId'],
  exclusionGroupAssignmentTarget: ['groupId'],
  allDevicesAssignmentTarget: [],
  allLicensedUsersAssignmentTarget: [],
  configurationManagerCollectionAssignmentTarget: ['collectionId'],
};

function fits(object: GraphObject, known: Readonly<Record<string, readonly string[]>>): boolean {
  const members = known[typeName(object)];
  if (members === undefined) return false;
  return Object.entries(object).every(
    ([name, value]) => name.startsWith('@') || isUnset(name, value) || members.includes(name),
  );
}

const isUnset = (name: string, value: unknown) =>
  value === null || (name === 'deviceAndAppManagementAssignmentFilterType' && value === 'none');

/** Beta only where something in the list needs it, such as an assignment filter. */
export function versionForAssignments(all: readonly AppAssignment[]): GraphVersion {
  const plain = all.every(
    ({ target, settings }) => fits(target, targetsOfV1) && (settings === null || fits(settings, settingsOfV1)),
  );
  return plain ? 'v1.0' : 'beta';
}

/** The body's list; a property that says nothing is left out, because v1.0 may not know it. */
export function assignmentBody({ intent, target, settings }: AppAssignment): Record<string, unknown> {
  return {
    '@odata.type': `${typePrefix}mobileAppAssignment`,
    intent,
    target: spoken(target),
    settings: settings === null ? null : spoken(settings),
  };
}

function spoken(object: GraphObject): Record<string, unknown> {
  const said = Object.entries(object).filter(([name, value]) => !isUnset(name, value));
  return { ...Object.fromEntries(said), '@odata.type': `${typePrefix}${typeName(object)}` };
}

export function createAppAssignments(graph: GraphClient): AppAssignments {
  const path = (appId: string) => `/deviceAppManagement/mobileApps/${encodeURIComponent(appId)}`;
  const cancellable = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    async list(appId, signal) {
      const found: AppAssignment[] = [];
      // v1.0 hides filters: who read there and wrote the list back would take them away from everybody.
      const listing = graph.pages({
        path: `${path(appId)}/assignments`,
        version: 'beta',
        schema: assignment,
        ...cancellable(signal),
      });
      for await (const page of listing) found.push(...page);
      return found;
    },

    async assign(appId, all, signal) {
      await graph.send<void>({
        method: 'POST',
        path: `${path(appId)}/assign`,
        version: versionForAssignments(all),
        body: { mobileAppAssignments: all.map(assignmentBody) },
        repeatable: true,
        ...cancellable(signal),
      });
    },
  };
}
