import { ReadableStream } from 'node:stream/web';
import xz from 'xz-decompress';
import { DecompressionError } from '../bounded-decompression.ts';

const streamHeader = 12;
const lzma2 = 0x21;
/** The decoder takes this much memory; the usual presets need 8 MiB. */
const largestDictionary = 16 * 1024 ** 2;

/** An xz stream of one LZMA2 block, as disk images have it. */
export async function unpackXz(packed: Buffer, size: number): Promise<Buffer> {
  if (dictionarySize(packed) > largestDictionary)
    throw new DecompressionError('needs more memory than I have for it', { isTooLarge: true });
  const output = Buffer.alloc(size);
  let filled = 0;
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(packed);
      controller.close();
    },
  });
  const reader = new xz.XzReadableStream(input).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (filled + part.value.length > size)
        throw new DecompressionError('is larger than it says', { isTooLarge: true });
      output.set(part.value, filled);
      filled += part.value.length;
    }
  } catch (error) {
    throw error instanceof DecompressionError ? error : new DecompressionError('is no xz data', { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return output.subarray(0, filled);
}

// https://tukaani.org/xz/xz-file-format.txt, sections 2.1.1, 3.1 and 5.3.1
function dictionarySize(packed: Buffer): number {
  if (packed.toString('hex', 0, 6) !== 'fd377a585a00' || packed.length < streamHeader + 8)
    throw new DecompressionError('is no xz data');
  const flags = packed[streamHeader + 1] ?? 0;
  let at = streamHeader + 2;
  for (const flag of [0x40, 0x80]) if ((flags & flag) !== 0) at = afterInteger(packed, at);
  const bits = packed[at + 2] ?? 0xff;
  if ((flags & 0x03) !== 0 || packed[at] !== lzma2 || packed[at + 1] !== 1 || bits > 40)
    throw new DecompressionError('uses a filter that I do not know');
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** Integers there take seven bits a byte, nine bytes at most. */
function afterInteger(bytes: Buffer, start: number): number {
  for (let at = start; at < start + 9; at += 1) if (((bytes[at] ?? 0) & 0x80) === 0) return at + 1;
  throw new DecompressionError('is no xz data');
}
