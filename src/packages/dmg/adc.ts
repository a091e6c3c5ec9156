import { DecompressionError } from '../bounded-decompression.ts';

/**
 * Apple Data Compression, of disk images from before Mac OS X 10.2. Three kinds of pieces: literal bytes, and two kinds
 * of repetitions that differ in how far back they reach: https://en.wikipedia.org/wiki/Apple_Data_Compression
 */
export function unpackAdc(packed: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let filled = 0;
  let at = 0;
  const next = () => {
    const byte = packed[at];
    if (byte === undefined) throw new DecompressionError('is cut off');
    at += 1;
    return byte;
  };
  while (filled < size && at < packed.length) {
    const control = next();
    if (control >= 0x80) {
      const length = Math.min((control & 0x7f) + 1, size - filled);
      if (packed.copy(output, filled, at, at + length) < length) throw new DecompressionError('is cut off');
      at += length;
      filled += length;
      continue;
    }
    const isLong = control >= 0x40;
    const length = isLong ? control - 0x40 + 4 : ((control >> 2) & 0x0f) + 3;
    const distance = (isLong ? next() * 256 + next() : (control & 0x03) * 256 + next()) + 1;
    if (distance > filled) throw new DecompressionError('repeats what is not there');
    for (let copied = 0; copied < length && filled < size; copied += 1) {
      output[filled] = output[filled - distance] ?? 0;
      filled += 1;
    }
  }
  return output.subarray(0, filled);
}
