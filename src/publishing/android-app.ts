import type { ApkFacts } from '../packages/package-facts.ts';
import type { ReleaseForm } from './release-form.ts';

/** Properties of an androidLobApp that a publish sets; https://learn.microsoft.com/graph/api/resources/intune-apps-androidlobapp */
export function androidApp(facts: ApkFacts, form: ReleaseForm, fileName: string): Record<string, unknown> {
  return {
    displayName: form.displayName,
    description: form.description,
    publisher: form.publisher,
    notes: form.notes,
    fileName,
    packageId: facts.details.packageId,
    versionName: facts.details.versionName ?? facts.details.versionCode,
    versionCode: facts.details.versionCode,
    minimumSupportedOperatingSystem: { [form.minimumOs]: true },
  };
}

/**
 * The content file's manifest. Intune reads PackageVersionCode as an integer: anything else and the app never shows up
 * for devices.
 */
export function androidManifest(facts: ApkFacts, form: ReleaseForm): string {
  const { packageId, versionCode, versionName, minSdkVersion } = facts.details;
  const xml =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<AndroidManifestProperties xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<Package>${escaped(packageId)}</Package>` +
    `<PackageVersionCode>${BigInt(versionCode)}</PackageVersionCode>` +
    `<PackageVersionName>${escaped(versionName ?? versionCode)}</PackageVersionName>` +
    `<ApplicationName>${escaped(form.displayName)}</ApplicationName>` +
    `<MinSdkVersion>${escaped(minSdkVersion ?? '1')}</MinSdkVersion>` +
    '<AWTVersion></AWTVersion>' +
    '</AndroidManifestProperties>';
  return Buffer.from(xml, 'utf8').toString('base64');
}

function escaped(value: string): string {
  return value.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function androidVersion(facts: ApkFacts): string {
  const { versionName, versionCode } = facts.details;
  return versionName === null ? versionCode : `${versionName} (${versionCode})`;
}
