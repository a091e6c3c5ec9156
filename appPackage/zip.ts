import { crc32 } from 'node:zlib';

export interface ZipEntry {
  /** ASCII. */
  name: string;
  bytes: Buffer;
}

/** 1 January 1980, the first date the format knows: the archive depends on its content only. */
const date = 0x0021;
const version = 20;

/**
 * A zip file whose entries are stored as they are. Deflate would make the archive depend on the zlib of the machine that
 * built it, and an app package has little to gain from it. Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'ascii');
    const common = commonFields(name, entry.bytes);
    const file = Buffer.concat([signature(0x04034b50), common, name, entry.bytes]);
    directory.push(Buffer.concat([signature(0x02014b50), word(version), common, placeFields(offset), name]));
    files.push(file);
    offset += file.length;
  }
  const index = Buffer.concat(directory);
  return Buffer.concat([...files, index, endRecord(entries.length, index.length, offset)]);
}

/** What the local header and the directory entry share: version to name length, then no extra field. */
function commonFields(name: Buffer, bytes: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(version, 0);
  fields.writeUInt16LE(date, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

/** Comment length, disk and attributes stay zero; the last four bytes say where the file begins. */
function placeFields(offset: number): Buffer {
  const fields = Buffer.alloc(14);
  fields.writeUInt32LE(offset, 10);
  return fields;
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
