const headerBytes = 32;
const trailerBytes = 8;

/** Sections of a resource index start with what they are. */
export const idOf = (section: Buffer) => section.toString('latin1', 0, 16);

export function body(section: Buffer): Buffer {
  return slice(section, headerBytes, section.length - headerBytes - trailerBytes);
}

/** Throws a RangeError where the bytes are not there. */
export function slice(bytes: Buffer, start: number, length: number): Buffer {
  if (start < 0 || length < 0 || start + length > bytes.length) throw new RangeError('Beyond the end');
  return bytes.subarray(start, start + length);
}
