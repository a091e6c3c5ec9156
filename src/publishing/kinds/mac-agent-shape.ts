import type { DmgFacts, PkgFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import type { AppShape, SettingField, Settings } from './app-shape.ts';
import { macIgnoreVersion, macMinimumOs } from './mac-managed-shape.ts';

interface IncludedApp {
  bundleId: string;
  bundleVersion: string;
}

const mostApps = 500;
/** https://learn.microsoft.com/intune/intune-service/apps/macos-unmanaged-pkg */
const longestScript = 15_360;

/**
 * What Intune's own agent installs on a Mac. https://learn.microsoft.com/graph/api/resources/intune-apps-macospkgapp,
 * https://learn.microsoft.com/graph/api/resources/intune-apps-macosdmgapp
 */
export function macAgentShape(facts: PkgFacts | DmgFacts): AppShape {
  const isPkg = facts.format === 'pkg';
  const apps = isPkg ? appsOfPkg(facts) : appsOfDmg(facts);
  const main = apps.find(({ bundleId }) => bundleId === facts.identifier) ?? apps[0];
  const isKnown = main !== undefined;
  return {
    graphType: isPkg ? 'macOSPkgApp' : 'macOSDmgApp',
    noun: isPkg ? 'a macOS app (PKG)' : 'a macOS app (DMG)',
    explanation: null,
    fields: [
      {
        id: 'bundleId',
        label: 'Bundle id',
        hint: isKnown
          ? 'Of the main app, by which Intune finds it on a Mac.'
          : 'I could not read it from the package. It stands in the app’s Info.plist, for example com.contoso.notes.',
        isRequired: true,
        isFurther: isKnown,
        value: main?.bundleId ?? '',
        maxLength: 255,
        check: (value) => (isBundleId(value) ? null : 'Letters, digits, dots and dashes only'),
      },
      {
        id: 'bundleVersion',
        label: 'Version',
        hint: isKnown
          ? 'CFBundleShortVersionString of the main app.'
          : 'CFBundleShortVersionString, for example 4.2.1.',
        isRequired: true,
        isFurther: isKnown && main.bundleVersion !== '',
        value: main?.bundleVersion ?? '',
        maxLength: 100,
      },
      macMinimumOs(isPkg ? facts.details.minimumOSVersion : null),
      macIgnoreVersion,
      {
        id: 'includedApps',
        label: 'Apps that have to be there',
        hint: 'One in each line: bundle id, a space, version. Empty: the main app alone. List only what lands in Applications.',
        isFurther: true,
        isMultiline: true,
        value: apps.map(({ bundleId, bundleVersion }) => `${bundleId} ${bundleVersion}`.trim()).join('\n'),
        maxLength: 15_000,
        check: (value) => faultOfApps(value),
      },
      ...(isPkg ? scripts : []),
    ],
    draft: (_texts, settings) => ({
      properties: {
        primaryBundleId: settings.bundleId ?? '',
        primaryBundleVersion: settings.bundleVersion ?? '',
        includedApps: includedApps(settings).map((app) => ({
          '@odata.type': '#microsoft.graph.macOSIncludedApp',
          ...app,
        })),
        minimumSupportedOperatingSystem: { [settings.minimumOs ?? '']: true },
        ignoreVersionDetection: settings.ignoreVersion === 'true',
        ...(isPkg ? scriptsOf(settings) : {}),
      },
      version: settings.bundleVersion ?? '?',
      manifest: null,
      identities: [{ primaryBundleId: settings.bundleId ?? '' }],
      content: packageItself,
    }),
  };
}

/** A package without an app is known to a Mac by its receipt. */
function appsOfPkg({ details }: PkgFacts): IncludedApp[] {
  const apps = details.apps.map(({ bundleId, shortVersion, buildVersion }) => ({
    bundleId,
    bundleVersion: shortVersion ?? buildVersion ?? '',
  }));
  if (apps.length > 0) return apps;
  return details.packages.slice(0, 1).map(({ id, version }) => ({ bundleId: id, bundleVersion: version ?? '' }));
}

const appsOfDmg = ({ details }: DmgFacts): IncludedApp[] =>
  details.apps.map(({ bundleId, bundleVersion }) => ({ bundleId, bundleVersion: bundleVersion ?? '' }));

const isBundleId = (value: string) => /^[\p{L}\p{N}._-]+$/u.test(value);

function linesOf(value: string): string[] {
  return value
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function faultOfApps(value: string): string | null {
  const lines = linesOf(value);
  if (lines.length > mostApps) return `At most ${mostApps} apps`;
  const wrong = lines.find((line) => !/^[\p{L}\p{N}._-]+\s+\S+$/u.test(line));
  return wrong === undefined
    ? null
    : `Write a bundle id, a space and a version: ${wrong.slice(0, 60)} is something else`;
}

function includedApps({ bundleId = '', bundleVersion = '', includedApps: typed = '' }: Settings): IncludedApp[] {
  const listed = linesOf(typed).map((line) => {
    const [id = '', version = ''] = line.split(/\s+/);
    return { bundleId: id, bundleVersion: version };
  });
  const others = listed.filter((app) => app.bundleId !== bundleId);
  const main = listed.find((app) => app.bundleId === bundleId) ?? { bundleId, bundleVersion };
  return [main, ...others];
}

const script = (id: string, label: string): SettingField => ({
  id,
  label,
  hint: 'A shell script that begins with #! and runs as root.',
  isFurther: true,
  isMultiline: true,
  value: '',
  maxLength: longestScript - 1,
  check: (value) => (value.startsWith('#!') ? null : 'Begin with #! and the shell, for example #!/bin/zsh'),
});
const scripts = [script('preScript', 'Script before'), script('postScript', 'Script after')];

function scriptsOf({ preScript = '', postScript = '' }: Settings): Record<string, unknown> {
  const written = (text: string) => ({
    '@odata.type': '#microsoft.graph.macOSAppScript',
    scriptContent: Buffer.from(text.replaceAll('\r\n', '\n'), 'utf8').toString('base64'),
  });
  return {
    ...(preScript === '' ? {} : { preInstallScript: written(preScript) }),
    ...(postScript === '' ? {} : { postInstallScript: written(postScript) }),
  };
}
