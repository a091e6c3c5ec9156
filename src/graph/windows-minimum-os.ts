export interface WindowsRelease {
  /** What `minimumSupportedWindowsRelease` of a Win32 app calls it; note 2H20. */
  release: string;
  /** The flag of `windowsMinimumOperatingSystem`; only v10_0 exists outside beta. Null where there is none yet. */
  flag: string | null;
  label: string;
  build: number;
}

const release = (build: number, name: string, flag: string | null, label: string): WindowsRelease => ({
  build,
  release: name,
  flag,
  label,
});

/**
 * Oldest first. https://learn.microsoft.com/graph/api/resources/intune-apps-windowsminimumoperatingsystem,
 * https://learn.microsoft.com/windows/release-health/release-information
 */
export const windowsReleases: readonly WindowsRelease[] = [
  release(14_393, '1607', 'v10_1607', 'Windows 10 1607'),
  release(15_063, '1703', 'v10_1703', 'Windows 10 1703'),
  release(16_299, '1709', 'v10_1709', 'Windows 10 1709'),
  release(17_134, '1803', 'v10_1803', 'Windows 10 1803'),
  release(17_763, '1809', 'v10_1809', 'Windows 10 1809'),
  release(18_362, '1903', 'v10_1903', 'Windows 10 1903'),
  release(18_363, '1909', 'v10_1909', 'Windows 10 1909'),
  release(19_041, '2004', 'v10_2004', 'Windows 10 2004'),
  release(19_042, '2H20', 'v10_2H20', 'Windows 10 20H2'),
  release(19_043, '21H1', 'v10_21H1', 'Windows 10 21H1'),
  release(19_044, 'Windows10_21H2', null, 'Windows 10 21H2'),
  release(19_045, 'Windows10_22H2', null, 'Windows 10 22H2'),
  release(22_000, 'Windows11_21H2', null, 'Windows 11 21H2'),
  release(22_621, 'Windows11_22H2', null, 'Windows 11 22H2'),
  release(22_631, 'Windows11_23H2', null, 'Windows 11 23H2'),
];

/** The newest flag that is not above a package's `MinVersion` (10.0.17763.0), v10_0 where that is older or unknown. */
export function windowsFlagFor(minVersion: string | null): string {
  const [major = 0, , build = 0] = (minVersion ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  if (major < 10) return 'v10_0';
  return windowsReleases.findLast((known) => known.flag !== null && known.build <= build)?.flag ?? 'v10_0';
}
