import type { GraphAppType } from '../packages/package-facts.ts';
import type { GraphVersion } from './graph-client.ts';

/** Types that Graph v1.0 does not have; everything about them goes to beta. */
const betaTypes: ReadonlySet<string> = new Set([
  'androidForWorkApp',
  'androidManagedStoreApp',
  'macOSPkgApp',
  'macOSWebClip',
  'macOsVppApp',
  'officeSuiteApp',
  'win32CatalogApp',
  'winGetApp',
  'windowsAutoUpdateCatalogApp',
  'windowsStoreApp',
]);

/** Properties that only beta has. */
const betaProperties: ReadonlySet<string> = new Set([
  'roleScopeTagIds',
  'targetedPlatforms',
  'displayVersion',
  'allowAvailableUninstall',
  'identityVersion:windowsMobileMSI',
  'useDeviceContext:windowsMobileMSI',
  'preInstallScript',
  'postInstallScript',
]);

/** The newest flags of minimum operating systems that v1.0 has. */
const newestInV1: Readonly<Partial<Record<GraphAppType, number>>> = {
  androidLobApp: 11,
  iosLobApp: 15,
  macOSLobApp: 13,
  macOSDmgApp: 13,
};

export const versionForType = (type: string): GraphVersion => (betaTypes.has(type) ? 'beta' : 'v1.0');

/**
 * v1.0 wherever it can say what has to be said. One place for all that it lacks:
 * https://learn.microsoft.com/graph/api/resources/intune-apps-mobilelobapp against the same page of beta.
 */
export function versionForApp(type: GraphAppType, properties: Readonly<Record<string, unknown>>): GraphVersion {
  if (betaTypes.has(type)) return 'beta';
  const names = Object.keys(properties);
  if (names.some((name) => betaProperties.has(name) || betaProperties.has(`${name}:${type}`))) return 'beta';
  if (hasRunTime(properties.installExperience)) return 'beta';
  if (needsNewerSystem(type, properties.minimumSupportedOperatingSystem)) return 'beta';
  return [properties.applicableArchitectures, properties.allowedArchitectures].some(namesArm64) ? 'beta' : 'v1.0';
}

const hasRunTime = (experience: unknown) =>
  experience !== null && typeof experience === 'object' && 'maxRunTimeInMinutes' in experience;

function needsNewerSystem(type: GraphAppType, minimum: unknown): boolean {
  const flags = minimum === null || typeof minimum !== 'object' ? [] : Object.keys(minimum);
  if (type === 'windowsUniversalAppX') return flags.some((flag) => flag !== 'v10_0');
  const newest = newestInV1[type] ?? Number.POSITIVE_INFINITY;
  return flags.some((flag) => Number(/^v(\d+)/.exec(flag)?.[1] ?? 0) > newest);
}

const namesArm64 = (value: unknown) => typeof value === 'string' && /\barm64\b/.test(value);
