import { androidMinimumOsVersionsBeta } from '../../graph/android-minimum-os.ts';
import { iosMinimumOsVersions, macOsMinimumOsVersions } from '../../graph/apple-minimum-os.ts';
import { windowsReleases } from '../../graph/windows-minimum-os.ts';
import type { GraphAppType } from '../../packages/package-facts.ts';

export interface Difference {
  /** Name of the property. */
  property: string;
  label: string;
  from: string;
  to: string;
}

const labels: Readonly<Record<string, string>> = {
  displayName: 'Name',
  description: 'Description',
  publisher: 'Publisher',
  developer: 'Developer',
  owner: 'Owner',
  informationUrl: 'Information link',
  privacyInformationUrl: 'Privacy link',
  isFeatured: 'Featured',
  roleScopeTagIds: 'Scope tags',
  returnCodes: 'Return codes',
  minimumFreeDiskSpaceInMB: 'Free disk space in MB',
  minimumMemoryInMB: 'Memory in MB',
  minimumNumberOfProcessors: 'Processor cores',
  minimumCpuSpeedInMHz: 'Processor speed in MHz',
  allowAvailableUninstall: 'People may uninstall it',
  targetedPlatforms: 'Kind of management',
  allowedArchitectures: 'Architectures',
  applicableDeviceTypes: 'Devices',
  installAsManaged: 'Installed as managed',
  isBundle: 'Bundle',
  fileName: 'File',
  packageId: 'Package id',
  versionName: 'Version',
  versionCode: 'Version code',
  versionNumber: 'Version',
  buildNumber: 'Build',
  bundleId: 'Bundle id',
  applicableDeviceType: 'Devices',
  expirationDateTime: 'Runs until',
  minimumSupportedOperatingSystem: 'Minimum system',
  minimumSupportedWindowsRelease: 'Minimum Windows',
  productCode: 'Product code',
  productVersion: 'Version',
  commandLine: 'Arguments',
  ignoreVersionDetection: 'Ignores other versions',
  useDeviceContext: 'Installed for the device',
  identityName: 'Identity',
  identityVersion: 'Version',
  identityPublisherHash: 'Publisher hash',
  applicableArchitectures: 'Architectures',
  childApps: 'Apps',
  includedApps: 'Apps',
  primaryBundleId: 'Bundle id',
  primaryBundleVersion: 'Version',
  preInstallScript: 'Script before',
  postInstallScript: 'Script after',
  installCommandLine: 'Install command',
  uninstallCommandLine: 'Uninstall command',
  setupFilePath: 'Setup file',
  installExperience: 'Installs as',
  rules: 'Detection',
  displayVersion: 'Version',
  msiInformation: 'MSI',
};

const longest = 80;

/** What new content would change, property by property, in words. The notes are for administrators and kept. */
export function differencesOf(
  type: GraphAppType,
  next: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): Difference[] {
  return Object.keys(next)
    .filter((name) => name !== 'notes' && !isEqual(next[name], current[name]))
    .map((property) => ({
      property,
      label: property === 'buildNumber' && type === 'macOSLobApp' ? 'Version' : (labels[property] ?? property),
      from: shown(property, current[property]),
      to: shown(property, next[property]),
    }));
}

/** What Graph adds by itself (types, properties without a value) makes no difference. */
function isEqual(next: unknown, current: unknown): boolean {
  if (isEmpty(next) && isEmpty(current)) return true;
  if (typeof next === 'string' && typeof current === 'string') return next === current || isSameTime(next, current);
  if (Array.isArray(next) && Array.isArray(current))
    return next.length === current.length && next.every((entry, index) => isEqual(entry, current[index]));
  if (isRecord(next) && isRecord(current)) {
    const names = [...new Set([...Object.keys(next), ...Object.keys(current)])].filter(
      (name) => name !== '@odata.type',
    );
    return names.every((name) => isEqual(next[name], current[name]));
  }
  return next === current;
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === '' || value === false;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isTime = (value: string) => /^\d{4}-\d\d-\d\dT/.test(value);
const isSameTime = (a: string, b: string) => isTime(a) && isTime(b) && Date.parse(a) === Date.parse(b);

const systems = new Map(
  [...androidMinimumOsVersionsBeta, ...iosMinimumOsVersions, ...macOsMinimumOsVersions].map(({ flag, label }) => [
    flag,
    label.replace(/^\S+ /, ''),
  ]),
);
for (const { flag, label } of windowsReleases) if (flag !== null) systems.set(flag, label);

function shown(property: string, value: unknown): string {
  const words = worded(property, value).replace(/\s+/g, ' ');
  return words.length > longest ? `${words.slice(0, longest)}…` : words;
}

function worded(property: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return isTime(value) ? value.slice(0, 10) : value;
  if (property === 'minimumSupportedOperatingSystem' && isRecord(value)) {
    const flag = Object.keys(value).find((name) => value[name] === true);
    return flag === undefined ? 'newer than Graph v1.0 can say' : (systems.get(flag) ?? flag);
  }
  if (property === 'applicableDeviceType' && isRecord(value))
    return (
      [value.iPhoneAndIPod === true ? 'iPhone' : '', value.iPad === true ? 'iPad' : ''].filter(Boolean).join(', ') ||
      'nothing'
    );
  if (/Script$/.test(property)) return 'a script';
  return Array.isArray(value) ? value.map(summary).join(', ') : summary(value);
}

function summary(value: unknown): string {
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .filter(([name, part]) => !name.includes('@') && name !== 'ruleType' && !isEmpty(part))
    .map(([, part]) => (isRecord(part) ? summary(part) : String(part)))
    .filter((part) => part !== 'notConfigured')
    .join(' ');
}
