import { isUtf8 } from 'node:buffer';
import { ProblemError } from '../problems/problem.ts';

const maxEntries = 100_000;
const maxDirectoryBytes = 64 * 1024 ** 2;
const maxNameBytes = 16 * 1024 ** 2;
const headerSize = 46;
const signature = 0x02014b50;
const windowSize = 64 * 1024;
const limit32 = 0xffffffff;
/** Names do not go over the edge of a block; the longest has three times 65,535 bytes. */
const nameBlock = 1024 * 1024;
const zip64Field = 1;

/** What the directory says of an entry. Sizes are claims until the entry has been read. */
export interface EntryRecord {
  offset: number;
  compressedSize: number;
  size: number;
  crc32: number;
  method: number;
  flags: number;
}

type ReadBytes = (offset: number, length: number) => Promise<Buffer>;

/**
 * The directory of a zip archive, as bytes and numbers in a few large arrays: as objects and strings, a hundred thousand
 * entries would take all of a reader's memory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3.12
 */
export class ZipDirectory {
  readonly #names: Buffer[] = [];
  #namesEnd = 0;
  readonly #starts: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #sizes: Float64Array;
  readonly #kinds: Uint32Array;
  readonly #ambiguous: Uint8Array;
  /** Places by hash; 0 is none, so that places count from 1. */
  readonly #slots: Uint32Array;
  #count = 0;

  private constructor(entries: number) {
    this.#starts = new Uint32Array(entries);
    this.#lengths = new Uint32Array(entries);
    this.#sizes = new Float64Array(entries * 3);
    this.#kinds = new Uint32Array(entries * 2);
    this.#ambiguous = new Uint8Array(entries);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(entries * 2 + 2)));
  }

  static async read(readBytes: ReadBytes, start: number, entries: number): Promise<ZipDirectory> {
    if (entries > maxEntries) throw tooManyEntries();
    const directory = new ZipDirectory(entries);
    const window = new Window(readBytes, start);
    for (let entry = 0; entry < entries; entry += 1) {
      const header = await window.take(headerSize);
      if (header.readUInt32LE(0) !== signature) throw damaged('Its zip directory cannot be read.');
      const nameLength = header.readUInt16LE(28);
      const extraLength = header.readUInt16LE(30);
      const record = recordOf(header);
      const rest = await window.take(nameLength + extraLength + header.readUInt16LE(32));
      if (window.taken > maxDirectoryBytes) throw tooManyEntries();
      directory.#add(utf8Of(rest.subarray(0, nameLength)), record, rest.subarray(nameLength, nameLength + extraLength));
    }
    return directory;
  }

  /** In the order of the directory. */
  *names(): IterableIterator<string> {
    for (let place = 0; place < this.#count; place += 1) yield this.#nameAt(place).toString('utf8');
  }

  has(name: string): boolean {
    return this.#find(Buffer.from(name)) !== undefined;
  }

  /** Whether the archive holds several entries of that name. */
  isAmbiguous(name: string): boolean {
    const place = this.#find(Buffer.from(name));
    return place !== undefined && this.#ambiguous[place] === 1;
  }

  get(name: string): EntryRecord | undefined {
    const place = this.#find(Buffer.from(name));
    if (place === undefined) return undefined;
    const [offset = 0, compressedSize = 0, size = 0] = this.#sizes.subarray(place * 3);
    const [crc32 = 0, kind = 0] = this.#kinds.subarray(place * 2);
    return { offset, compressedSize, size, crc32, method: kind >>> 16, flags: kind & 0xffff };
  }

  #add(name: Buffer, record: EntryRecord, extra: Buffer): void {
    applyZip64(record, extra);
    const known = this.#find(name);
    const place = known ?? this.#count;
    if (known === undefined) this.#keepName(name, place);
    else this.#ambiguous[place] = 1;
    this.#sizes.set([record.offset, record.compressedSize, record.size], place * 3);
    this.#kinds.set([record.crc32, record.method * 0x10000 + record.flags], place * 2);
  }

