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

export type ApkFacts = FactsOf<'apk', 'androidLobApp', ApkDetails>;

/** What a reader learns from a package without installing it. Grows by one member for each format. */
export type PackageFacts = ApkFacts;
