import { DiskError, type DiskReader, unsigned64 } from './disk-reader.ts';

export interface HfsExtent {
  /** Both in blocks. */
  start: number;
  count: number;
}

/** The size and the first places of a file's content, as directory records give them. */
export interface HfsFork {
  size: number;
  blocks: number;
  extents: HfsExtent[];
}

export const forkSize = 80;

export function readFork(bytes: Buffer): HfsFork {
  if (bytes.length < forkSize) throw new DiskError('has a file record that is cut off');
  return { size: unsigned64(bytes, 0), blocks: bytes.readUInt32BE(12), extents: readExtents(bytes.subarray(16)) };
}

/** Eight pairs of start and count; the first empty one ends them. */
export function readExtents(bytes: Buffer): HfsExtent[] {
  const extents: HfsExtent[] = [];
  for (let at = 0; at + 8 <= bytes.length && at < 64; at += 8) {
    const extent = { start: bytes.readUInt32BE(at), count: bytes.readUInt32BE(at + 4) };
    if (extent.count === 0) break;
    extents.push(extent);
  }
  return extents;
}

/** A file's content, wherever its pieces lie. */
export function forkReader(
  disk: DiskReader,
  blockSize: number,
  size: number,
  extents: readonly HfsExtent[],
): DiskReader {
  const held = extents.reduce((sum, { count }) => sum + count, 0) * blockSize;
  if (size > held) throw new DiskError('has a file that is not complete');
  return {
    size,
    async read(offset, length, signal) {
      if (offset < 0 || length < 0 || offset + length > size) throw new DiskError('points outside of itself');
      const parts: Buffer[] = [];
      let skipped = 0;
      for (const { start, count } of extents) {
        const from = Math.max(offset, skipped);
        const until = Math.min(offset + length, skipped + count * blockSize);
        if (from < until) parts.push(await disk.read(start * blockSize + from - skipped, until - from, signal));
        skipped += count * blockSize;
      }
      return Buffer.concat(parts);
    },
  };
}
