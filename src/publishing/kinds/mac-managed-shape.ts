import { appleMinimumOsFor, macOsMinimumOsVersions } from '../../graph/apple-minimum-os.ts';
import type { PkgFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import { type AppShape, type SettingField, yesOrNo } from './app-shape.ts';

export function macMinimumOs(wanted: string | null): SettingField {
  return {
    id: 'minimumOs',
    label: 'Minimum macOS version',
    hint:
      wanted === null ? 'The package asks for none.' : 'Read from the package. Devices below it do not get the app.',
    isRequired: true,
    value: appleMinimumOsFor(wanted, macOsMinimumOsVersions),
    choices: macOsMinimumOsVersions.map(({ flag, label }) => ({ title: label, value: flag })),
  };
}

export const macIgnoreVersion: SettingField = {
  id: 'ignoreVersion',
  label: 'When another version is on the Mac',
  hint: 'Leave it alone where the app updates itself.',
  isFurther: true,
  isRequired: true,
  value: 'false',
  choices: yesOrNo('Leave it alone', 'Install this version'),
};

/** https://learn.microsoft.com/graph/api/resources/intune-apps-macoslobapp */
export function macManagedShape(facts: PkgFacts): AppShape {
  const { apps, minimumOSVersion } = facts.details;
  const children = apps.map(({ bundleId, shortVersion, buildVersion }) => ({
    bundleId,
    // Graph's names are the other way round: its build number is CFBundleShortVersionString, its version number CFBundleVersion.
    buildNumber: shortVersion ?? buildVersion ?? '',
    versionNumber: buildVersion ?? shortVersion ?? '',
  }));
  const main = children.find(({ bundleId }) => bundleId === facts.identifier) ?? children[0];
  const bundleId = main?.bundleId ?? facts.identifier ?? '';
  return {
    graphType: 'macOSLobApp',
    noun: 'a macOS line-of-business app',
    explanation:
      'As a line-of-business app, Apple’s device management installs it. As a macOS app (PKG), Intune’s agent does: it runs scripts, takes more packages, and reports more.',
    fields: [
      macMinimumOs(minimumOSVersion),
      macIgnoreVersion,
      {
        id: 'managed',
        label: 'When the Mac leaves management',
        hint: 'Needs macOS 11 and one app in the package.',
        isFurther: true,
        isRequired: true,
        value: 'false',
        choices: yesOrNo('The app is removed', 'The app stays'),
      },
    ],
    draft: (_texts, settings) => ({
      properties: {
        bundleId,
        buildNumber: main?.buildNumber ?? '',
        versionNumber: main?.versionNumber ?? '',
        childApps: children.map((child) => ({ '@odata.type': '#microsoft.graph.macOSLobChildApp', ...child })),
        minimumSupportedOperatingSystem: { [settings.minimumOs ?? '']: true },
        ignoreVersionDetection: settings.ignoreVersion === 'true',
        installAsManaged: settings.managed === 'true',
      },
      version: facts.version ?? '?',
      manifest: null,
      identities: bundleId === '' ? [] : [{ bundleId }],
      content: packageItself,
    }),
  };
}
