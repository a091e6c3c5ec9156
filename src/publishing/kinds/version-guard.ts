import type { GraphAppType } from '../../packages/package-facts.ts';

/** How the package stands to what is there. */
export type Standing = 'newer' | 'same' | 'older' | 'unknown';

/** `refuse`: neither Intune nor devices take it. `ask`: possible, but rarely meant. */
export type Guard = 'allow' | 'ask' | 'refuse';

interface VersionRule {
  /** What the version is called where its digits are shown. */
  shown(properties: Properties): string | null;
  compare(next: Properties, current: Properties): Standing;
  same: Guard;
  older: Guard;
  /** Why, for people. */
  reason: { same: string; older: string };
}

type Properties = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const named = (version: string | null, build: string | null) =>
  version === null || build === null || version === build ? (version ?? build) : `${version} (${build})`;

/** Compares dotted numbers; null where there is something else in one of them. */
function order(next: string | null, current: string | null): number | null {
  const [left, right] = [numbers(next), numbers(current)];
  if (left === null || right === null) return null;
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const [a, b] = [left[part] ?? 0n, right[part] ?? 0n];
    if (a !== b) return a > b ? 1 : -1;
  }
  return 0;
}

function numbers(version: string | null): bigint[] | null {
  const match = /^v?(\d{1,20}(?:\.\d{1,20}){0,7})$/i.exec(version?.trim() ?? '');
  return match?.[1] === undefined ? null : match[1].split('.').map(BigInt);
}

function standing(...orders: (number | null)[]): Standing {
  const decisive = orders.find((found) => found !== 0);
  if (decisive === undefined) return 'same';
  if (decisive === null) return 'unknown';
  return decisive > 0 ? 'newer' : 'older';
}

const byProperty = (name: string): Pick<VersionRule, 'shown' | 'compare'> => ({
  shown: (properties) => text(properties[name]),
  compare: (next, current) => standing(order(text(next[name]), text(current[name]))),
});

const macAgent: VersionRule = {
  ...byProperty('primaryBundleVersion'),
  same: 'ask',
  older: 'ask',
  reason: {
    same: 'Macs that have it already do not install it again.',
    older: 'Macs that have a newer version keep it.',
  },
};

const win32Version = (properties: Properties) =>
  text(properties.displayVersion) ??
  text((properties.msiInformation as { productVersion?: unknown } | null | undefined)?.productVersion);

const rules: Readonly<Record<GraphAppType, VersionRule>> = {
  androidLobApp: {
    shown: ({ versionName, versionCode }) => named(text(versionName), text(versionCode)),
    compare: (next, current) => standing(order(text(next.versionCode), text(current.versionCode))),
    same: 'ask',
    older: 'ask',
    reason: {
      same: 'Android devices install only a higher version code.',
      older: 'Android devices install only a higher version code.',
    },
  },
  iosLobApp: {
    shown: ({ versionNumber, buildNumber }) => named(text(versionNumber), text(buildNumber)),
    compare: (next, current) =>
      text(next.versionNumber) === text(current.versionNumber) && text(next.buildNumber) === text(current.buildNumber)
        ? 'same'
        : standing(
            order(text(next.versionNumber), text(current.versionNumber)),
            order(text(next.buildNumber), text(current.buildNumber)),
          ),
    same: 'refuse',
    older: 'ask',
    reason: {
      same: 'Intune takes an iOS app only with another build number (CFBundleVersion).',
      older: 'Devices that have a newer build keep it.',
    },
  },
  windowsUniversalAppX: {
    ...byProperty('identityVersion'),
    same: 'refuse',
    older: 'refuse',
    reason: {
      same: 'Windows installs such a package only if its version is higher.',
      older: 'Windows installs such a package only if its version is higher.',
    },
  },
  windowsMobileMSI: {
    ...byProperty('productVersion'),
    same: 'ask',
    older: 'ask',
    reason: {
      same: 'Devices that have it already do not install it again.',
      older: 'Windows Installer does not replace a newer version.',
    },
  },
  win32LobApp: {
    shown: win32Version,
    compare: (next, current) => standing(order(win32Version(next), win32Version(current))),
    same: 'ask',
    older: 'ask',
    reason: {
      same: 'Devices on which it is detected do not install it again.',
      older: 'Most installers do not replace a newer version.',
    },
  },
  macOSLobApp: {
    // Graph calls CFBundleShortVersionString the build number and CFBundleVersion the version number.
    shown: ({ buildNumber, versionNumber }) => named(text(buildNumber), text(versionNumber)),
    compare: (next, current) =>
      standing(
        order(text(next.buildNumber), text(current.buildNumber)),
        order(text(next.versionNumber), text(current.versionNumber)),
      ),
    same: macAgent.same,
    older: macAgent.older,
    reason: macAgent.reason,
  },
  macOSPkgApp: macAgent,
  macOSDmgApp: macAgent,
};

export const shownVersion = (type: GraphAppType, properties: Properties) => rules[type].shown(properties);

export interface Verdict {
  standing: Standing;
  guard: Guard;
  reason: string | null;
}

/** Whether new content may replace what is there. A version that cannot be compared is up to the person. */
export function judgeVersion(type: GraphAppType, next: Properties, current: Properties): Verdict {
  const rule = rules[type];
  const found = rule.compare(next, current);
  if (found === 'newer' || found === 'unknown') return { standing: found, guard: 'allow', reason: null };
  return { standing: found, guard: rule[found], reason: rule.reason[found] };
}
