import type { ZipArchive } from '../zip-archive.ts';

export const manifestName = 'AndroidManifest.xml';

/** What build tools of Android make: an app, a bundle for the store, a set of parts, or an app without its manifest. */
export type ApkKind = 'apk' | 'bundle' | 'splitSet' | 'withoutManifest';

export function apkKind(zip: ZipArchive): ApkKind | null {
  if (zip.has('BundleConfig.pb') || zip.has('base/manifest/AndroidManifest.xml')) return 'bundle';
  const hasCode = zip.has('resources.arsc') || zip.has('classes.dex');
  // Libraries (AAR) bring a manifest as well.
  if (zip.has(manifestName)) return zip.has('classes.jar') && !hasCode ? null : 'apk';
  if (isSplitSet(zip)) return 'splitSet';
  return hasCode ? 'withoutManifest' : null;
}

/** What tools that save such sets put beside the parts. */
const setListings = ['toc.pb', 'manifest.json', 'info.json', 'meta.sai_v1.json', 'meta.sai_v2.json'];

/** One APK alone in a zip archive is no set, only packed once too often. */
function isSplitSet(zip: ZipArchive): boolean {
  let parts = 0;
  for (const name of zip.entries()) if (/^([^/]*\/)?(?!\._)[^/]*\.apk$/i.test(name)) parts += 1;
  return parts > 1 || (parts === 1 && setListings.some((name) => zip.has(name)));
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
