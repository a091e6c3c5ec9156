import { ReadableStream } from 'node:stream/web';
import { crc32 } from 'node:zlib';
import xz from 'xz-decompress';
import { DecompressionError } from './bounded-decompression.ts';

const streamHeader = 12;
const lzma2 = 0x21;
const smallestDictionary = 4096;

/** An xz stream of one LZMA2 block, as disk images and archives have it. */
export async function unpackXz(packed: Buffer, size: number): Promise<Buffer> {
  const output = Buffer.alloc(size);
  let filled = 0;
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(withSmallDictionary(packed, size));
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

/**
 * The decoder takes as much memory as the dictionary says, which is what the encoder was set to. What comes out is small, and
 * nothing in it can refer to more than is before it: so the dictionary needs no more than that.
 * https://tukaani.org/xz/xz-file-format.txt, sections 2.1.1, 3.1 and 5.3.1
 */
function withSmallDictionary(packed: Buffer, size: number): Buffer {
  if (packed.toString('hex', 0, 6) !== 'fd377a585a00' || packed.length < streamHeader + 8)
    throw new DecompressionError('is no xz data');
  const flags = packed[streamHeader + 1] ?? 0;
  let at = streamHeader + 2;
  for (const flag of [0x40, 0x80]) if ((flags & flag) !== 0) at = afterInteger(packed, at);
  const declared = packed[at + 2] ?? 0xff;
  const checksum = streamHeader + ((packed[streamHeader] ?? 0) + 1) * 4 - 4;
  if ((flags & 0x03) !== 0 || packed[at] !== lzma2 || packed[at + 1] !== 1 || declared > 40 || at + 2 >= checksum)
    throw new DecompressionError('uses a filter that I do not know');
  let needed = 0;
  while (dictionaryBytes(needed) < Math.max(size, smallestDictionary)) needed += 1;
  if (declared <= needed || checksum + 4 > packed.length) return packed;
  // Only a header that was sound may be made sound again.
  if (crc32(packed.subarray(streamHeader, checksum)) !== packed.readUInt32LE(checksum))
    throw new DecompressionError('is no xz data');
  const changed = Buffer.from(packed);
  changed[at + 2] = needed;
  changed.writeUInt32LE(crc32(changed.subarray(streamHeader, checksum)), checksum);
  return changed;
}

const dictionaryBytes = (bits: number) => (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);

/** Integers there take seven bits a byte, nine bytes at most. */
function afterInteger(bytes: Buffer, start: number): number {
  for (let at = start; at < start + 9; at += 1) if (((bytes[at] ?? 0) & 0x80) === 0) return at + 1;
  throw new DecompressionError('is no xz data');
}
