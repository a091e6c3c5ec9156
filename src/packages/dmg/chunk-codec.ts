import { bunzip2Bounded, DecompressionError, inflateBlock } from '../bounded-decompression.ts';
import { unpackXz } from '../xz.ts';
import { unpackAdc } from './adc.ts';
import { DiskError } from './disk-reader.ts';
import { unpackLzfse } from './lzfse.ts';

export type ChunkKind = 'zero' | 'raw' | 'adc' | 'zlib' | 'bzip2' | 'lzfse' | 'lzma' | 'comment' | 'end' | 'unknown';

const kinds: ReadonlyMap<number, ChunkKind> = new Map([
  [0x00000000, 'zero'],
  [0x00000001, 'raw'],
  [0x00000002, 'zero'],
  [0x80000004, 'adc'],
  [0x80000005, 'zlib'],
  [0x80000006, 'bzip2'],
  [0x80000007, 'lzfse'],
  [0x80000008, 'lzma'],
  [0x7ffffffe, 'comment'],
  [0xffffffff, 'end'],
]);

export const chunkKind = (type: number): ChunkKind => kinds.get(type) ?? 'unknown';

export const isStored = (kind: ChunkKind): boolean => kind === 'raw';

/** A block of exactly `size` bytes. */
export async function unpackChunk(kind: ChunkKind, packed: Buffer, size: number): Promise<Buffer> {
  try {
    const bytes = await unpack(kind, packed, size);
    if (bytes.length !== size) throw new DiskError('has a block that is shorter than it says');
    return bytes;
  } catch (error) {
    if (!(error instanceof DecompressionError)) throw error;
    throw new DiskError('has a block that cannot be unpacked', { cause: error });
  }
}

async function unpack(kind: ChunkKind, packed: Buffer, size: number): Promise<Buffer> {
  switch (kind) {
    case 'zlib':
      return inflateBlock(packed, size);
    case 'bzip2':
      return bunzip2Bounded(packed, size);
    case 'lzma':
      return unpackXz(packed, size);
    case 'lzfse':
      return unpackLzfse(packed, size);
    case 'adc':
      return unpackAdc(packed, size);
    default:
      throw new DiskError(`is compressed in a way that I cannot read (${kind})`, { isUnknownKind: true });
  }
}
