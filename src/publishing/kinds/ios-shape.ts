import { appleMinimumOsFor, iosMinimumOsVersions } from '../../graph/apple-minimum-os.ts';
import type { IpaFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import { type AppShape, type AppTexts, escapedXml } from './app-shape.ts';

const iPhone = 1;
const iPad = 2;

/** https://learn.microsoft.com/graph/api/resources/intune-apps-ioslobapp */
export function iosShape(facts: IpaFacts): AppShape {
  const { bundleId, versionNumber, buildNumber, minimumOSVersion, provisioningExpiration } = facts.details;
  const version = versionNumber ?? buildNumber ?? '';
  return {
    graphType: 'iosLobApp',
    noun: 'an iOS app',
    explanation: null,
    fields: [
      {
        id: 'minimumOs',
        label: 'Minimum iOS version',
        hint: 'Read from the package. Devices below it do not get the app.',
        isRequired: true,
        value: appleMinimumOsFor(minimumOSVersion, iosMinimumOsVersions),
        choices: iosMinimumOsVersions.map(({ flag, label }) => ({ title: label, value: flag })),
      },
      {
        id: 'devices',
        label: 'Devices',
        hint: 'Read from the package.',
        isFurther: true,
        isRequired: true,
        value: devicesOf(facts),
        choices: [
          { title: 'iPhone, iPod and iPad', value: 'both' },
          { title: 'iPhone and iPod', value: 'iPhone' },
          { title: 'iPad', value: 'iPad' },
        ],
      },
      ...(provisioningExpiration === null
        ? [
            {
              id: 'expires',
              label: 'The app runs until',
              hint: 'The package brings no provisioning profile that says so. Write the day its profile ends, as 2027-06-30.',
              isRequired: true,
              value: '',
              maxLength: 10,
              check: faultOfDay,
            },
          ]
        : []),
    ],
    draft: (texts, settings) => ({
      properties: {
        bundleId,
        versionNumber: version,
        buildNumber: buildNumber ?? version,
        applicableDeviceType: {
          iPad: settings.devices !== 'iPhone',
          iPhoneAndIPod: settings.devices !== 'iPad',
        },
        minimumSupportedOperatingSystem: { [settings.minimumOs ?? '']: true },
        expirationDateTime: provisioningExpiration ?? `${settings.expires}T00:00:00Z`,
      },
      version: iosVersion(versionNumber, buildNumber),
      manifest: iosManifest(facts, texts, buildNumber ?? version),
      identities: [{ bundleId }],
      content: packageItself,
    }),
  };
}

/** An app that is made for iPhone runs on an iPad as well, only smaller. */
function devicesOf({ details }: IpaFacts): string {
  const { deviceFamilies } = details;
  return deviceFamilies.includes(iPad) && !deviceFamilies.includes(iPhone) ? 'iPad' : 'both';
}

function iosVersion(versionNumber: string | null, buildNumber: string | null): string {
  if (versionNumber === null || buildNumber === null || buildNumber === versionNumber)
    return versionNumber ?? buildNumber ?? '?';
  return `${versionNumber} (${buildNumber})`;
}

/** A day that exists and is still to come; Intune drops apps whose profile has ended. */
export function faultOfDay(value: string): string | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value)
    return 'Write a day as year, month, day: 2027-06-30';
  return time <= Date.now() ? 'This day has passed' : null;
}

/** What devices are told to install, as Apple's device management wants it; Intune puts its own address in. */
function iosManifest({ details }: IpaFacts, texts: AppTexts, bundleVersion: string): string {
  const entry = (key: string, value: string) => `<key>${key}</key><string>${escapedXml(value)}</string>`;
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">' +
    '<plist version="1.0"><dict><key>items</key><array><dict>' +
    `<key>assets</key><array><dict>${entry('kind', 'software-package')}${entry('url', '{UrlPlaceHolder}')}</dict></array>` +
    '<key>metadata</key><dict>' +
    entry('AppRestrictionPolicyTemplate', 'http://management.microsoft.com/PolicyTemplates/AppRestrictions/iOS/v1') +
    entry('AppRestrictionTechnology', 'Windows Intune Application Restrictions Technology for iOS') +
    entry('IntuneMAMVersion', '') +
    '<key>CFBundleSupportedPlatforms</key><array><string>iPhoneOS</string></array>' +
    entry('MinimumOSVersion', details.minimumOSVersion ?? '8.0') +
    entry('bundle-identifier', details.bundleId) +
    entry('bundle-version', bundleVersion) +
    entry('kind', 'software') +
    entry('subtitle', texts.publisher) +
    entry('title', texts.displayName) +
    '</dict></dict></array></dict></plist>';
  return Buffer.from(xml, 'utf8').toString('base64');
}
