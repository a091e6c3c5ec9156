import { deepestNesting, PropertyListError, type PropertyValue } from './property-value.ts';

const headerSize = 8;
const trailerSize = 32;
/** Dates count seconds from the start of 2001. */
const referenceDate = Date.UTC(2001, 0, 1);
const latestTime = 8.64e15;

export function isBinaryPropertyList(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 7) === 'bplist0';
}

/** Format: https://github.com/apple-oss-distributions/CF/blob/main/CFBinaryPList.c */
export function readBinaryPropertyList(bytes: Buffer): PropertyValue {
  return new BinaryPropertyList(bytes).root();
}

/** Each object is decoded once, and together they may not decode more bytes than an honest file of this size has. */
class BinaryPropertyList {
  readonly #bytes: Buffer;
  readonly #offsetSize: number;
  readonly #referenceSize: number;
  readonly #count: number;
  readonly #top: number;
  readonly #table: number;
  readonly #decoded = new Map<number, PropertyValue>();
  readonly #open = new Set<number>();
  #budget: number;

  constructor(bytes: Buffer) {
    if (bytes.length < headerSize + trailerSize) throw new PropertyListError('is cut off');
    const trailer = bytes.subarray(bytes.length - trailerSize);
    this.#bytes = bytes;
    this.#budget = bytes.length * 2;
    this.#offsetSize = trailer.readUInt8(6);
    this.#referenceSize = trailer.readUInt8(7);
    this.#count = bounded(trailer.readBigUInt64BE(8), bytes.length);
    this.#top = bounded(trailer.readBigUInt64BE(16), bytes.length);
    this.#table = bounded(trailer.readBigUInt64BE(24), bytes.length);
    const isSized = [this.#offsetSize, this.#referenceSize].every((size) => size >= 1 && size <= 8);
    if (!isSized || this.#table + this.#count * this.#offsetSize > bytes.length - trailerSize)
      throw new PropertyListError('has an impossible table of contents');
  }

  root(): PropertyValue {
    return this.#object(this.#top, 0);
  }

  #object(index: number, depth: number): PropertyValue {
    const known = this.#decoded.get(index);
    if (known !== undefined) return known;
    if (index >= this.#count) throw new PropertyListError('refers to something that is not there');
    if (this.#open.has(index)) throw new PropertyListError('contains itself');
    if (depth > deepestNesting) throw new PropertyListError('is nested too deeply');
    this.#open.add(index);
    const value = this.#decode(this.#unsigned(this.#table + index * this.#offsetSize, this.#offsetSize), depth);
    this.#open.delete(index);
    this.#decoded.set(index, value);
    return value;
  }

  #decode(at: number, depth: number): PropertyValue {
    const marker = this.#slice(at, 1).readUInt8(0);
    const low = marker & 0x0f;
    switch (marker >> 4) {
      case 0x0:
        return low === 0x8 ? false : low === 0x9 ? true : null;
      case 0x1:
        return low > 4 ? null : this.#integer(at + 1, 2 ** low);
      case 0x2:
        return this.#real(at + 1, low);
      case 0x3:
        return date(this.#slice(at + 1, 8).readDoubleBE(0));
      case 0x4:
        return Buffer.from(this.#counted(at, low, 1));
      case 0x5:
        return this.#counted(at, low, 1).toString('latin1');
      case 0x6:
        return Buffer.from(this.#counted(at, low, 2))
          .swap16()
          .toString('utf16le')
          .toWellFormed();
      case 0x7:
        return this.#counted(at, low, 1).toString('utf8');
      case 0xa:
      case 0xb:
      case 0xc:
        return this.#references(this.#counted(at, low, this.#referenceSize), depth);
      case 0xd:
        return this.#dict(this.#counted(at, low, this.#referenceSize * 2), depth);
      default:
        return null;
    }
  }

  #dict(references: Buffer, depth: number): PropertyValue {
    const half = references.length / 2;
    const keys = this.#references(references.subarray(0, half), depth);
    const values = this.#references(references.subarray(half), depth);
    const dict = new Map<string, PropertyValue>();
    for (const [at, key] of keys.entries()) if (typeof key === 'string') dict.set(key, values[at] ?? null);
    return dict;
  }

  #references(references: Buffer, depth: number): PropertyValue[] {
    const values: PropertyValue[] = [];
    for (let at = 0; at < references.length; at += this.#referenceSize)
      values.push(this.#object(unsigned(references.subarray(at, at + this.#referenceSize)), depth + 1));
    return values;
  }

  /** The bytes of an object that is `unit` bytes times its count; a count above 14 follows as an integer of its own. */
  #counted(at: number, low: number, unit: number): Buffer {
    if (low !== 0xf) return this.#slice(at + 1, low * unit);
    const marker = this.#slice(at + 1, 1).readUInt8(0);
    const width = 2 ** (marker & 0x0f);
    if (marker >> 4 !== 1 || width > 8) throw new PropertyListError('has a value without a length');
    return this.#slice(at + 2 + width, this.#unsigned(at + 2, width) * unit);
  }

  #integer(at: number, width: number): number {
    // Sixteen bytes hold unsigned values beyond 2^63, eight bytes signed ones.
    const field = this.#slice(at, width);
    return width === 8 ? Number(field.readBigInt64BE(0)) : unsigned(field);
  }

  #real(at: number, low: number): number | null {
    if (low === 2) return this.#slice(at, 4).readFloatBE(0);
    return low === 3 ? this.#slice(at, 8).readDoubleBE(0) : null;
  }

  #unsigned(at: number, width: number): number {
    return unsigned(this.#slice(at, width));
  }

  #slice(at: number, length: number): Buffer {
    if (at < headerSize || at + length > this.#bytes.length - trailerSize)
      throw new PropertyListError('points outside itself');
    this.#budget -= length;
    if (this.#budget < 0) throw new PropertyListError('uses the same bytes too often');
    return this.#bytes.subarray(at, at + length);
  }
}

function unsigned(field: Buffer): number {
  let value = 0;
  for (const byte of field) value = value * 256 + byte;
  return value;
}

function bounded(value: bigint, most: number): number {
  if (value > BigInt(most)) throw new PropertyListError('has an impossible table of contents');
  return Number(value);
}

function date(seconds: number): Date | null {
  const time = referenceDate + seconds * 1000;
  return Math.abs(time) <= latestTime ? new Date(Math.round(time)) : null;
}
