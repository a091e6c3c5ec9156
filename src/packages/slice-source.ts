import { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.ts';
import type { ByteSource } from './byte-source.ts';

/** A part of another source as a source of its own. Closing it leaves the other one open. */
export function sliceSource(whole: ByteSource, offset: number, size: number): ByteSource {
  const readInto = whole.readInto?.bind(whole);
  return {
    size,
    async read(from, length, signal) {
      const wanted = Math.max(0, Math.min(length, size - from));
      const bytes = wanted === 0 ? Buffer.alloc(0) : await whole.read(offset + from, wanted, signal);
      if (bytes.length < wanted) throw new ProblemError('packageTruncated');
      return bytes;
    },
    stream(from = 0, signal) {
      return Readable.from(chunksOf(whole, offset + from, size - from, signal), {
        objectMode: false,
        highWaterMark: 1024 * 1024,
      });
    },
    ...(readInto === undefined
      ? {}
      : {
          async readInto(target: Uint8Array, from: number, signal?: AbortSignal) {
            if (from + target.length > size) throw new ProblemError('packageTruncated');
            await readInto(target, offset + from, signal);
          },
        }),
    async close() {},
  };
}

async function* chunksOf(
  whole: ByteSource,
  start: number,
  length: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let left = length;
  if (left <= 0) return;
  for await (const chunk of whole.stream(start, signal) as AsyncIterable<Buffer>) {
    yield chunk.length <= left ? chunk : chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
  throw new ProblemError('packageTruncated');
}
