import { ProblemError } from '../../problems/problem.ts';
import { fitIcon, largestIconFile } from '../icon.ts';
import type { PackageIcon } from '../package-facts.ts';
import { readRasterImage } from '../raster-image.ts';
import type { CompoundFile } from './compound-file.ts';
import { packedName } from './stream-name.ts';

const icoSignature = 0x00010000;
const icoHeaderSize = 6;
const icoEntrySize = 16;

/**
 * The icon that Windows shows among installed programs, where it is kept as PNG. It does not cost the package when it is
 * damaged.
 * https://learn.microsoft.com/windows/win32/msi/arpproducticon
 */
export async function findProductIcon(file: CompoundFile, name: string | undefined): Promise<PackageIcon | null> {
  if (name === undefined || name === '') return null;
  try {
    const bytes = await file.readStream(packedName(`Icon.${name}`), largestIconFile);
    return bytes === null ? null : largestPng(bytes);
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** Icons kept as bitmaps are no files that Intune takes. */
function largestPng(ico: Buffer): PackageIcon | null {
  if (ico.length < icoHeaderSize || ico.readUInt32LE(0) !== icoSignature) return null;
  const count = Math.min(ico.readUInt16LE(4), Math.floor((ico.length - icoHeaderSize) / icoEntrySize));
  let best: PackageIcon | null = null;
  for (let index = 0; index < count; index += 1) {
    const entry = icoHeaderSize + index * icoEntrySize;
    const size = ico.readUInt32LE(entry + 8);
    const start = ico.readUInt32LE(entry + 12);
    if (size > largestIconFile || start + size > ico.length) continue;
    const bytes = ico.subarray(start, start + size);
    const image = readRasterImage(bytes);
    if (image?.kind !== 'png' || image.width <= (best?.width ?? 0)) continue;
    best = fitIcon(Buffer.from(bytes), image) ?? best;
  }
  return best;
}
