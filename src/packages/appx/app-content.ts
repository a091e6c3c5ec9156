import type { PackageIcon } from '../package-facts.ts';
import type { ZipArchive } from '../zip-archive.ts';
import type { AppxEntries } from './appx-entries.ts';
import { findAppxIcon } from './appx-icon.ts';
import { invalid } from './appx-identity.ts';
import { type AppxManifest, manifestName, readAppxManifest } from './appx-manifest.ts';
import { createNameResolver } from './resource-name.ts';

/** Real ones with hundreds of languages stay well below. */
export const largestManifest = 1024 ** 2;

/** What a single package says about its app. */
export interface AppContent {
  manifest: AppxManifest;
  displayName: string | null;
  publisherDisplayName: string | null;
  icon: PackageIcon | null;
}

export async function readAppContent(
  zip: ZipArchive,
  entries: AppxEntries,
  signal: AbortSignal | undefined,
): Promise<AppContent> {
  const name = entries.find(manifestName);
  const bytes = name === null ? null : await zip.readEntry(name, largestManifest, signal);
  if (bytes === null) throw invalid(`It holds no ${manifestName}.`);
  const manifest = readAppxManifest(bytes);
  const names = createNameResolver(zip, entries, manifest.language, signal);
  return {
    manifest,
    displayName: await names.resolve(manifest.displayName),
    publisherDisplayName: await names.resolve(manifest.publisherDisplayName),
    icon: await findAppxIcon(zip, entries, manifest.logos, signal),
  };
}
