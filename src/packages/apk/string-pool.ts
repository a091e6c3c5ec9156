import { type Chunk, ChunkError } from './chunk.ts';

const utf8Flag = 0x100;
/** Android's own limit for a string in a pool that is UTF-8. */
export const longestString = 32_767;

/** Strings are decoded when asked for: a pool may declare any number of them, all on the same bytes. */
export class StringPool {
  readonly #bytes: Buffer;
  readonly #offsets: number;
  readonly #count: number;
  readonly #start: number;
  readonly #isUtf8: boolean;

  constructor(chunk: Chunk) {
    const { bytes, headerSize } = chunk;
    if (headerSize < 28) throw new ChunkError('has a string pool with a short header');
    const declared = bytes.readUInt32LE(8);
    if (declared > (bytes.length - headerSize) / 4)
      throw new ChunkError('has a string pool that claims too many strings');
    this.#bytes = bytes;
    this.#offsets = headerSize;
    this.#count = declared;
    this.#isUtf8 = (bytes.readUInt32LE(16) & utf8Flag) !== 0;
    this.#start = bytes.readUInt32LE(20);
  }

  get count(): number {
    return this.#count;
  }

  /** The string, at most `longest` characters of it; null where the index or its bytes are not there. */
  get(index: number, longest = longestString): string | null {
    if (index >= this.#count) return null;
    const at = this.#start + this.#bytes.readUInt32LE(this.#offsets + index * 4);
    return this.#isUtf8 ? this.#utf8(at, longest) : this.#utf16(at, longest);
  }

  #utf8(start: number, longest: number): string | null {
    // Two lengths, in characters and in bytes, each of one or two bytes.
    const characters = this.#length8(start);
    const size = characters === null ? null : this.#length8(characters.next);
    if (size === null || size.next + size.value > this.#bytes.length) return null;
    const end = size.next + Math.min(size.value, longest * 3);
    return decodeModifiedUtf8(this.#bytes.subarray(size.next, end)).slice(0, longest);
  }

  #utf16(start: number, longest: number): string | null {
    if (start + 2 > this.#bytes.length) return null;
    const first = this.#bytes.readUInt16LE(start);
    const isLong = (first & 0x8000) !== 0;
    if (isLong && start + 4 > this.#bytes.length) return null;
    const length = isLong ? (first & 0x7fff) * 0x10000 + this.#bytes.readUInt16LE(start + 2) : first;
    const from = start + (isLong ? 4 : 2);
    if (from + length * 2 > this.#bytes.length) return null;
    return this.#bytes.toString('utf16le', from, from + Math.min(length, longest) * 2);
  }

  #length8(at: number): { value: number; next: number } | null {
    const first = this.#bytes[at];
    if (first === undefined) return null;
    if ((first & 0x80) === 0) return { value: first, next: at + 1 };
    const second = this.#bytes[at + 1];
    return second === undefined ? null : { value: ((first & 0x7f) << 8) | second, next: at + 2 };
  }
}

/** aapt2 writes characters beyond U+FFFF, such as emoji, as two surrogates of three bytes each. */
function decodeModifiedUtf8(bytes: Buffer): string {
  if (!hasSurrogate(bytes)) return bytes.toString('utf8');
  let text = '';
  let plainFrom = 0;
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    if (bytes[at] !== 0xed || ((bytes[at + 1] ?? 0) & 0xe0) !== 0xa0) continue;
    text += bytes.toString('utf8', plainFrom, at);
    text += String.fromCharCode(0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f));
    plainFrom = at + 3;
    at += 2;
  }
  return (text + bytes.toString('utf8', plainFrom)).toWellFormed();
}

function hasSurrogate(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1))
    if (((bytes[at + 1] ?? 0) & 0xe0) === 0xa0) return true;
  return false;
}
