/** Words for Graph's types, and the words that people narrow a list with. */

const labels: Record<string, string> = {
  androidLobApp: 'Android app (APK)',
  androidStoreApp: 'Google Play link',
  androidManagedStoreApp: 'Managed Google Play app',
  androidForWorkApp: 'Managed Google Play app',
  managedAndroidLobApp: 'Protected Android app',
  managedAndroidStoreApp: 'Protected Google Play app',
  iosLobApp: 'iOS app (IPA)',
  iosStoreApp: 'App Store link',
  iosVppApp: 'Apple volume purchase app',
  iosiPadOSWebClip: 'iOS web clip',
  managedIOSLobApp: 'Protected iOS app',
  managedIOSStoreApp: 'Protected App Store app',
  macOSLobApp: 'macOS app (managed PKG)',
  macOSPkgApp: 'macOS app (PKG)',
  macOSDmgApp: 'macOS app (DMG)',
  macOSWebClip: 'macOS web clip',
  macOsVppApp: 'Apple volume purchase app for macOS',
  macOSOfficeSuiteApp: 'Microsoft 365 Apps for macOS',
  macOSMicrosoftEdgeApp: 'Microsoft Edge for macOS',
  macOSMicrosoftDefenderApp: 'Microsoft Defender for macOS',
  win32LobApp: 'Windows app (Win32)',
  win32CatalogApp: 'Windows catalog app',
  windowsAutoUpdateCatalogApp: 'Windows catalog app',
  windowsMobileMSI: 'Windows app (MSI)',
  windowsUniversalAppX: 'Windows app (MSIX)',
  windowsAppX: 'Windows app (APPX)',
  winGetApp: 'Microsoft Store app',
  microsoftStoreForBusinessApp: 'Microsoft Store for Business app',
  windowsStoreApp: 'Microsoft Store link',
  windowsMicrosoftEdgeApp: 'Microsoft Edge for Windows',
  officeSuiteApp: 'Microsoft 365 Apps for Windows',
  webApp: 'Web link',
  windowsWebApp: 'Windows web link',
};

/** A type that is new to this product is called by Graph's name. */
export const appKindLabel = (graphType: string): string => labels[graphType] ?? (graphType || 'App');

const starting = (prefix: RegExp) => Object.keys(labels).filter((type) => prefix.test(type));

/** A type counts with everything that is derived from it, so `win32LobApp` brings catalog apps along. */
const kinds = {
  android: starting(/^(android|managedAndroid)/),
  ios: starting(/^(ios|managedIOS)/),
  macos: starting(/^macO/),
  windows: starting(/^(win|microsoftStore|office)/),
  web: ['webApp', 'windowsWebApp', 'iosiPadOSWebClip', 'macOSWebClip'],
  store: ['androidStoreApp', 'androidManagedStoreApp', 'iosStoreApp', 'iosVppApp', 'winGetApp'],
  apk: ['androidLobApp'],
  ipa: ['iosLobApp'],
  pkg: ['macOSPkgApp', 'macOSLobApp'],
  dmg: ['macOSDmgApp'],
  win32: ['win32LobApp'],
  msi: ['windowsMobileMSI'],
  msix: ['windowsUniversalAppX', 'windowsAppX'],
} as const satisfies Record<string, readonly string[]>;
export type AppKind = keyof typeof kinds;

export const appKinds = Object.keys(kinds) as AppKind[];
export const isAppKind = (word: string): word is AppKind => Object.hasOwn(kinds, word);
export const typesOfKind = (kind: AppKind): readonly string[] => kinds[kind];
