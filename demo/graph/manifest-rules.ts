import type { StoredApp } from './intune-tenant.ts';
import { isBase64 } from './primitive-values.ts';

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const element = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;

/**
 * What is wrong with a content file's manifest, null where nothing is. Microsoft documents none of them; the forms are
 * those of its own samples: https://github.com/microsoftgraph/powershell-intune-samples (LOB_Application) and
 * https://github.com/microsoft/mggraph-intune-samples (LOB_Application). Services take other ones and then never offer the
 * app to devices, which is worse than a refusal.
 */
export function manifestFault({ type, properties }: StoredApp, manifest: string | null): string | null {
  switch (type) {
    case 'androidLobApp':
      return readBy(manifest, (xml) => androidFault(xml));
    case 'iosLobApp':
      return readBy(manifest, (xml) => iosFault(xml, text(properties.bundleId)));
    case 'windowsMobileMSI':
      return readBy(manifest, msiFault);
    case 'windowsUniversalAppX':
    case 'windowsAppX':
      return readBy(manifest, (name) =>
        /^[\x20-\x7e]+\.(msix|appx|msixbundle|appxbundle)$/i.test(name) ? null : 'It is not the name of the file.',
      );
    case 'win32LobApp':
    case 'macOSLobApp':
    case 'macOSPkgApp':
    case 'macOSDmgApp':
      return manifest === null ? null : 'This type of app has none.';
    default:
      return null;
  }
}

function readBy(manifest: string | null, read: (text: string) => string | null): string | null {
  if (manifest === null || !isBase64(manifest)) return 'It is missing or not base64.';
  return read(Buffer.from(manifest, 'base64').toString('utf8'));
}

/** A version code that is no integer: https://github.com/microsoftgraph/powershell-intune-samples/issues/68 */
function androidFault(xml: string): string | null {
  if (!xml.includes('<AndroidManifestProperties')) return 'It is no AndroidManifestProperties.';
  if (!/^\d+$/.test(element(xml, 'PackageVersionCode') ?? '')) return 'PackageVersionCode is no integer.';
  return element(xml, 'Package') === null ? 'It names no Package.' : null;
}

function iosFault(xml: string, bundleId: string): string | null {
  const value = (key: string) => new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(xml)?.[1] ?? null;
  if (!xml.includes('<plist') || value('kind') !== 'software-package')
    return 'It is no manifest of a software package.';
  if (value('url') !== '{UrlPlaceHolder}') return 'It has no place for the address.';
  if (value('bundle-identifier') !== bundleId) return 'Its bundle-identifier is not that of the app.';
  return value('title') && value('bundle-version') ? null : 'It names no title or no bundle-version.';
}

const msiAttributes = [
  'MsiExecutionContext',
  'MsiRequiresReboot',
  'MsiUpgradeCode',
  'MsiIsMachineInstall',
  'MsiIsUserInstall',
  'MsiIncludesServices',
  'MsiContainsSystemRegistryKeys',
  'MsiContainsSystemFolders',
];

/** No declaration before it, and an end tag of its own. */
function msiFault(xml: string): string | null {
  const inside = /^<MobileMsiData((?: \w+="[^"<]*")*)><\/MobileMsiData>$/.exec(xml)?.[1];
  if (inside === undefined) return 'It is no MobileMsiData.';
  const names = [...inside.matchAll(/ (\w+)="/g)].map(([, name]) => name);
  const missing = msiAttributes.find((name) => !names.includes(name));
  if (missing !== undefined) return `${missing} is missing.`;
  if (!/MsiExecutionContext="(Any|System|User)"/.test(xml)) return 'MsiExecutionContext is not known.';
  return names.length === msiAttributes.length ? null : 'It holds something unknown.';
}
