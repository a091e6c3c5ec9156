import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { textDecoder } from './code-page.ts';
import { compoundFault } from './compound-fault.ts';
import type { CompoundStream } from './compound-file.ts';

const longReferences = 0x80000000;
/** A file may declare that all of it is one string. */
const longestString = 64 * 1024;

/**
 * All text of a package: tables hold numbers of strings, the pool holds the strings' lengths, and the data holds them one
 * after the other.
 */
export class MsiStrings {
  /** Bytes of a string's number in a table. */
  readonly referenceSize: 2 | 3;
  readonly codePage: number;
  readonly #data: CompoundStream;
  readonly #ends: Uint32Array;
  readonly #decoder: TextDecoder;

  constructor(pool: Buffer, data: CompoundStream) {
    if (pool.length < 4) throw compoundFault('string pool is empty');
    const header = pool.readUInt32LE(0);
    this.referenceSize = (header & longReferences) === 0 ? 2 : 3;
    this.codePage = header & 0x7fffffff;
    this.#data = data;
    this.#ends = stringEnds(pool, data.size);
    this.#decoder = textDecoder(this.codePage) ?? new TextDecoder('windows-1252');
  }

  get isCodePageKnown(): boolean {
    return textDecoder(this.codePage) !== null;
  }

  /** Bytes of the string; 0 where there is none of that number. */
  sizeOf(number: number): number {
    const end = this.#ends[number];
    return end === undefined || number === 0 ? 0 : end - (this.#ends[number - 1] ?? 0);
  }

  /** Null for number 0, which means no value. */
  async get(number: number): Promise<string | null> {
    if (number === 0) return null;
    const end = this.#ends[number];
    if (end === undefined) throw compoundFault('tables name strings that it does not have');
    const size = Math.min(this.sizeOf(number), longestString);
    const bytes = await this.#data.read(end - this.sizeOf(number), size);
    // Tools beside Microsoft's write UTF-8 and leave the code page open; letters of another one are hardly ever UTF-8 too.
    const isUtf8Unsaid = this.codePage === 0 && isUtf8(bytes);
    return isUtf8Unsaid ? bytes.toString('utf8') : this.#decoder.decode(bytes);
  }
}

/** Where each string ends, by its number. */
function stringEnds(pool: Buffer, dataSize: number): Uint32Array {
  const ends = new Uint32Array(Math.floor(pool.length / 4));
  let number = 1;
  let end = 0;
  for (let at = 4; at + 4 <= pool.length; number += 1) {
    let length = pool.readUInt16LE(at);
    const references = pool.readUInt16LE(at + 2);
    at += 4;
    // A string of 64 KiB or more takes two places: the first with its references, the second with its whole length.
    if (length === 0 && references !== 0) {
      if (at + 4 > pool.length) throw compoundFault('string pool ends in the middle of a string');
      length = pool.readUInt32LE(at);
      at += 4;
    }
    end += length;
    if (end > dataSize) throw compoundFault('string pool claims more text than there is');
    ends[number] = end;
  }
  return ends.subarray(0, number);
}
