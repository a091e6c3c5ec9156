import { body, idOf, slice } from './pri-section.ts';

/** Searching takes time; beyond what apps have. */
const maxNames = 250_000;

/** The number of the item with that path in the tree of names. */
export function findItem(section: Buffer, path: string): number | null {
  const data = body(section);
  const isExtended = idOf(section).startsWith('[mrm_hschemaex]');
  const hasLongNames = isExtended && data.toString('latin1', 8, 24).startsWith('[def_hnamesx]');
  const version = isExtended ? 24 : 8;
  if (data.readUInt32LE(version + 12) + data.readUInt32LE(version + 16) > maxNames)
    throw new RangeError('Too many names');
  const names = version + 20 + (data.readUInt16LE(2) + data.readUInt16LE(4)) * 2;
  const scopes = data.readUInt32LE(version + 12);
  const count = scopes + data.readUInt32LE(version + 16);
  const entries = names + (hasLongNames ? 30 : 26);
  const unicode = entries + count * 12 + scopes * 8 + (count - scopes) * 2;
  const ascii = unicode + data.readUInt32LE(names + 18) * 2;
  const steps = path.split('/');

  const isNamed = (entry: number, step: string) => {
    const at = entries + entry * 12;
    const length = data.readUInt8(at + 6);
    const flags = data.readUInt8(at + 7);
    const offset = data.readUInt16LE(at + 8) + (flags & 0xf) * 0x10000;
    if (length !== step.length) return false;
    const isAscii = (flags & 0x20) !== 0;
    const name = isAscii
      ? slice(data, ascii + offset, length).toString('latin1')
      : slice(data, unicode + offset * 2, length * 2).toString('utf16le');
    return name.toLowerCase() === step;
  };
  const isAt = (entry: number): boolean => {
    let current = entry;
    for (const step of steps.toReversed()) {
      if (current >= count || current === 0 || !isNamed(current, step)) return false;
      current = data.readUInt16LE(entries + current * 12);
    }
    return current === 0;
  };
  for (let entry = 0; entry < count; entry += 1) {
    const at = entries + entry * 12;
    const isScope = (data.readUInt8(at + 7) & 0x10) !== 0;
    if (!isScope && isAt(entry)) return data.readUInt16LE(at + 10);
  }
  return null;
}
