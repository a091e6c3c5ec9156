import { DecompressionError, inflateBounded } from '../bounded-decompression.ts';
import { DiskError } from './disk-reader.ts';
import { unpackLzfse } from './lzfse.ts';
import { unpackLzvn } from './lzvn.ts';
import { MatchOutput } from './match-output.ts';

/** The attribute in which file systems of Macs keep small files compressed. */
export const compressionAttribute = 'com.apple.decmpfs';

const headerSize = 16;
/** How the content is packed, where it stands in the attribute itself. Others mean that it lies in a fork of the file. */
const packing = { stored: 1, zlib: 3, lzvn: 7, lzfse: 11 } as const;

/**
 * The content of a file out of that attribute; null where it lies elsewhere.
 * https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/decmpfs.h
 */
export async function unpackAttribute(attribute: Buffer, maxBytes: number): Promise<Buffer | null> {
  if (attribute.length < headerSize || attribute.toString('latin1', 0, 4) !== 'fpmc') return null;
  const size = Number(attribute.readBigUInt64LE(8));
  if (size > maxBytes) throw new DiskError('has a file that is larger than I read');
  const content = attribute.subarray(headerSize);
  try {
    const bytes = await unpack(attribute.readUInt32LE(4), content, size);
    if (bytes !== null && bytes.length !== size) throw new DiskError('has a compressed file of another size');
    return bytes;
  } catch (error) {
    if (!(error instanceof DecompressionError)) throw error;
    throw new DiskError('has a compressed file that is damaged', { cause: error });
  }
}

/** What would only grow is marked by its first byte, and follows as it is. */
async function unpack(kind: number, content: Buffer, size: number): Promise<Buffer | null> {
  const first = content[0] ?? 0;
  const isStored = (mark: boolean) => (mark ? content.subarray(1) : null);
  switch (kind) {
    case packing.stored:
      return content;
    case packing.zlib:
      return isStored((first & 0x0f) === 0x0f) ?? inflateBounded(content, size);
    case packing.lzvn:
      return isStored(first === 0x06) ?? lzvn(content, size);
    case packing.lzfse:
      return isStored(first === 0xff) ?? unpackLzfse(content, size);
    default:
      return null;
  }
}

function lzvn(content: Buffer, size: number): Buffer {
  const output = new MatchOutput(size);
  unpackLzvn(content, output);
  return output.bytes;
}
