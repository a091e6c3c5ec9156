import { ProblemError } from '../../problems/problem.ts';
import { fitIcon, largestIconFile } from '../icon.ts';
import type { PackageIcon } from '../package-facts.ts';
import { readRasterImage } from '../raster-image.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { type AppxEntries, canonical } from './appx-entries.ts';

/** Files opened in search of an icon. */
const maxFiles = 24;
const maxLogos = 8;
const longestQualifiers = 100;

/** The sharpest picture that Intune takes, of all logos in all their variants; of equal ones the first. */
export async function findAppxIcon(
  zip: ZipArchive,
  entries: AppxEntries,
  logos: readonly string[],
  signal: AbortSignal | undefined,
): Promise<PackageIcon | null> {
  let files = 0;
  let sharpest: PackageIcon | null = null;
  for (const logo of logos.slice(0, maxLogos)) {
    for (const name of variantsOf(entries, logo)) {
      if (files >= maxFiles) return sharpest;
      files += 1;
      const icon = await readIcon(zip, name, signal);
      if (icon === null) continue;
      if (sharpest === null || icon.width > sharpest.width) sharpest = icon;
      break;
    }
  }
  return sharpest;
}

/**
 * Names in the archive, sharpest first. A logo `Assets/Logo.png` may lie there as `Assets/Logo.scale-200.png` or as
 * `Assets/scale-200/Logo.png`. https://learn.microsoft.com/windows/uwp/app-resources/tailor-resources-lang-scale-contrast
 */
function variantsOf(entries: AppxEntries, logo: string): string[] {
  const [folder, stem, ending] = split(canonical(logo));
  if (ending === '') return [];
  const found: { rank: number; name: string }[] = [];
  for (const { key, name } of entries) {
    const qualifiers = qualifiersOf(key, folder, stem, ending);
    if (qualifiers !== null) found.push({ rank: rankOf(qualifiers), name });
  }
  return found.sort((a, b) => b.rank - a.rank).map(({ name }) => name);
}

/** What the path says beyond the logo's own; null where it is another file. */
function qualifiersOf(key: string, folder: string, stem: string, ending: string): string | null {
  if (!key.startsWith(folder) || !key.endsWith(ending)) return null;
  const between = key.slice(folder.length, key.length - ending.length);
  const lastSlash = between.lastIndexOf('/');
  const folders = between.slice(0, lastSlash + 1);
  const file = between.slice(lastSlash + 1);
  if (folders.length > longestQualifiers) return null;
  if (file !== stem && !file.startsWith(`${stem}.`)) return null;
  const qualifiers = `${folders}${file.slice(stem.length)}`;
  return folders === '' || /^([a-z-]+-[a-z0-9-]+\/)+$/.test(folders) ? qualifiers : null;
}

/** High contrast and other special forms count last; then a scale of 200 is taken for 200 and a target size of 48 for 48. */
function rankOf(qualifiers: string): number {
  const size = /(?:scale|targetsize)-(\d{1,4})/.exec(qualifiers)?.[1] ?? '100';
  const isSpecial = /contrast-(?!standard)|theme-|altform-|layoutdir-|devicefamily-/.test(qualifiers);
  const isLocal = /lang(uage)?-/.test(qualifiers);
  return Number(size) - (isSpecial ? 20_000 : 0) - (isLocal ? 10_000 : 0);
}

function split(path: string): [folder: string, stem: string, ending: string] {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  if (dot <= slash) return [path.slice(0, slash), path.slice(slash), ''];
  return [path.slice(0, slash), path.slice(slash, dot), path.slice(dot)];
}

async function readIcon(zip: ZipArchive, name: string, signal: AbortSignal | undefined): Promise<PackageIcon | null> {
  if ((zip.claimedSize(name) ?? 0) > largestIconFile) return null;
  try {
    const bytes = await zip.readEntry(name, largestIconFile, signal);
    const image = bytes === null ? null : readRasterImage(bytes);
    if (bytes === null || image === null || image.kind === 'webp') return null;
    return fitIcon(bytes, image);
  } catch (error) {
    // An icon that cannot be read costs the icon, not the package; a broken source costs everything.
    if (error instanceof ProblemError && spoilsIconOnly.has(error.problem.code)) return null;
    // A picture's header that points outside its bytes.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const spoilsIconOnly: ReadonlySet<string> = new Set(['packageMalformed', 'packageEncrypted', 'packageBeyondLimits']);
