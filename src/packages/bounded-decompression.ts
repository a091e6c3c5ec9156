import { createInflate, inflateSync } from 'node:zlib';
import bunzip from 'seek-bzip';

/** The data could not be decompressed, or would be more than allowed. */
export class DecompressionError extends Error {
  readonly isTooLarge: boolean;

  constructor(fault: string, options: { cause?: unknown; isTooLarge?: boolean } = {}) {
    super(fault, options);
    this.name = 'DecompressionError';
    this.isTooLarge = options.isTooLarge ?? false;
  }
}

/** A zlib stream (RFC 1950). Memory grows with what comes out, up to `maxBytes`, never with what is declared. */
export async function inflateBounded(compressed: Buffer, maxBytes: number): Promise<Buffer> {
  const stream = createInflate({ chunkSize: 64 * 1024 });
  const parts: Buffer[] = [];
  let filled = 0;
  stream.end(compressed);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      filled += chunk.length;
      if (filled > maxBytes) throw tooLarge();
      parts.push(chunk);
    }
  } catch (error) {
    throw error instanceof DecompressionError ? error : new DecompressionError('is no zlib data', { cause: error });
  }
  return Buffer.concat(parts);
}

/** A zlib stream of known, small size: one piece of memory and no copies, for whoever unpacks many of them. */
export function inflateBlock(compressed: Buffer, size: number): Buffer {
  try {
    // A byte more than wanted, so that a stream that goes on is noticed.
    return inflateSync(compressed, { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1 });
  } catch (error) {
    throw new DecompressionError('is no zlib data, or larger than it says', { cause: error });
  }
}

/** One bzip2 stream. Its own blocks are at most 900 KB, so that memory is bounded by them and `maxBytes`. */
export function bunzip2Bounded(compressed: Buffer, maxBytes: number): Buffer {
  let at = 0;
  const input = {
    readByte: () => {
      const byte = compressed[at];
      if (byte === undefined) throw new DecompressionError('is cut off');
      at += 1;
      return byte;
    },
    read: (target: Buffer, offset: number, length: number) => {
      const copied = compressed.copy(target, offset, at, at + length);
      at += copied;
      return copied;
    },
  };
  let output = Buffer.allocUnsafe(Math.min(maxBytes, 2 * 1024 ** 2));
  let filled = 0;
  const sink = {
    writeByte: (byte: number) => {
      if (filled === maxBytes) throw tooLarge();
      if (filled === output.length) {
        const wider = Buffer.allocUnsafe(Math.min(maxBytes, output.length * 4));
        output.copy(wider);
        output = wider;
      }
      output[filled] = byte;
      filled += 1;
    },
  };
  try {
    bunzip.decode(input, sink);
  } catch (error) {
    throw error instanceof DecompressionError ? error : new DecompressionError('is no bzip2 data', { cause: error });
  }
  return output.subarray(0, filled);
}

const tooLarge = () => new DecompressionError('is larger than I may read', { isTooLarge: true });
