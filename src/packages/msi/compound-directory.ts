import { compoundFault } from './compound-fault.ts';

const entrySize = 128;
const noEntry = 0xffffffff;
const objectType = { storage: 1, stream: 2, root: 5 } as const;

export interface CompoundStreamEntry {
  firstSector: number;
  /** Bytes. */
  size: number;
}

export interface CompoundDirectory {
  /** The class id of the root, which tells kinds of documents apart: `000c1084-0000-0000-c000-000000000046`. */
  classId: string;
  /** Where short streams lie together. */
  miniStream: CompoundStreamEntry;
  /** The streams right under the root, by name. */
  streams: ReadonlyMap<string, CompoundStreamEntry>;
}

/** Reads the entries of MS-CFB section 2.6: a tree of siblings, of which a damaged file may make a circle. */
export function readCompoundDirectory(bytes: Buffer, hasLargeSizes: boolean): CompoundDirectory {
  const count = Math.floor(bytes.length / entrySize);
  const entry = (index: number) => bytes.subarray(index * entrySize, (index + 1) * entrySize);
  if (count === 0 || entry(0)[66] !== objectType.root) throw compoundFault('directory has no root');
  const root = entry(0);

  const streams = new Map<string, CompoundStreamEntry>();
  const seen = new Set<number>([0]);
  const open = [root.readUInt32LE(76)];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === noEntry) continue;
    if (index >= count) throw compoundFault('directory points to entries that it does not have');
    if (seen.has(index)) throw compoundFault('directory leads in circles');
    seen.add(index);
    const found = entry(index);
    // Order in the tree is not relied on: not every tool sorts as the format asks.
    open.push(found.readUInt32LE(68), found.readUInt32LE(72));
    const name = entryName(found);
    if (found[66] === objectType.stream && !streams.has(name)) streams.set(name, location(found, hasLargeSizes));
  }
  return { classId: readClassId(root.subarray(80, 96)), miniStream: location(root, hasLargeSizes), streams };
}

function entryName(entry: Buffer): string {
  // The length counts bytes and the closing zero.
  const length = Math.min(Math.max(entry.readUInt16LE(64) - 2, 0), 62) & ~1;
  return entry.toString('utf16le', 0, length);
}

function location(entry: Buffer, hasLargeSizes: boolean): CompoundStreamEntry {
  const low = entry.readUInt32LE(120);
  // With small sectors the upper half may hold rubbish (MS-CFB section 2.6.1).
  const size = hasLargeSizes ? entry.readUInt32LE(124) * 2 ** 32 + low : low;
  return { firstSector: entry.readUInt32LE(116), size };
}

function readClassId(bytes: Buffer): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const parts = [hex(bytes.readUInt32LE(0), 8), hex(bytes.readUInt16LE(4), 4), hex(bytes.readUInt16LE(6), 4)];
  return [...parts, bytes.toString('hex', 8, 10), bytes.toString('hex', 10, 16)].join('-');
}
