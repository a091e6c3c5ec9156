export interface AndroidMinimumOsVersion {
  /** The one property of `androidMinimumOperatingSystem` that is sent as true. */
  flag: string;
  label: string;
  /** First API level; https://developer.android.com/tools/releases/platforms */
  level: number;
}

const version = (level: number, flag: string, label: string): AndroidMinimumOsVersion => ({ level, flag, label });

/**
 * What Graph v1.0 can say, oldest first. 12 to 15 exist in beta only:
 * https://learn.microsoft.com/graph/api/resources/intune-apps-androidminimumoperatingsystem
 */
export const androidMinimumOsVersions: readonly AndroidMinimumOsVersion[] = [
  version(14, 'v4_0', 'Android 4.0'),
  version(15, 'v4_0_3', 'Android 4.0.3'),
  version(16, 'v4_1', 'Android 4.1'),
  version(17, 'v4_2', 'Android 4.2'),
  version(18, 'v4_3', 'Android 4.3'),
  version(19, 'v4_4', 'Android 4.4'),
  version(21, 'v5_0', 'Android 5.0'),
  version(22, 'v5_1', 'Android 5.1'),
  version(23, 'v6_0', 'Android 6.0'),
  version(24, 'v7_0', 'Android 7.0'),
  version(25, 'v7_1', 'Android 7.1'),
  version(26, 'v8_0', 'Android 8.0'),
  version(27, 'v8_1', 'Android 8.1'),
  version(28, 'v9_0', 'Android 9'),
  version(29, 'v10_0', 'Android 10'),
  version(30, 'v11_0', 'Android 11'),
];

/** With those that only beta knows. */
export const androidMinimumOsVersionsBeta: readonly AndroidMinimumOsVersion[] = [
  ...androidMinimumOsVersions,
  version(31, 'v12_0', 'Android 12'),
  version(33, 'v13_0', 'Android 13'),
  version(34, 'v14_0', 'Android 14'),
  version(35, 'v15_0', 'Android 15'),
];

/**
 * The highest flag that is not above a package's `minSdkVersion`. A package without one runs on every Android; a level
 * that is no number is the code name of a preview, newer than everything known here.
 */
export function androidMinimumOsFor(
  minSdkVersion: string | null,
  versions: readonly AndroidMinimumOsVersion[] = androidMinimumOsVersions,
): string {
  const level = apiLevel(minSdkVersion);
  return versions.findLast((candidate) => candidate.level <= level)?.flag ?? 'v4_0';
}

function apiLevel(minSdkVersion: string | null): number {
  if (minSdkVersion === null) return 1;
  return /^\d+$/.test(minSdkVersion) ? Number(minSdkVersion) : Number.POSITIVE_INFINITY;
}
