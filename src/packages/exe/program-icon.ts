import { fitIcon, largestIconFile } from '../icon.ts';
import type { PackageIcon } from '../package-facts.ts';
import { readRasterImage } from '../raster-image.ts';
import { type PeResources, resourceType } from './pe-resources.ts';

const mostIcons = 500;
const groupHeaderSize = 6;
const groupEntrySize = 14;

/**
 * The largest PNG of the program's first icon, which is the one that Windows shows. Icons kept as bitmaps are no files
 * that Intune takes.
 */
export async function findProgramIcon(resources: PeResources | null): Promise<PackageIcon | null> {
  const [group] = (await resources?.list(resourceType.iconGroup)) ?? [];
  if (resources === null || group === undefined) return null;
  const members = groupMembers(await resources.read(group, groupHeaderSize + mostIcons * groupEntrySize));
  const icons = await resources.list(resourceType.icon, mostIcons);
  let best: PackageIcon | null = null;
  for (const icon of icons) {
    if (!members.has(icon.id) || icon.size > largestIconFile) continue;
    const head = readRasterImage(await resources.read(icon, 64));
    if (head?.kind !== 'png' || head.width <= (best?.width ?? 0)) continue;
    const bytes = Buffer.from(await resources.read(icon, icon.size));
    if (bytes.length === icon.size) best = fitIcon(bytes, head) ?? best;
  }
  return best;
}

/** https://learn.microsoft.com/windows/win32/menurc/resource-file-formats */
function groupMembers(group: Buffer): ReadonlySet<number> {
  if (group.length < groupHeaderSize) return new Set();
  const count = Math.min(group.readUInt16LE(4), Math.floor((group.length - groupHeaderSize) / groupEntrySize));
  return new Set(
    Array.from({ length: count }, (_, index) => group.readUInt16LE(groupHeaderSize + index * groupEntrySize + 12)),
  );
}
