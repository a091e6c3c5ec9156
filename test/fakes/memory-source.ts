import { Readable } from 'node:stream';
import type { ByteSource } from '../../src/packages/byte-source.ts';

export interface MemorySource extends ByteSource {
  /** Every read so far. */
  readonly reads: { offset: number; length: number }[];
}

export function memorySource(bytes: Buffer): MemorySource {
  const reads: { offset: number; length: number }[] = [];
  return {
    size: bytes.length,
    reads,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      reads.push({ offset, length });
      return bytes.subarray(offset, offset + length);
    },
    stream: (from = 0) => Readable.from([bytes.subarray(from)], { objectMode: false }),
    async close() {},
  };
}
