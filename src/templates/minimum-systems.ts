import { androidMinimumOsVersionsBeta } from '../graph/android-minimum-os.ts';
import { iosMinimumOsVersions, macOsMinimumOsVersions } from '../graph/apple-minimum-os.ts';
import { windowsReleases } from '../graph/windows-minimum-os.ts';

interface Choice {
  title: string;
  value: string;
}

export interface MinimumSystem {
  id: string;
  label: string;
  /** Oldest first. */
  choices: readonly Choice[];
  graphTypes: readonly string[];
  /** Where the form of a release has it. */
  formField: string;
  /** The form proposes what the package says, which a template may raise and not lower. */
  isOfPackage: boolean;
}

const flagged = (known: readonly { flag: string; label: string }[]) =>
  known.map(({ flag, label }) => ({ title: label, value: flag }));

/** Each type of app has a list of its own. */
export const minimumSystems: readonly MinimumSystem[] = [
  {
    id: 'minimumAndroid',
    label: 'Minimum Android version',
    choices: flagged(androidMinimumOsVersionsBeta),
    graphTypes: ['androidLobApp'],
    formField: 'minimumOs',
    isOfPackage: true,
  },
  {
    id: 'minimumIos',
    label: 'Minimum iOS version',
    choices: flagged(iosMinimumOsVersions),
    graphTypes: ['iosLobApp'],
    formField: 'minimumOs',
    isOfPackage: true,
  },
  {
    id: 'minimumMac',
    label: 'Minimum macOS version',
    choices: flagged(macOsMinimumOsVersions),
    graphTypes: ['macOSLobApp', 'macOSPkgApp', 'macOSDmgApp'],
    formField: 'minimumOs',
    isOfPackage: true,
  },
  {
    id: 'minimumAppx',
    label: 'Minimum Windows version (MSIX, AppX)',
    choices: [
      { title: 'Windows 10', value: 'v10_0' },
      ...windowsReleases.flatMap(({ flag, label }) => (flag === null ? [] : [{ title: label, value: flag }])),
    ],
    graphTypes: ['windowsUniversalAppX'],
    formField: 'minimumOs',
    isOfPackage: true,
  },
  {
    id: 'minimumWin32',
    label: 'Minimum Windows version (Win32)',
    choices: windowsReleases.map(({ release, label }) => ({ title: label, value: release })),
    graphTypes: ['win32LobApp'],
    formField: 'minimumWindows',
    isOfPackage: false,
  },
];

export interface MinimumAsked {
  field: string;
  value: string;
}

/** What a template's minimum does to a form; a sentence where the package needs a newer system than the template says. */
export function minimumFor(
  id: string,
  wanted: string,
  target: { graphType: string; fields: readonly { id: string; value?: string }[] },
): MinimumAsked | { leftOut: string } | null {
  const system = minimumSystems.find((each) => each.id === id);
  const field = target.fields.find((each) => each.id === system?.formField);
  if (system === undefined || field === undefined || !system.graphTypes.includes(target.graphType)) return null;
  const place = (value: string | undefined) => system.choices.findIndex((choice) => choice.value === value);
  const own = place(field.value);
  if (system.isOfPackage && own > place(wanted))
    return { leftOut: `${system.label}: the package needs ${system.choices[own]?.title}, so that stays.` };
  return { field: field.id, value: wanted };
}
