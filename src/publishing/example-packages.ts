import type { PackageFacts } from '../packages/package-facts.ts';

export interface ExamplePackage {
  id: string;
  fileName: string;
  facts: PackageFacts;
}

const common = {
  displayName: 'Contoso Notes',
  version: '4.2.0',
  publisher: 'Contoso',
  size: 48_000_000,
  icon: null,
  warnings: [],
};
const identifier = 'com.contoso.notes';
const productCode = '{5F1C0A2E-7B1D-4C55-9B0B-2A6C3D4E5F60}';

/** Packages that nobody has to have, to see what a template makes of each kind. */
export const examplePackages: readonly ExamplePackage[] = [
  {
    id: 'apk',
    fileName: 'notes.apk',
    facts: {
      ...common,
      format: 'apk',
      graphType: 'androidLobApp',
      identifier,
      details: {
        packageId: identifier,
        versionCode: '420',
        versionName: '4.2.0',
        label: 'Contoso Notes',
        minSdkVersion: '26',
        targetSdkVersion: '35',
        debuggable: false,
        nativeCode: [],
      },
    },
  },
  {
    id: 'ipa',
    fileName: 'notes.ipa',
    facts: {
      ...common,
      format: 'ipa',
      graphType: 'iosLobApp',
      identifier,
      details: {
        bundleId: identifier,
        versionNumber: '4.2.0',
        buildNumber: '420',
        displayName: 'Contoso Notes',
        minimumOSVersion: '15.0',
        deviceFamilies: [1, 2],
        provisioningExpiration: '2099-06-30T00:00:00Z',
      },
    },
  },
  {
    id: 'msi',
    fileName: 'notes.msi',
    facts: {
      ...common,
      format: 'msi',
      graphType: 'windowsMobileMSI',
      identifier: productCode,
      details: {
        productName: 'Contoso Notes',
        productCode,
        productVersion: '4.2.0',
        upgradeCode: '{0D1E2F30-4152-4364-8576-8798A9BACBDC}',
        manufacturer: 'Contoso',
        productLanguage: '1033',
        packageType: 'perMachine',
        platform: 'x64',
      },
    },
  },
  {
    id: 'exe',
    fileName: 'notes-setup.exe',
    facts: {
      ...common,
      format: 'exe',
      graphType: 'win32LobApp',
      identifier: null,
      details: {
        productName: 'Contoso Notes',
        productVersion: '4.2.0',
        companyName: 'Contoso',
        fileDescription: 'Contoso Notes Setup',
        installerKind: 'inno',
      },
    },
  },
  {
    id: 'msix',
    fileName: 'notes.msix',
    facts: {
      ...common,
      format: 'msix',
      graphType: 'windowsUniversalAppX',
      identifier: 'Contoso.Notes',
      details: {
        identityName: 'Contoso.Notes',
        publisher: 'CN=Contoso',
        publisherHash: '8wekyb3d8bbwe',
        identityVersion: '4.2.0.0',
        architectures: ['x64'],
        displayName: 'Contoso Notes',
        publisherDisplayName: 'Contoso',
        isBundle: false,
        minVersion: '10.0.17763.0',
        resourceId: null,
      },
    },
  },
  {
    id: 'pkg',
    fileName: 'notes.pkg',
    facts: {
      ...common,
      format: 'pkg',
      graphType: 'macOSLobApp',
      identifier,
      details: {
        productId: identifier,
        title: 'Contoso Notes',
        version: '4.2.0',
        packages: [{ id: identifier, version: '4.2.0' }],
        bundles: [{ bundleId: identifier, bundleVersion: '4.2.0' }],
        apps: [{ bundleId: identifier, shortVersion: '4.2.0', buildVersion: '420' }],
        minimumOSVersion: '12.0',
        signed: true,
      },
    },
  },
  {
    id: 'dmg',
    fileName: 'notes.dmg',
    facts: {
      ...common,
      format: 'dmg',
      graphType: 'macOSDmgApp',
      identifier,
      details: {
        apps: [{ bundleId: identifier, bundleVersion: '4.2.0', name: 'Contoso Notes' }],
        compression: 'zlib',
        encrypted: false,
      },
    },
  },
];
