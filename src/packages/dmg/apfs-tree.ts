import { DiskError, type DiskReader } from './disk-reader.ts';

const headerSize = 56;
const infoSize = 40;
const rootFlag = 1;
const leafFlag = 2;
const fixedFlag = 4;
const maxDepth = 12;
/** What all searches in one tree may go through. */
const maxNodes = 20_000;

export interface ApfsRecord {
  key: Buffer;
  value: Buffer;
}

interface ApfsNode {
  isLeaf: boolean;
  records: ApfsRecord[];
}

/** Less than zero for a key that lies before those looked for, zero for one of them, more for one behind. */
export type ApfsKeyOrder = (key: Buffer) => number;

export interface ApfsTreeOptions {
  disk: DiskReader;
  blockSize: number;
  /** The number of the root; what `locate` makes a block of. */
  root: number;
  locate: (node: number, signal?: AbortSignal) => Promise<number>;
}

/** A B-tree of APFS: https://developer.apple.com/support/downloads/Apple-File-System-Reference.pdf, chapter B-Trees. */
export class ApfsTree {
  readonly #options: ApfsTreeOptions;
  #left = maxNodes;

  constructor(options: ApfsTreeOptions) {
    this.#options = options;
  }

  /** All records whose keys are looked for, in their order. */
  search(order: ApfsKeyOrder, signal?: AbortSignal): AsyncGenerator<ApfsRecord> {
    return this.#searchNode(this.#options.root, order, 0, signal);
  }

  /** The last record whose key is not behind those looked for. */
  async lastUntil(order: ApfsKeyOrder, signal?: AbortSignal): Promise<ApfsRecord | null> {
    let node = await this.#node(this.#options.root, signal);
    for (let depth = 0; depth < maxDepth; depth += 1) {
      const record = node.records.findLast(({ key }) => order(key) <= 0);
      if (node.isLeaf || record === undefined) return record ?? null;
      node = await this.#node(childOf(record), signal);
    }
    throw new DiskError('has a tree that is too deep');
  }

  async *#searchNode(
    number: number,
    order: ApfsKeyOrder,
    depth: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ApfsRecord> {
    if (depth > maxDepth) throw new DiskError('has a tree that is too deep');
    const { isLeaf, records } = await this.#node(number, signal);
    if (isLeaf) {
      for (const record of records) if (order(record.key) === 0) yield record;
      return;
    }
    // A child holds what lies between its key and that of the next one.
    const first = Math.max(
      0,
      records.findLastIndex(({ key }) => order(key) < 0),
    );
    for (const record of records.slice(first)) {
      if (order(record.key) > 0) return;
      yield* this.#searchNode(childOf(record), order, depth + 1, signal);
    }
  }

  async #node(number: number, signal: AbortSignal | undefined): Promise<ApfsNode> {
    this.#left -= 1;
    if (this.#left < 0) throw new DiskError('has a tree that is larger than I read');
    const { disk, blockSize, locate } = this.#options;
    return parseNode(await disk.read((await locate(number, signal)) * blockSize, blockSize, signal));
  }
}

function childOf({ value }: ApfsRecord): number {
  if (value.length < 8) throw new DiskError('has a tree that is damaged');
  return Number(value.readBigUInt64LE(0));
}

function parseNode(bytes: Buffer): ApfsNode {
  const flags = bytes.readUInt16LE(32);
  const count = bytes.readUInt32LE(36);
  const isLeaf = (flags & leafFlag) !== 0;
  const isFixed = (flags & fixedFlag) !== 0;
  const table = headerSize + bytes.readUInt16LE(40);
  const keys = table + bytes.readUInt16LE(42);
  const end = bytes.length - ((flags & rootFlag) !== 0 ? infoSize : 0);
  const row = isFixed ? 4 : 8;
  if (table + count * row > bytes.length) throw new DiskError('has a tree that is damaged');
  const records: ApfsRecord[] = [];
  for (let at = table; at < table + count * row; at += row) {
    // Trees with fixed sizes are those of object maps: 16 bytes of key, 16 of value or 8 of a child.
    const [keyLength, valueLength] = isFixed
      ? [16, isLeaf ? 16 : 8]
      : [bytes.readUInt16LE(at + 2), bytes.readUInt16LE(at + 6)];
    const key = keys + bytes.readUInt16LE(at);
    const value = end - bytes.readUInt16LE(at + (isFixed ? 2 : 4));
    if (key + keyLength > bytes.length || value < headerSize || value + valueLength > bytes.length)
      throw new DiskError('has a tree that is damaged');
    records.push({ key: bytes.subarray(key, key + keyLength), value: bytes.subarray(value, value + valueLength) });
  }
  return { isLeaf, records };
}
