/** A fault in Android's binary resource formats. Its message may stand after a file name. */
export class ChunkError extends Error {
  constructor(fault: string, options: { cause?: unknown } = {}) {
    super(fault, options);
    this.name = 'ChunkError';
  }
}

/** Values of ResChunk_header.type in Android's frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h. */
export const chunkType = {
  stringPool: 0x0001,
  table: 0x0002,
  xml: 0x0003,
  xmlStartElement: 0x0102,
  xmlEndElement: 0x0103,
  xmlResourceMap: 0x0180,
  tablePackage: 0x0200,
  tableType: 0x0201,
} as const;

/** One chunk; `bytes` is the whole of it, header included, and never more than there is. */
export interface Chunk {
  type: number;
  headerSize: number;
  bytes: Buffer;
}

export function readChunk(bytes: Buffer, at: number): Chunk {
  if (at + 8 > bytes.length) throw new ChunkError('ends in the middle of a chunk');
  const type = bytes.readUInt16LE(at);
  const headerSize = bytes.readUInt16LE(at + 2);
  const size = bytes.readUInt32LE(at + 4);
  if (headerSize < 8 || size < headerSize) throw new ChunkError('has a chunk with an impossible size');
  if (at + size > bytes.length) throw new ChunkError('has a chunk that is larger than the file');
  return { type, headerSize, bytes: bytes.subarray(at, at + size) };
}

export interface ChildReading {
  /** True: what follows the last sound chunk is left out. Otherwise that is an error. */
  tolerant?: boolean;
}

/** The chunks inside another one, in order. */
export function* childChunks(parent: Chunk, reading: ChildReading = {}): Generator<Chunk> {
  let at = parent.headerSize;
  while (at + 8 <= parent.bytes.length) {
    let chunk: Chunk;
    try {
      chunk = readChunk(parent.bytes, at);
    } catch (error) {
      if (reading.tolerant === true && error instanceof ChunkError) return;
      throw error;
    }
    yield chunk;
    at += chunk.bytes.length;
  }
}
