import type { ZipArchive } from '../zip-archive.ts';

export const manifestName = 'AndroidManifest.xml';

/** What build tools of Android make: an app, a bundle for the store, a set of parts, or an app without its manifest. */
export type ApkKind = 'apk' | 'bundle' | 'splitSet' | 'withoutManifest';

export function apkKind(zip: ZipArchive): ApkKind | null {
  if (zip.has('BundleConfig.pb') || zip.has('base/manifest/AndroidManifest.xml')) return 'bundle';
  if (zip.has(manifestName)) return 'apk';
  for (const name of zip.entries()) if (/^[^/]*(\/[^/]*)?\.apk$/i.test(name)) return 'splitSet';
  return zip.has('resources.arsc') || zip.has('classes.dex') ? 'withoutManifest' : null;
}

const nativeLibrary = /^lib\/([^/]+)\/[^/]+\.so$/;

/** The processors that the app brings native code for, sorted; none means that it runs on all. */
export function nativeCode(zip: ZipArchive): string[] {
  const found = new Set<string>();
  for (const name of zip.entries()) {
    const processor = nativeLibrary.exec(name)?.[1];
    if (processor !== undefined) found.add(processor);
  }
  return [...found].sort();
}
