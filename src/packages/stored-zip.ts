import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

/**
 * A zip archive that is made while it is read, the same bytes each time, and whose size is known before. Files are "deflated"
 * without compression: so every unpacker finds a file's end although its checksum is written behind it.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, https://www.rfc-editor.org/rfc/rfc1951#page-11
 */
export interface ZipMember {
  /** With slashes. */
  name: string;
  size: number;
  stream(signal?: AbortSignal): AsyncIterable<Buffer>;
}

const largestBlock = 65_535;
const blockHead = 5;
const limit32 = 0xffff_ffff;
/** Names in UTF-8; sizes and checksum behind the file. */
const flags = 0x0808;
const deflate = 8;
/** The first day that zip knows: an archive must not depend on when it is made. */
const firstDay = 0x0021;

export function storedZipSize(members: readonly Pick<ZipMember, 'name' | 'size'>[]): number {
  const layout = layoutOf(members);
  return layout.directoryStart + layout.directoryBytes + endSize(layout);
}

export function storedZip(members: readonly ZipMember[], signal?: AbortSignal): Readable {
  return Readable.from(chunks(members, signal), { objectMode: false });
}

const deflatedSize = (size: number) => size + blockHead * Math.max(1, Math.ceil(size / largestBlock));

interface Layout {
  entries: { name: Buffer; size: number; deflated: number; isLarge: boolean; start: number }[];
  directoryStart: number;
  directoryBytes: number;
}

function layoutOf(members: readonly Pick<ZipMember, 'name' | 'size'>[]): Layout {
  let at = 0;
  const entries = members.map((member) => {
    const name = Buffer.from(member.name, 'utf8');
    const deflated = deflatedSize(member.size);
    const isLarge = deflated >= limit32;
    const entry = { name, size: member.size, deflated, isLarge, start: at };
    at += 30 + name.length + (isLarge ? 20 : 0) + deflated + (isLarge ? 24 : 16);
    return entry;
  });
  const directoryBytes = entries.reduce((sum, entry) => sum + 46 + entry.name.length + extra(entry, true).length, 0);
  return { entries, directoryStart: at, directoryBytes };
}

const needsLargeEnd = ({ entries, directoryStart, directoryBytes }: Layout) =>
  entries.length >= 0xffff || directoryStart + directoryBytes >= limit32;
const endSize = (layout: Layout) => 22 + (needsLargeEnd(layout) ? 56 + 20 : 0);

/** Sizes and place of a large file; in front of the file they are not known to be right yet. */
function extra(entry: Layout['entries'][number], inDirectory: boolean): Buffer {
  const isFar = entry.start >= limit32;
  if (!entry.isLarge && !(isFar && inDirectory)) return Buffer.alloc(0);
  const values: number[] = [];
  if (entry.isLarge) values.push(inDirectory ? entry.size : 0, inDirectory ? entry.deflated : 0);
  if (isFar && inDirectory) values.push(entry.start);
  const field = Buffer.alloc(4 + values.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return field;
}

async function* chunks(members: readonly ZipMember[], signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const layout = layoutOf(members);
  const sums: number[] = [];
  for (const [index, member] of members.entries()) {
    const entry = layout.entries[index];
    if (entry === undefined) continue;
    yield localHeader(entry);
    const sum = yield* deflated(member, signal);
    sums.push(sum);
    yield descriptor(entry, sum);
  }
  yield Buffer.concat(layout.entries.map((entry, index) => directoryEntry(entry, sums[index] ?? 0)));
  yield end(layout);
}

/** Blocks without compression: a type, the length twice, the bytes. */
async function* deflated(member: ZipMember, signal: AbortSignal | undefined): AsyncGenerator<Buffer, number> {
  let sum = 0;
  let left = member.size;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const wanted = () => Math.min(largestBlock, left);
  const block = (bytes: Buffer) => {
    left -= bytes.length;
    const head = Buffer.alloc(blockHead);
    head[0] = left === 0 ? 1 : 0;
    head.writeUInt16LE(bytes.length, 1);
    head.writeUInt16LE(~bytes.length & 0xffff, 3);
    return Buffer.concat([head, bytes]);
  };
  if (left === 0) yield block(Buffer.alloc(0));
  for await (const chunk of member.stream(signal)) {
    sum = crc32(chunk, sum);
    pending.push(chunk);
    pendingBytes += chunk.length;
    if (pendingBytes < wanted()) continue;
    const bytes = Buffer.concat(pending);
    let at = 0;
    while (left > 0 && bytes.length - at >= wanted()) {
      const length = wanted();
      yield block(bytes.subarray(at, at + length));
      at += length;
    }
    pending = at < bytes.length ? [bytes.subarray(at)] : [];
    pendingBytes = bytes.length - at;
    if (left === 0 && pendingBytes > 0) break;
  }
  if (left !== 0 || pendingBytes !== 0) throw new Error(`${member.name} has another length than it said`);
  return sum;
}

function localHeader(entry: Layout['entries'][number]): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(entry.isLarge ? 45 : 20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(deflate, 8);
  header.writeUInt16LE(firstDay, 12);
  if (entry.isLarge) {
    header.writeUInt32LE(limit32, 18);
    header.writeUInt32LE(limit32, 22);
  }
  const field = extra(entry, false);
  header.writeUInt16LE(entry.name.length, 26);
  header.writeUInt16LE(field.length, 28);
  return Buffer.concat([header, entry.name, field]);
}

function descriptor({ isLarge, deflated: packed, size }: Layout['entries'][number], sum: number): Buffer {
  const bytes = Buffer.alloc(isLarge ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(sum, 4);
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(packed), 8);
    bytes.writeBigUInt64LE(BigInt(size), 16);
  } else {
    bytes.writeUInt32LE(packed, 8);
    bytes.writeUInt32LE(size, 12);
  }
  return bytes;
}

function directoryEntry(entry: Layout['entries'][number], sum: number): Buffer {
  const field = extra(entry, true);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(45, 4);
  header.writeUInt16LE(field.length > 0 ? 45 : 20, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(deflate, 10);
  header.writeUInt16LE(firstDay, 14);
  header.writeUInt32LE(sum, 16);
  header.writeUInt32LE(entry.isLarge ? limit32 : entry.deflated, 20);
  header.writeUInt32LE(entry.isLarge ? limit32 : entry.size, 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(field.length, 30);
  header.writeUInt32LE(Math.min(entry.start, limit32), 42);
  return Buffer.concat([header, entry.name, field]);
}

function end(layout: Layout): Buffer {
  const { entries, directoryStart, directoryBytes } = layout;
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  last.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  last.writeUInt32LE(Math.min(directoryBytes, limit32), 12);
  last.writeUInt32LE(Math.min(directoryStart, limit32), 16);
  if (!needsLargeEnd(layout)) return last;
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(45, 12);
  large.writeUInt16LE(45, 14);
  large.writeBigUInt64LE(BigInt(entries.length), 24);
  large.writeBigUInt64LE(BigInt(entries.length), 32);
  large.writeBigUInt64LE(BigInt(directoryBytes), 40);
  large.writeBigUInt64LE(BigInt(directoryStart), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(directoryStart + directoryBytes), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, last]);
}
