import { androidMinimumOsFor, androidMinimumOsVersionsBeta } from '../../graph/android-minimum-os.ts';
import type { ApkFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import { type AppShape, type AppTexts, escapedXml } from './app-shape.ts';

/** https://learn.microsoft.com/graph/api/resources/intune-apps-androidlobapp */
export function androidShape(facts: ApkFacts): AppShape {
  const { packageId, versionCode, versionName, minSdkVersion } = facts.details;
  return {
    graphType: 'androidLobApp',
    noun: 'an Android app',
    explanation: null,
    fields: [
      {
        id: 'minimumOs',
        label: 'Minimum Android version',
        hint: 'Read from the package. Devices below it do not get the app.',
        isRequired: true,
        value: androidMinimumOsFor(minSdkVersion, androidMinimumOsVersionsBeta),
        choices: androidMinimumOsVersionsBeta.map(({ flag, label }) => ({ title: label, value: flag })),
      },
      {
        id: 'targetedPlatforms',
        label: 'Kind of management',
        hint: 'Cannot be changed later. Devices with Android Enterprise need the app in managed Google Play instead.',
        isFurther: true,
        isRequired: true,
        value: 'any',
        choices: [
          { title: 'As Intune decides', value: 'any' },
          { title: 'Device administrator', value: 'androidDeviceAdministrator' },
          { title: 'AOSP (devices without Google services)', value: 'androidOpenSourceProject' },
        ],
      },
    ],
    draft: (texts, settings) => ({
      properties: {
        packageId,
        versionName: versionName ?? versionCode,
        versionCode,
        minimumSupportedOperatingSystem: { [settings.minimumOs ?? '']: true },
        ...((settings.targetedPlatforms ?? 'any') !== 'any' ? { targetedPlatforms: settings.targetedPlatforms } : {}),
      },
      version: versionName === null ? versionCode : `${versionName} (${versionCode})`,
      manifest: androidManifest(facts, texts),
      identities: [{ packageId }],
      content: packageItself,
    }),
  };
}

/**
 * The content file's manifest. Intune reads PackageVersionCode as an integer: anything else and the app never shows up
 * for devices.
 */
function androidManifest(facts: ApkFacts, texts: AppTexts): string {
  const { packageId, versionCode, versionName, minSdkVersion } = facts.details;
  const xml =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<AndroidManifestProperties xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<Package>${escapedXml(packageId)}</Package>` +
    `<PackageVersionCode>${BigInt(versionCode)}</PackageVersionCode>` +
    `<PackageVersionName>${escapedXml(versionName ?? versionCode)}</PackageVersionName>` +
    `<ApplicationName>${escapedXml(texts.displayName)}</ApplicationName>` +
    `<MinSdkVersion>${escapedXml(minSdkVersion ?? '1')}</MinSdkVersion>` +
    '<AWTVersion></AWTVersion>' +
    '</AndroidManifestProperties>';
  return Buffer.from(xml, 'utf8').toString('base64');
}
