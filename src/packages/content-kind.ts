import type { PackageEvidence } from './reader.ts';
import type { ZipArchive } from './zip-archive.ts';

const magic: readonly (readonly [hex: string, kind: string])[] = [
  ['4d5a', 'a Windows program (exe)'],
  ['d0cf11e0a1b11ae1', 'a Windows Installer package (msi) or an old Office document'],
  ['78617221', 'a macOS installer package (pkg)'],
  ['656e637263647361', 'an encrypted macOS disk image (dmg)'],
  ['45585048', 'an encrypted Windows app package, which only the Microsoft Store can open'],
  ['45584248', 'an encrypted Windows app bundle, which only the Microsoft Store can open'],
  ['213c617263683e0a', 'a Debian package (deb) or a Unix library'],
  ['edabeedb', 'a package for Linux (rpm)'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['526172211a07', 'a RAR archive'],
  ['4d534346', 'a Windows cabinet file (cab)'],
  ['1f8b', 'a gzip file'],
  ['425a68', 'a bzip2 file'],
  ['fd377a585a00', 'an xz file'],
  ['7f454c46', 'a Linux program'],
  ['cafebabe', 'a Java class or a macOS program'],
  ['cffaedfe', 'a macOS program'],
  ['6465780a', 'compiled Android code (dex)'],
  ['25504446', 'a PDF document'],
  ['89504e470d0a1a0a', 'a PNG picture'],
  ['ffd8ff', 'a JPEG picture'],
];

const zipKinds: readonly (readonly [entry: RegExp, kind: string])[] = [
  [/^Payload\/[^/]+\.app\//, 'an iOS app (ipa)'],
  [/^AppxManifest\.xml$/i, 'a Windows app package (msix or appx)'],
  [/^AppxMetadata\/AppxBundleManifest\.xml$/i, 'a Windows app bundle (msixbundle or appxbundle)'],
  [/^IntuneWinPackage\//i, 'a Win32 app package (intunewin)'],
  [/^WMAppManifest\.xml$/i, 'an app for Windows Phone (xap)'],
  [/^[^/]+\.(appxsym|msixsym)$/i, 'an upload for the Microsoft Store: unpack it, and send the bundle that is in it'],
  [/^([^/]+\/)?[^/]+\.app\/Contents\/Info\.plist$/, 'a Mac app in a zip archive: make a PKG or a DMG of it'],
  [/^[^/]+\.app\/Info\.plist$/, 'an iOS app without its Payload folder: export it as an IPA'],
  [/^pack\.info$/, 'an app for HarmonyOS'],
  [/^classes\.jar$/, 'an Android library (aar), which is a part of apps'],
  [/^[^/]+\.nuspec$/i, 'a NuGet or Chocolatey package (nupkg)'],
  [/^(word|xl|ppt)\//, 'an Office document'],
  [/\.class$/, 'a Java program (jar)'],
  [
    /^([^/]+\/)?(?!\._)[^/]+\.(apk|ipa|pkg|dmg|msix|appx|msixbundle|appxbundle|intunewin)$/i,
    'a zip archive around a package: unpack it, and send the package itself',
  ],
];

/** Text formats that go with apps and are none, by what stands near their start. */
const textKinds: readonly (readonly [mark: RegExp, kind: string])[] = [
  [/<AppInstaller[\s>]/, 'an App Installer file, which only says where a package lies: send that package'],
  [/<key>(AppIDName|ProvisionedDevices|TeamIdentifier)<\/key>/, 'a provisioning profile, which is a part of iOS apps'],
  [/<key>Payload(Content|Type|UUID)<\/key>/, 'a configuration profile (mobileconfig), which is no app'],
];

/** What a file looks like, in words that may follow "It looks like"; null where it looks like nothing known. */
export function describeContent({ head, tail, zip }: PackageEvidence): string | null {
  if (zip !== null) return describeZip(zip);
  if (tail.length === 512 && tail.toString('latin1', 0, 4) === 'koly') return 'a macOS disk image (dmg)';
  const start = head.toString('hex', 0, 8);
  const known = magic.find(([hex]) => start.startsWith(hex));
  return known?.[1] ?? describeText(head);
}

/** The surest kind that any entry tells: a zip archive around a package says little, and so stands last. */
function describeZip(zip: ZipArchive): string {
  let surest = zipKinds.length;
  for (const name of zip.entries()) {
    const found = zipKinds.findIndex(([entry]) => entry.test(name));
    if (found >= 0 && found < surest) surest = found;
    if (surest === 0) break;
  }
  return zipKinds[surest]?.[1] ?? 'a zip archive without an app in it';
}

function describeText(head: Buffer): string | null {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  // Profiles are often signed, and then are text inside of something else.
  const known = textKinds.find(([mark]) => mark.test(text));
  if (known !== undefined) return known[1];
  if (/^(<!doctype html|<html|<head|<script)/i.test(text)) return 'a web page (HTML), perhaps a sign-in page';
  if (text.startsWith('<?xml')) return 'an XML file';
  // A character may be cut at the end of the head.
  const isBinary = /[\p{Cc}\ufffd]/u.test(text.replace(/\ufffd{1,3}$/, '').replace(/[\t\r\n\f]/g, ''));
  return isBinary || text === '' ? null : 'a text file';
}
