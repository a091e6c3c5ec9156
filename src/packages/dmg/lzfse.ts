import { DecompressionError } from '../bounded-decompression.ts';
import { BitsFromEnd, FseTable } from './fse-table.ts';
import { unpackLzvn } from './lzvn.ts';
import { MatchOutput } from './match-output.ts';

/** How many bits follow a symbol and add to its value, and the least value that it stands for. */
interface ValueCode {
  states: number;
  extra: readonly number[];
  base: readonly number[];
}

const repeated = (value: number, count: number) => Array.from({ length: count }, () => value);

/** Each symbol's values follow those of the one before. */
function valueCode(states: number, extra: readonly number[]): ValueCode {
  let next = 0;
  const base = extra.map((bits) => {
    const own = next;
    next += 2 ** bits;
    return own;
  });
  return { states, extra, base };
}

const lengthCode = valueCode(64, [...repeated(0, 16), 2, 3, 5, 8]);
const matchCode = valueCode(64, [...repeated(0, 16), 3, 5, 8, 11]);
const distanceCode = valueCode(
  256,
  Array.from({ length: 64 }, (_, symbol) => Math.floor(symbol / 4)),
);
const literalStates = 1024;
const literalSymbols = 256;
const mostLiterals = 40_000;
const mostMatches = 10_000;

const endMark = 'bvx$';
const headerSizes = { raw: 8, lzvn: 12, plainTables: 772, packedTables: 32 };

/** A block of compressed bytes, as either of its two headers describes it. */
interface BlockHeader {
  rawBytes: number;
  literals: number;
  literalBytes: number;
  /** Of the last byte. */
  literalUnused: number;
  literalStates: number[];
  matches: number;
  matchBytes: number;
  matchUnused: number;
  states: { length: number; match: number; distance: number };
  frequencies: number[];
  /** Of the header itself. */
  size: number;
}

/**
 * LZFSE, the usual compression of today's disk images: blocks of several kinds, until an end mark. Apple described it by its
 * published decoder (https://github.com/lzfse/lzfse); this one is written anew.
 */
export function unpackLzfse(packed: Buffer, size: number): Buffer {
  const output = new MatchOutput(size);
  let at = 0;
  for (;;) {
    const kind = packed.toString('latin1', at, at + 4);
    if (kind === endMark) return output.bytes;
    at += unpackBlock(kind, packed.subarray(at), output);
  }
}

/** Returns how many bytes the block has. */
function unpackBlock(kind: string, block: Buffer, output: MatchOutput): number {
  switch (kind) {
    case 'bvx-': {
      expectBytes(block, headerSizes.raw);
      const length = block.readUInt32LE(4);
      expectBytes(block, headerSizes.raw + length);
      output.take(block, headerSizes.raw, length);
      return headerSizes.raw + length;
    }
    case 'bvxn': {
      expectBytes(block, headerSizes.lzvn);
      const end = headerSizes.lzvn + block.readUInt32LE(8);
      expectBytes(block, end);
      expectOutput(output, block.readUInt32LE(4), () => unpackLzvn(block.subarray(headerSizes.lzvn, end), output));
      return end;
    }
    case 'bvx1':
      return unpackCoded(block, plainHeader(block), output);
    case 'bvx2':
      return unpackCoded(block, packedHeader(block), output);
    default:
      throw new DecompressionError(kind.length < 4 ? 'is cut off' : 'is no LZFSE data');
  }
}

function unpackCoded(block: Buffer, header: BlockHeader, output: MatchOutput): number {
  const literalEnd = header.size + header.literalBytes;
  const end = literalEnd + header.matchBytes;
  expectBytes(block, end);
  if (header.literals > mostLiterals || header.matches > mostMatches) throw new DecompressionError('is no LZFSE data');
  const { length, match, distance, literal } = tablesOf(header.frequencies);
  const literals = unpackLiterals(block.subarray(header.size, literalEnd), header, literal);

  const bits = new BitsFromEnd(block.subarray(literalEnd, end), header.matchUnused);
  const lengths = new ValueReader(lengthCode, length, header.states.length, bits);
  const matches = new ValueReader(matchCode, match, header.states.match, bits);
  const distances = new ValueReader(distanceCode, distance, header.states.distance, bits);
  let taken = 0;
  let last = 0;
  expectOutput(output, header.rawBytes, () => {
    for (let index = 0; index < header.matches; index += 1) {
      const count = lengths.next();
      const again = matches.next();
      // Zero stands for the distance before.
      last = distances.next() || last;
      if (taken + count > literals.length) throw new DecompressionError('takes bytes that are not there');
      output.take(literals, taken, count);
      taken += count;
      if (again > 0) output.repeat(last, again);
    }
  });
  return end;
}

