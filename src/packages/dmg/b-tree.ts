import { DiskError, type DiskReader } from './disk-reader.ts';

const descriptorSize = 14;
const indexNode = 0;
const leafNode = -1;
const maxDepth = 16;
/** What all searches in one tree may go through. */
const maxNodes = 50_000;

export interface BTreeRecord {
  /** Without its length. */
  key: Buffer;
  data: Buffer;
}

/** Less than zero for a key that lies before those looked for, zero for one of them, more for one behind. */
export type KeyOrder = (key: Buffer) => number;

/**
 * A B-tree of an HFS+ volume: https://developer.apple.com/library/archive/technotes/tn/tn1150.html#BTrees
 * Links between nodes are followed for a bounded way, so that circles end.
 */
export class BTree {
  readonly #disk: DiskReader;
  readonly #nodeSize: number;
  readonly #root: number;
  #left = maxNodes;

  private constructor(disk: DiskReader, nodeSize: number, root: number) {
    this.#disk = disk;
    this.#nodeSize = nodeSize;
    this.#root = root;
  }

  static async open(disk: DiskReader, signal?: AbortSignal): Promise<BTree> {
    const header = await disk.read(0, descriptorSize + 24, signal);
    const nodeSize = header.readUInt16BE(descriptorSize + 18);
    const isPowerOfTwo = (nodeSize & (nodeSize - 1)) === 0;
    if (nodeSize < 512 || nodeSize > 32_768 || !isPowerOfTwo)
      throw new DiskError('has a catalog with nodes of an impossible size');
    return new BTree(disk, nodeSize, header.readUInt32BE(descriptorSize + 2));
  }

  /** All records whose keys are looked for, in their order. */
  async *search(order: KeyOrder, signal?: AbortSignal): AsyncGenerator<BTreeRecord> {
    let node: Node | null = await this.#leafBefore(order, signal);
    while (node !== null) {
      for (const record of node.records()) {
        const side = order(record.key);
        if (side === 0) yield record;
        if (side > 0) return;
      }
      node = node.next === 0 ? null : await this.#node(node.next, signal);
      if (node !== null && node.kind !== leafNode) throw new DiskError('has a catalog with wrong links');
    }
  }

  /** The leaf where the first of the records would be; null for an empty tree. */
  async #leafBefore(order: KeyOrder, signal: AbortSignal | undefined): Promise<Node | null> {
    if (this.#root === 0) return null;
    let number = this.#root;
    for (let depth = 0; depth < maxDepth; depth += 1) {
      const node = await this.#node(number, signal);
      if (node.kind === leafNode) return node;
      if (node.kind !== indexNode) break;
      const children = [...node.records()];
      const child = children.findLast(({ key }) => order(key) < 0) ?? children[0];
      if (child === undefined || child.data.length < 4) break;
      number = child.data.readUInt32BE(0);
    }
    throw new DiskError('has a catalog that is damaged');
  }

  async #node(number: number, signal: AbortSignal | undefined): Promise<Node> {
    this.#left -= 1;
    if (this.#left < 0) throw new DiskError('has a catalog that is larger than I read, or goes in circles');
    return new Node(await this.#disk.read(number * this.#nodeSize, this.#nodeSize, signal));
  }
}

class Node {
  readonly kind: number;
  readonly next: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.next = bytes.readUInt32BE(0);
    this.kind = bytes.readInt8(8);
  }

  *records(): Generator<BTreeRecord> {
    const bytes = this.#bytes;
    const count = bytes.readUInt16BE(10);
    if (descriptorSize + (count + 1) * 2 > bytes.length) throw new DiskError('has a catalog that is damaged');
    for (let index = 0; index < count; index += 1) {
      // Offsets of the records stand at the node's end, backwards.
      const start = bytes.readUInt16BE(bytes.length - 2 * (index + 1));
      const end = bytes.readUInt16BE(bytes.length - 2 * (index + 2));
      if (start < descriptorSize || end < start + 2 || end > bytes.length)
        throw new DiskError('has a catalog that is damaged');
      const keyEnd = start + 2 + bytes.readUInt16BE(start);
      if (keyEnd > end) throw new DiskError('has a catalog that is damaged');
      // Data starts at an even place.
      yield { key: bytes.subarray(start + 2, keyEnd), data: bytes.subarray(Math.min(keyEnd + (keyEnd & 1), end), end) };
    }
  }
}
