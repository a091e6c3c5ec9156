export interface AppleMinimumOsVersion {
  /** The one property of the minimum operating system that is sent as true. */
  flag: string;
  label: string;
  version: string;
}

const versions = (system: string, ...numbers: string[]): AppleMinimumOsVersion[] =>
  numbers.map((number) => ({
    flag: `v${number.includes('.') ? number.replace('.', '_') : `${number}_0`}`,
    label: `${system} ${number}`,
    version: number,
  }));

/** Oldest first; from 16 on in beta only. https://learn.microsoft.com/graph/api/resources/intune-apps-iosminimumoperatingsystem */
export const iosMinimumOsVersions: readonly AppleMinimumOsVersion[] = versions(
  'iOS',
  ...['8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '18', '26'],
);

/** Oldest first; from 14 on in beta only. https://learn.microsoft.com/graph/api/resources/intune-apps-macosminimumoperatingsystem */
export const macOsMinimumOsVersions: readonly AppleMinimumOsVersion[] = versions(
  'macOS',
  ...['10.7', '10.8', '10.9', '10.10', '10.11', '10.12', '10.13', '10.14', '10.15', '11', '12', '13', '14', '15', '26'],
);

/** The highest flag that is not above what a package asks for; the lowest where it asks for nothing or for less. */
export function appleMinimumOsFor(wanted: string | null, known: readonly AppleMinimumOsVersion[]): string {
  const lowest = known[0]?.flag ?? '';
  if (wanted === null) return lowest;
  return known.findLast((candidate) => !isAbove(candidate.version, wanted))?.flag ?? lowest;
}

function isAbove(version: string, wanted: string): boolean {
  const [left, right] = [numbers(version), numbers(wanted)];
  const [major = 0, minor = 0] = left;
  return major !== (right[0] ?? 0) ? major > (right[0] ?? 0) : minor > (right[1] ?? 0);
}

const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