/** Four states take turns. */
function unpackLiterals(bytes: Buffer, header: BlockHeader, table: FseTable): Uint8Array {
  const bits = new BitsFromEnd(bytes, header.literalUnused);
  const states = [...header.literalStates];
  const literals = new Uint8Array(header.literals);
  for (let index = 0; index < literals.length; index += 1) {
    const state = states[index & 3] ?? 0;
    literals[index] = table.symbol(state);
    states[index & 3] = table.next(state, bits.take(table.bits(state)));
  }
  return literals;
}

class ValueReader {
  readonly #code: ValueCode;
  readonly #table: FseTable;
  readonly #bits: BitsFromEnd;
  #state: number;

  constructor(code: ValueCode, table: FseTable, state: number, bits: BitsFromEnd) {
    this.#code = code;
    this.#table = table;
    this.#state = state;
    this.#bits = bits;
  }

  next(): number {
    const symbol = this.#table.symbol(this.#state);
    const extra = this.#code.extra[symbol];
    if (extra === undefined) throw new DecompressionError('has an impossible state');
    this.#state = this.#table.next(this.#state, this.#bits.take(this.#table.bits(this.#state)));
    return (this.#code.base[symbol] ?? 0) + this.#bits.take(extra);
  }
}

function tablesOf(frequencies: readonly number[]) {
  let at = 0;
  const table = (states: number, symbols: number) => {
    at += symbols;
    return new FseTable(states, frequencies.slice(at - symbols, at));
  };
  return {
    length: table(lengthCode.states, lengthCode.extra.length),
    match: table(matchCode.states, matchCode.extra.length),
    distance: table(distanceCode.states, distanceCode.extra.length),
    literal: table(literalStates, literalSymbols),
  };
}

const frequencyCount = lengthCode.extra.length + matchCode.extra.length + distanceCode.extra.length + literalSymbols;

function plainHeader(block: Buffer): BlockHeader {
  expectBytes(block, headerSizes.plainTables);
  return {
    rawBytes: block.readUInt32LE(4),
    literals: block.readUInt32LE(12),
    matches: block.readUInt32LE(16),
    literalBytes: block.readUInt32LE(20),
    matchBytes: block.readUInt32LE(24),
    literalUnused: -block.readInt32LE(28),
    literalStates: [32, 34, 36, 38].map((at) => block.readUInt16LE(at)),
    matchUnused: -block.readInt32LE(40),
    states: { length: block.readUInt16LE(44), match: block.readUInt16LE(46), distance: block.readUInt16LE(48) },
    frequencies: Array.from({ length: frequencyCount }, (_, index) => block.readUInt16LE(50 + index * 2)),
    size: headerSizes.plainTables,
  };
}

/** Three words of 64 bits hold the numbers. */
function packedHeader(block: Buffer): BlockHeader {
  expectBytes(block, headerSizes.packedTables);
  const words = [8, 16, 24].map((at) => block.readBigUInt64LE(at));
  const field = (word: number, from: number, width: number) =>
    Number(((words[word] ?? 0n) >> BigInt(from)) & ((1n << BigInt(width)) - 1n));
  const size = field(2, 0, 32);
  if (size < headerSizes.packedTables) throw new DecompressionError('is no LZFSE data');
  expectBytes(block, size);
  return {
    rawBytes: block.readUInt32LE(4),
    literals: field(0, 0, 20),
    literalBytes: field(0, 20, 20),
    matches: field(0, 40, 20),
    literalUnused: 7 - field(0, 60, 3),
    literalStates: [0, 10, 20, 30].map((from) => field(1, from, 10)),
    matchBytes: field(1, 40, 20),
    matchUnused: 7 - field(1, 60, 3),
    states: { length: field(2, 32, 10), match: field(2, 42, 10), distance: field(2, 52, 10) },
    frequencies: unpackFrequencies(block.subarray(headerSizes.packedTables, size)),
    size,
  };
}

/** Small frequencies take few bits: two to five, or a mark of four and then the rest. */
function unpackFrequencies(bytes: Buffer): number[] {
  // A block without matches may leave them out.
  if (bytes.length === 0) return repeated(0, frequencyCount);
  let position = 0;
  const peek = (count: number) => {
    const at = position >> 3;
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    return (word >> (position & 7)) & ((1 << count) - 1);
  };
  const take = (count: number) => {
    const value = peek(count);
    position += count;
    if (position > bytes.length * 8) throw new DecompressionError('is cut off');
    return value;
  };
  const one = () => {
    if ((peek(1) & 1) === 0) return take(2) >> 1;
    if ((peek(2) & 2) === 0) return 2 + (take(3) >> 2);
    if ((peek(3) & 4) === 0) return 4 + (take(5) >> 3);
    return (peek(4) & 8) === 0 ? 8 + (take(8) >> 4) : 24 + (take(14) >> 4);
  };
  return Array.from({ length: frequencyCount }, one);
}

function expectBytes(block: Buffer, length: number): void {
  if (block.length < length) throw new DecompressionError('is cut off');
}

function expectOutput(output: MatchOutput, size: number, unpack: () => unknown): void {
  const before = output.filled;
  unpack();
  if (output.filled - before !== size) throw new DecompressionError('does not unpack to the size it says');
}
