/** The app type Intune keeps a package as. Names are Graph's. */
export type GraphAppType =
  | 'androidLobApp'
  | 'iosLobApp'
  | 'windowsMobileMSI'
  | 'win32LobApp'
  | 'windowsUniversalAppX'
  | 'macOSLobApp'
  | 'macOSPkgApp'
  | 'macOSDmgApp';

export interface PackageIcon {
  mimeType: 'image/png' | 'image/jpeg';
  width: number;
  height: number;
  bytes: Buffer;
}

export interface ApkDetails {
  packageId: string;
  /** A decimal integer as text: it may exceed 2^31 (versionCodeMajor). */
  versionCode: string;
  versionName: string | null;
  label: string | null;
  minSdkVersion: string | null;
  targetSdkVersion: string | null;
  debuggable: boolean;
  nativeCode: string[];
}

interface FactsOf<Format extends string, Type extends GraphAppType, Details> {
  format: Format;
  graphType: Type;
  displayName: string | null;
  identifier: string | null;
  version: string | null;
  publisher: string | null;
  /** Bytes. */
  size: number;
  icon: PackageIcon | null;
  /** Sentences for the person who publishes. */
  warnings: string[];
  details: Details;
}

export interface IpaDetails {
  bundleId: string;
  /** CFBundleShortVersionString. */
  versionNumber: string | null;
  /** CFBundleVersion. */
  buildNumber: string | null;
  displayName: string | null;
  minimumOSVersion: string | null;
  /** UIDeviceFamily: 1 is iPhone and iPod touch, 2 is iPad; in ascending order. */
  deviceFamilies: number[];
  /** ISO 8601; null without a provisioning profile. */
  provisioningExpiration: string | null;
}

export interface MsiDetails {
  productName: string | null;
  productCode: string;
  productVersion: string | null;
  upgradeCode: string | null;
  manufacturer: string | null;
  productLanguage: string | null;
  packageType: 'perMachine' | 'perUser' | 'dualPurpose';
  /** As the summary information names it: `Intel`, `x64`, `Arm64`. */
  platform: string | null;
}

export interface IntunewinDetails {
  name: string | null;
  /** The encrypted payload's name in Contents. */
  fileName: string;
  setupFile: string | null;
  toolVersion: string | null;
  unencryptedContentSize: number;
  encryptedContentSize: number;
  encryptionInfoPresent: boolean;
  /** Base64; tells this content from any other. */
  mac: string;
  msi: {
    productCode: string;
    productVersion: string | null;
    upgradeCode: string | null;
    publisher: string | null;
    packageType: MsiDetails['packageType'];
  } | null;
}

export interface AppxDetails {
  identityName: string;
  publisher: string;
  publisherHash: string;
  identityVersion: string;
  architectures: string[];
  displayName: string | null;
  publisherDisplayName: string | null;
  isBundle: boolean;
  minVersion: string | null;
  resourceId: string | null;
}

export interface PkgDetails {
  productId: string | null;
  title: string | null;
  version: string | null;
  packages: { id: string; version: string | null }[];
  bundles: { bundleId: string; bundleVersion: string | null }[];
  /** The apps among the bundles, with both of their versions. */
  apps: { bundleId: string; shortVersion: string | null; buildVersion: string | null }[];
  minimumOSVersion: string | null;
  signed: boolean;
}

export interface DmgDetails {
  apps: { bundleId: string; bundleVersion: string | null; name: string | null }[];
  compression: string | null;
  encrypted: boolean;
}

export interface ExeDetails {
  productName: string | null;
  productVersion: string | null;
  companyName: string | null;
  fileDescription: string | null;
  installerKind: string | null;
}

/** A zip archive of a folder with a setup in it. */
export interface FolderDetails {
  /** Paths in the archive that could be started, the likeliest first. */
  setupFiles: string[];
}

export type ApkFacts = FactsOf<'apk', 'androidLobApp', ApkDetails>;
export type IpaFacts = FactsOf<'ipa', 'iosLobApp', IpaDetails>;
export type MsiFacts = FactsOf<'msi', 'windowsMobileMSI', MsiDetails>;
export type IntunewinFacts = FactsOf<'intunewin', 'win32LobApp', IntunewinDetails>;
export type AppxFacts = FactsOf<'msix' | 'appx' | 'msixbundle' | 'appxbundle', 'windowsUniversalAppX', AppxDetails>;
export type PkgFacts = FactsOf<'pkg', 'macOSLobApp' | 'macOSPkgApp', PkgDetails>;
export type DmgFacts = FactsOf<'dmg', 'macOSDmgApp', DmgDetails>;
export type ExeFacts = FactsOf<'exe', 'win32LobApp', ExeDetails>;
export type FolderFacts = FactsOf<'zip', 'win32LobApp', FolderDetails>;

/** What a reader learns from a package without installing it. */
export type PackageFacts =
  | ApkFacts
  | IpaFacts
  | MsiFacts
  | IntunewinFacts
  | AppxFacts
  | PkgFacts
  | DmgFacts
  | ExeFacts
  | FolderFacts;
