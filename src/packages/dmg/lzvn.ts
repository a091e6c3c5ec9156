import { DecompressionError } from '../bounded-decompression.ts';
import type { MatchOutput } from './match-output.ts';

const largeDistance = 7;
const previousDistance = 6;
const endOfStream = 0x06;
const nothing = new Set([0x0e, 0x16]);

/** What one operation asks for: bytes to take as they are, then bytes to repeat. */
interface Operation {
  literals: number;
  repeated: number;
  /** Null repeats from as far back as the last one did. */
  distance: number | null;
  /** Bytes of the operation itself. */
  size: number;
}

/**
 * LZVN, which Apple's tools use for small pieces: operations of one to three bytes, each followed by its literal bytes.
 * It ends with its mark, or with its bytes.
 */
export function unpackLzvn(packed: Buffer, output: MatchOutput): void {
  let at = 0;
  let last = 0;
  while (at < packed.length) {
    const code = packed[at] ?? 0;
    if (code === endOfStream) return;
    if (nothing.has(code)) {
      at += 1;
      continue;
    }
    const { literals, repeated, distance, size } = operation(packed, at, code);
    at += size;
    if (at + literals > packed.length) throw new DecompressionError('is cut off');
    output.take(packed, at, literals);
    at += literals;
    if (distance !== null) last = distance;
    if (repeated > 0) output.repeat(last, repeated);
  }
}

function operation(packed: Buffer, at: number, code: number): Operation {
  const byte = (offset: number) => {
    const value = packed[at + offset];
    if (value === undefined) throw new DecompressionError('is cut off');
    return value;
  };
  const short = { literals: code >> 6, repeated: ((code >> 3) & 7) + 3 };
  if (code >= 0xf0) {
    const isLong = code === 0xf0;
    return { literals: 0, repeated: isLong ? byte(1) + 16 : code & 15, distance: null, size: isLong ? 2 : 1 };
  }
  if (code >= 0xe0) {
    const isLong = code === 0xe0;
    return { literals: isLong ? byte(1) + 16 : code & 15, repeated: 0, distance: null, size: isLong ? 2 : 1 };
  }
  if ((code >= 0xd0 && code <= 0xdf) || (code >= 0x70 && code <= 0x7f)) throw new DecompressionError('is no LZVN data');
  if (code >= 0xa0 && code <= 0xbf) {
    const rest = byte(1) | (byte(2) << 8);
    return {
      literals: (code >> 3) & 3,
      repeated: (((code & 7) << 2) | (rest & 3)) + 3,
      distance: rest >> 2,
      size: 3,
    };
  }
  switch (code & 7) {
    case largeDistance:
      return { ...short, distance: byte(1) | (byte(2) << 8), size: 3 };
    case previousDistance:
      // Without literals these codes mean other things, or nothing.
      if (code < 0x40) throw new DecompressionError('is no LZVN data');
      return { ...short, distance: null, size: 1 };
    default:
      return { ...short, distance: ((code & 7) << 8) | byte(1), size: 2 };
  }
}
