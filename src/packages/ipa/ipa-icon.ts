import { ProblemError } from '../../problems/problem.ts';
import { fitIcon, largestIconFile } from '../icon.ts';
import type { PackageIcon } from '../package-facts.ts';
import { dictOf, listOf, type PropertyDict, textOf } from '../property-list/property-value.ts';
import { readRasterImage } from '../raster-image.ts';
import type { ZipArchive } from '../zip-archive.ts';
import type { AppFolder } from './app-folder.ts';
import { usualPng } from './apple-png.ts';

/** Files opened in search of an icon. */
const maxFiles = 8;
const maxNames = 64;
/** Right in the app's folder; looked through by their names. */
const maxPictures = 10_000;
/** What apps call their icon where Info.plist names none. */
const usualNames = ['AppIcon', 'Icon'];
/** Large pictures of the app beside it, which older tools add for iTunes. */
const artwork = ['iTunesArtwork@2x', 'iTunesArtwork'];

export interface IconSearch {
  icon: PackageIcon | null;
  warnings: string[];
}

/** The sharpest icon as a usual PNG or JPEG. */
export async function findIpaIcon(
  zip: ZipArchive,
  folder: AppFolder,
  info: PropertyDict,
  signal: AbortSignal | undefined,
): Promise<IconSearch> {
  const files = [...iconFiles(zip, folder, info).slice(0, maxFiles), ...artwork];
  for (const file of files) {
    const icon = asIcon(await readPicture(zip, file, signal));
    if (icon !== null) return { icon, warnings: [] };
  }
  return { icon: null, warnings: ['No icon that Intune takes was found in the app. Add a PNG in Intune if you like.'] };
}

function iconFiles(zip: ZipArchive, folder: AppFolder, info: PropertyDict): string[] {
  const named = iconNames(info);
  const start = `${folder.path}/`;
  const pictures: string[] = [];
  for (const entry of zip.entries()) {
    if (pictures.length >= maxPictures) break;
    const name = entry.slice(start.length);
    if (entry.startsWith(start) && !name.includes('/') && /\.png$/i.test(name)) pictures.push(entry);
  }
  const ofNames = (names: readonly string[]) =>
    pictures.filter((entry) => names.some((name) => isVariant(entry.slice(start.length), name)));
  const found = ofNames(named);
  return (found.length > 0 ? found : ofNames(usualNames)).sort(
    (a, b) => pixels(b) - pixels(a) || (zip.claimedSize(b) ?? 0) - (zip.claimedSize(a) ?? 0),
  );
}

/** Info.plist names icons with or without scale and ending. */
function iconNames(info: PropertyDict): string[] {
  const dicts = ['CFBundleIcons', 'CFBundleIcons~ipad'].flatMap(
    (key) => dictOf(dictOf(info.get(key))?.get('CFBundlePrimaryIcon')) ?? [],
  );
  const values = [...dicts, info].flatMap((dict) => [
    ...listOf(dict.get('CFBundleIconFiles')),
    ...listOf(dict.get('CFBundleIconFile')),
  ]);
  return values
    .flatMap((value) => textOf(value) ?? [])
    .filter((name) => name !== '')
    .slice(0, maxNames);
}

/** `AppIcon60x60` stands for AppIcon60x60@2x.png and AppIcon60x60@2x~ipad.png; `Icon` also for Icon-72.png. */
function isVariant(file: string, name: string): boolean {
  const base = name.replace(/\.png$/i, '').toLowerCase();
  const rest = file.toLowerCase();
  return (
    rest.startsWith(base) && /^(-?[\dx.]+|-small)?(-\d+)?(@[23]x)?(~(ipad|iphone))?\.png$/.test(rest.slice(base.length))
  );
}

/** As the name says: points times scale. */
function pixels(file: string): number {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const scale = Number(/@([23])x/i.exec(name)?.[1] ?? 1);
  const points = Number(/(\d+(?:\.\d+)?)(?:@|~|\.png$)/i.exec(name)?.[1] ?? 57);
  return points * scale;
}

async function readPicture(zip: ZipArchive, file: string, signal: AbortSignal | undefined): Promise<Buffer | null> {
  try {
    return await zip.readEntry(file, largestIconFile, signal);
  } catch (error) {
    // An icon that cannot be read costs the icon, not the package; a broken source costs everything.
    if (error instanceof ProblemError && spoilsIconOnly.has(error.problem.code)) return null;
    throw error;
  }
}

const spoilsIconOnly: ReadonlySet<string> = new Set(['packageMalformed', 'packageEncrypted', 'packageBeyondLimits']);

function asIcon(picture: Buffer | null): PackageIcon | null {
  if (picture === null) return null;
  const bytes = usualPng(picture) ?? picture;
  const image = readRasterImage(bytes);
  return image === null || image.kind === 'webp' ? null : fitIcon(bytes, image);
}