  #keepName(name: Buffer, place: number): void {
    const left = nameBlock - (this.#namesEnd % nameBlock);
    if (this.#namesEnd % nameBlock === 0 || left < name.length) {
      this.#namesEnd = this.#names.length * nameBlock;
      if (this.#namesEnd >= maxNameBytes) throw tooManyEntries();
      this.#names.push(Buffer.allocUnsafe(nameBlock));
    }
    name.copy(this.#names.at(-1) ?? Buffer.alloc(0), this.#namesEnd % nameBlock);
    this.#starts[place] = this.#namesEnd;
    this.#lengths[place] = name.length;
    this.#namesEnd += name.length;
    this.#slots[this.#slotOf(name)] = place + 1;
    this.#count += 1;
  }

  #nameAt(place: number): Buffer {
    const start = this.#starts[place] ?? 0;
    const block = this.#names[Math.floor(start / nameBlock)] ?? Buffer.alloc(0);
    return block.subarray(start % nameBlock, (start % nameBlock) + (this.#lengths[place] ?? 0));
  }

  #find(name: Buffer): number | undefined {
    const place = this.#slots[this.#slotOf(name)] ?? 0;
    return place === 0 ? undefined : place - 1;
  }

  /** Where the name stands among the slots, or where it would. */
  #slotOf(name: Buffer): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(name) & mask;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      if (this.#lengths[place - 1] === name.length && this.#nameAt(place - 1).equals(name)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** Reads on through the directory, whatever the pieces are in which it comes. */
class Window {
  readonly #read: ReadBytes;
  #bytes: Buffer = Buffer.alloc(0);
  #next: number;
  taken = 0;

  constructor(read: ReadBytes, start: number) {
    this.#read = read;
    this.#next = start;
  }

  async take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) {
      const more = await this.#read(this.#next, windowSize);
      if (more.length === 0) throw damaged('Its directory points outside the file.');
      this.#next += more.length;
      this.#bytes = Buffer.concat([this.#bytes, more]);
    }
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    this.taken += length;
    return taken;
  }
}

function recordOf(header: Buffer): EntryRecord {
  return {
    flags: header.readUInt16LE(8),
    method: header.readUInt16LE(10),
    crc32: header.readUInt32LE(16),
    compressedSize: header.readUInt32LE(20),
    size: header.readUInt32LE(24),
    offset: header.readUInt32LE(42),
  };
}

/** Values that do not fit into 32 bits stand behind, in this order; section 4.5.3. */
function applyZip64(record: EntryRecord, extra: Buffer): void {
  const large = (['size', 'compressedSize', 'offset'] as const).filter((name) => record[name] === limit32);
  if (large.length === 0) return;
  let field = extra;
  while (field.length >= 4) {
    const content = field.subarray(4, 4 + field.readUInt16LE(2));
    if (field.readUInt16LE(0) === zip64Field) {
      if (content.length < large.length * 8) break;
      for (const [index, name] of large.entries()) record[name] = Number(content.readBigUInt64LE(index * 8));
      return;
    }
    field = field.subarray(4 + content.length);
  }
  // Without the field, the entry may really be that large.
}

/** Old tools write names in the code page of their machine. */
function utf8Of(name: Buffer): Buffer {
  return isUtf8(name) ? name : Buffer.from(name.toString('utf8'));
}

/** FNV-1a, with its bits mixed once more since the lowest ones decide. */
function hashOf(name: Buffer): number {
  let hash = 0x811c9dc5;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const damaged = (detail: string) => new ProblemError('packageMalformed', { detail });
const tooManyEntries = () =>
  new ProblemError('packageBeyondLimits', {
    detail: `It may hold at most ${maxEntries.toLocaleString('en-US')} files, and their names have a limit.`,
  });
