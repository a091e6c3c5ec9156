import { DecompressionError } from '../bounded-decompression.ts';

/** What comes out of a compression that repeats earlier bytes; never more than was asked for. */
export class MatchOutput {
  readonly #bytes: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.#bytes = Buffer.alloc(size);
  }

  get filled(): number {
    return this.#filled;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#filled);
  }

  take(from: Uint8Array, at: number, length: number): void {
    this.#expectRoom(length);
    this.#bytes.set(from.subarray(at, at + length), this.#filled);
    this.#filled += length;
  }

  /** Byte by byte, because what is repeated may only now be written. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#filled) throw new DecompressionError('repeats what is not there');
    this.#expectRoom(length);
    for (const end = this.#filled + length; this.#filled < end; this.#filled += 1)
      this.#bytes[this.#filled] = this.#bytes[this.#filled - distance] ?? 0;
  }

  #expectRoom(length: number): void {
    if (this.#filled + length > this.#bytes.length)
      throw new DecompressionError('is larger than it says', { isTooLarge: true });
  }
}
