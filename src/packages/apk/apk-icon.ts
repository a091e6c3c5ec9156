import { ProblemError } from '../../problems/problem.ts';
import { fitIcon, largestIconFile } from '../icon.ts';
import type { PackageIcon } from '../package-facts.ts';
import { readRasterImage } from '../raster-image.ts';
import type { ZipArchive } from '../zip-archive.ts';
import type { ResourceTable, ResourceVariant } from './arsc.ts';
import { readBinaryXml } from './axml.ts';
import type { ResourceValue } from './resource-value.ts';

/** Files opened in search of an icon. */
const maxFiles = 24;
const maxLayers = 3;
const anyDensity = 0xfffe;
/** Drawables that show another one, and their attribute that names it: android:drawable or android:src. */
const drawableAttributes = [{ id: 0x01010199 }, { id: 0x01010119 }];
/** An adaptive icon's front says more than its back. */
const layerRank = ['foreground', 'bitmap', 'item', 'inset', 'monochrome', 'background'];

export interface IconSearch {
  icon: PackageIcon | null;
  /** Why there is none, or not the best one: sentences. */
  warnings: string[];
}

interface Finding {
  sawWebp: boolean;
  sawLarge: boolean;
  files: number;
}

/** The sharpest icon that Intune accepts: PNG or JPEG, by its bytes and not its name. */
export async function findApkIcon(
  zip: ZipArchive,
  table: ResourceTable | null,
  values: readonly (ResourceValue | null)[],
  signal: AbortSignal | undefined,
): Promise<IconSearch> {
  const finding: Finding = { sawWebp: false, sawLarge: false, files: 0 };
  for (const value of values) {
    if (value === null) continue;
    const icon = await findRaster(zip, table, value, finding, maxLayers, signal);
    if (icon !== null) return { icon, warnings: [] };
  }
  return { icon: null, warnings: [missingIcon(finding)] };
}

function missingIcon(finding: Finding): string {
  const limit = `${largestIconFile / 1024 ** 2} MB`;
  if (finding.sawLarge)
    return `The app's icon is larger than ${limit}, so Intune gets none. Add one in Intune if you like.`;
  if (finding.sawWebp)
    return "The app's icon exists in WebP format only, which Intune does not take, so Intune gets none. Add a PNG in Intune if you like.";
  return 'No icon that Intune takes was found in the app. Add a PNG in Intune if you like.';
}

async function findRaster(
  zip: ZipArchive,
  table: ResourceTable | null,
  value: ResourceValue,
  finding: Finding,
  layers: number,
  signal: AbortSignal | undefined,
): Promise<PackageIcon | null> {
  const drawings: Buffer[] = [];
  for (const path of iconPaths(table, value)) {
    if (finding.files >= maxFiles) break;
    const bytes = await readIconFile(zip, path, finding, signal);
    if (bytes === null) continue;
    const image = readRasterImage(bytes);
    if (image === null) drawings.push(bytes);
    else if (image.kind === 'webp') finding.sawWebp = true;
    else {
      const icon = fitIcon(bytes, image);
      if (icon !== null) return icon;
    }
  }
  if (layers === 0) return null;
  for (const layer of drawings.flatMap(drawingLayers)) {
    const icon = await findRaster(zip, table, layer, finding, layers - 1, signal);
    if (icon !== null) return icon;
  }
  return null;
}

/** Paths of an icon's variants, sharpest first, and those made for everybody before those for some. */
function iconPaths(table: ResourceTable | null, value: ResourceValue): string[] {
  if (value.kind === 'text') return [value.text];
  if (value.kind !== 'reference' || table === null) return [];
  const ranked = table
    .variants(value.id)
    .sort((a, b) => density(b) - density(a) || a.config.narrowness - b.config.narrowness)
    .flatMap(({ value: file }) => (file.kind === 'text' ? [file.text] : []));
  return [...new Set(ranked)];
}

function density({ config }: ResourceVariant): number {
  // Made for any screen, or for no certain one: drawn at the density that Android counts as 1.
  return config.density === 0 || config.density >= anyDensity ? 160 : config.density;
}

async function readIconFile(
  zip: ZipArchive,
  path: string,
  finding: Finding,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  if ((zip.claimedSize(path) ?? 0) > largestIconFile) {
    finding.sawLarge = true;
    return null;
  }
  finding.files += 1;
  try {
    return await zip.readEntry(path, largestIconFile, signal);
  } catch (error) {
    // An icon that cannot be read costs the icon, not the package; a broken source costs everything.
    if (error instanceof ProblemError && spoilsIconOnly.has(error.problem.code)) return null;
    throw error;
  }
}

const spoilsIconOnly: ReadonlySet<string> = new Set(['packageMalformed', 'packageEncrypted', 'packageBeyondLimits']);

function drawingLayers(bytes: Buffer): ResourceValue[] {
  const layers: { rank: number; value: ResourceValue }[] = [];
  try {
    for (const event of readBinaryXml(bytes)) {
      if (event.kind === 'end' || layers.length >= maxFiles) continue;
      const rank = layerRank.indexOf(event.element.name);
      if (rank < 0) continue;
      for (const key of drawableAttributes) {
        const value = event.element.attribute(key);
        if (value !== null) layers.push({ rank, value });
      }
    }
  } catch {
    // Neither a picture nor binary XML: no layers.
    return [];
  }
  return layers.sort((a, b) => a.rank - b.rank).map(({ value }) => value);
}
