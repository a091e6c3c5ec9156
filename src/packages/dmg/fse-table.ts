import { DecompressionError } from '../bounded-decompression.ts';

/**
 * A table of finite state entropy coding: each state stands for a symbol, and says how many bits lead to the next state.
 * https://arxiv.org/abs/1311.2540
 */
export class FseTable {
  readonly #symbols: Uint8Array;
  readonly #bits: Uint8Array;
  readonly #next: Int32Array;

  /** How often each symbol stands among the states. */
  constructor(states: number, frequencies: readonly number[]) {
    this.#symbols = new Uint8Array(states);
    this.#bits = new Uint8Array(states);
    this.#next = new Int32Array(states);
    let state = 0;
    for (const [symbol, frequency] of frequencies.entries()) {
      if (frequency === 0) continue;
      if (state + frequency > states) throw new DecompressionError('has impossible tables');
      // Of the symbol's states the first ones need one bit more, so that together they lead to every state once.
      const most = Math.clz32(frequency) - Math.clz32(states);
      const longer = ((2 * states) >> most) - frequency;
      for (let index = 0; index < frequency; index += 1, state += 1) {
        const bits = index < longer ? most : most - 1;
        this.#symbols[state] = symbol;
        this.#bits[state] = bits;
        this.#next[state] = index < longer ? ((frequency + index) << bits) - states : (index - longer) << bits;
      }
    }
    // States that stand for nothing would go on for ever on damaged data; they lead nowhere.
    this.#symbols.fill(0xff, state);
  }

  symbol(state: number): number {
    const symbol = this.#symbols[state];
    if (symbol === undefined) throw new DecompressionError('has an impossible state');
    return symbol;
  }

  bits(state: number): number {
    return this.#bits[state] ?? 0;
  }

  next(state: number, bits: number): number {
    return (this.#next[state] ?? 0) + bits;
  }
}

/** Bits from the end to the start, as this coding is read: what was written last comes first. */
export class BitsFromEnd {
  readonly #bytes: Buffer;
  #left: number;

  /** `unused` of the last byte's upper bits are none. */
  constructor(bytes: Buffer, unused: number) {
    this.#bytes = bytes;
    this.#left = bytes.length * 8 - unused;
  }

  /** At most 24 bits. */
  take(count: number): number {
    this.#left -= count;
    if (this.#left < 0) throw new DecompressionError('is cut off');
    const first = this.#left >> 3;
    let value = 0;
    for (let byte = 3; byte >= 0; byte -= 1) value = value * 256 + (this.#bytes[first + byte] ?? 0);
    return Math.floor(value / 2 ** (this.#left & 7)) % 2 ** count;
  }
}
