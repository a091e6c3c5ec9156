import type { PackageEvidence } from './reader.ts';
import type { ZipArchive } from './zip-archive.ts';

const magic: readonly (readonly [hex: string, kind: string])[] = [
  ['4d5a', 'a Windows program (exe)'],
  ['d0cf11e0a1b11ae1', 'a Windows Installer package (msi) or an old Office document'],
  ['78617221', 'a macOS installer package (pkg)'],
  ['656e637263647361', 'an encrypted macOS disk image (dmg)'],
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
  [/^(word|xl|ppt)\//, 'an Office document'],
  [/\.class$/, 'a Java program (jar)'],
];

/** What a file looks like, in words that may follow "It looks like"; null where it looks like nothing known. */
export function describeContent({ head, tail, zip }: PackageEvidence): string | null {
  if (zip !== null) return describeZip(zip);
  if (tail.length === 512 && tail.toString('latin1', 0, 4) === 'koly') return 'a macOS disk image (dmg)';
  const start = head.toString('hex', 0, 8);
  const known = magic.find(([hex]) => start.startsWith(hex));
  return known?.[1] ?? describeText(head);
}

function describeZip(zip: ZipArchive): string {
  for (const name of zip.entries()) {
    const known = zipKinds.find(([entry]) => entry.test(name));
    if (known !== undefined) return known[1];
  }
  return 'a zip archive without an app in it';
}

function describeText(head: Buffer): string | null {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^(<!doctype html|<html|<head|<script)/i.test(text)) return 'a web page (HTML), perhaps a sign-in page';
  if (text.startsWith('<?xml')) return 'an XML file';
  // A character may be cut at the end of the head.
  const isBinary = /[\p{Cc}\ufffd]/u.test(text.replace(/\ufffd{1,3}$/, '').replace(/[\t\r\n\f]/g, ''));
  return isBinary || text === '' ? null : 'a text file';
}
