import { ProblemError } from '../../problems/problem.ts';
import { plainText } from '../plain-text.ts';
import { listOf, type PropertyDict, textOf } from '../property-list/property-value.ts';

const deviceNames: ReadonlyMap<string, string> = new Map([
  ['appletvos', 'Apple TV'],
  ['watchos', 'Apple Watch'],
  ['xros', 'Apple Vision Pro'],
  ['macosx', 'Mac'],
  ['maccatalyst', 'Mac'],
]);

/** What Info.plist says of an app. Keys: https://developer.apple.com/documentation/bundleresources/information-property-list */
export interface AppInfo {
  bundleId: string;
  versionNumber: string | null;
  buildNumber: string | null;
  displayName: string | null;
  minimumOSVersion: string | null;
  /** 1 is iPhone and iPod touch, 2 is iPad; in ascending order. */
  deviceFamilies: number[];
}

export function readAppInfo(info: PropertyDict): AppInfo {
  assertForDevices(info);
  const text = (key: string) => plainText(textOf(info.get(key)));
  return {
    bundleId: readBundleId(info),
    versionNumber: text('CFBundleShortVersionString'),
    buildNumber: text('CFBundleVersion'),
    displayName: text('CFBundleDisplayName') ?? text('CFBundleName'),
    minimumOSVersion: text('MinimumOSVersion'),
    deviceFamilies: readDeviceFamilies(info),
  };
}

function readBundleId(info: PropertyDict): string {
  const bundleId = textOf(info.get('CFBundleIdentifier'))?.trim() ?? '';
  if (!/^[A-Za-z0-9._-]{1,255}$/.test(bundleId)) {
    const fault =
      bundleId === '' ? 'names no bundle identifier' : 'names a bundle identifier that Apple does not allow';
    throw new ProblemError('packageMalformed', { detail: `Info.plist in it ${fault}.` });
  }
  return bundleId;
}

function readDeviceFamilies(info: PropertyDict): number[] {
  const families = listOf(info.get('UIDeviceFamily'))
    .map((value) => Number(textOf(value) ?? Number.NaN))
    .filter((family) => Number.isInteger(family) && family > 0 && family < 100);
  return [...new Set(families)].sort((a, b) => a - b);
}

/** Old builds name their platform only in what Xcode leaves behind, and the oldest nowhere. */
function assertForDevices(info: PropertyDict): void {
  const supported = platformNames(info, 'CFBundleSupportedPlatforms');
  const platforms = supported.length > 0 ? supported : platformNames(info, 'DTPlatformName');
  if (platforms.length === 0 || platforms.includes('iphoneos')) return;
  if (platforms.some((platform) => platform.endsWith('simulator'))) throw new ProblemError('iosSimulatorBuild');
  const device = platforms.map((platform) => deviceNames.get(platform)).find((name) => name !== undefined);
  throw new ProblemError('iosOtherPlatform', device === undefined ? {} : { detail: `It was built for ${device}.` });
}

function platformNames(info: PropertyDict, key: string): string[] {
  return listOf(info.get(key)).flatMap((value) => plainText(textOf(value))?.toLowerCase() ?? []);
}
