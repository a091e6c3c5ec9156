import { ApfsTree } from './apfs-tree.ts';
import { DiskError, type DiskReader } from './disk-reader.ts';
import type { DiskFile, DiskFolder, FileSystem } from './file-system.ts';

const rootFolder = 2;
const inodeType = 3n;
const attributeType = 4n;
/** The attribute's value stands in its record. */
const embeddedFlag = 2;
const extentType = 8n;
const entryType = 9n;
const folderEntry = 4;
const fileEntry = 8;
const linkEntry = 10;
/** UF_COMPRESSED in sys/stat.h. */
const compressedFlag = 0x20;
const dataStreamField = 8;
const inodeFields = 92;
const maxCheckpoints = 1024;
/** A container may have a hundred; images have one, seldom two. */
const maxVolumes = 8;
const maxEntries = 5_000;
const maxExtents = 10_000;

/**
 * A volume of an APFS container, read far enough to find files by their path:
 * https://developer.apple.com/support/downloads/Apple-File-System-Reference.pdf
 */
export class ApfsVolume implements FileSystem<DiskFile> {
  readonly root: DiskFolder = { kind: 'folder', name: '', id: rootFolder };
  readonly #disk: DiskReader;
  readonly #blockSize: number;
  readonly #tree: ApfsTree;
  readonly #hasHashedNames: boolean;

  private constructor(disk: DiskReader, blockSize: number, tree: ApfsTree, hasHashedNames: boolean) {
    this.#disk = disk;
    this.#blockSize = blockSize;
    this.#tree = tree;
    this.#hasHashedNames = hasHashedNames;
  }

  /** The volumes of a container; null stands for one that is encrypted. */
  static async openAll(disk: DiskReader, signal?: AbortSignal): Promise<(ApfsVolume | null)[]> {
    const head = await disk.read(0, 4096, signal);
    const blockSize = head.readUInt32LE(36);
    if (blockSize < 4096 || blockSize > 65_536 || (blockSize & (blockSize - 1)) !== 0)
      throw new DiskError('has a volume with blocks of an impossible size');
    const container = await latestCheckpoint(disk, blockSize, head, signal);
    const objects = await openObjectMap(disk, blockSize, Number(container.readBigUInt64LE(160)), signal);
    const volumes: (ApfsVolume | null)[] = [];
    for await (const volume of superblocks(disk, blockSize, container, objects, signal)) {
      const isPlain = (volume.readBigUInt64LE(264) & 1n) !== 0n;
      volumes.push(isPlain ? await ApfsVolume.#open(disk, blockSize, volume, signal) : null);
    }
    if (volumes.length === 0) throw new DiskError('has no volume in its container');
    return volumes;
  }

  static async #open(
    disk: DiskReader,
    blockSize: number,
    volume: Buffer,
    signal: AbortSignal | undefined,
  ): Promise<ApfsVolume> {
    const locate = await openObjectMap(disk, blockSize, Number(volume.readBigUInt64LE(128)), signal);
    const tree = new ApfsTree({ disk, blockSize, root: Number(volume.readBigUInt64LE(136)), locate });
    // Names are hashed where capital letters or the way accents are written make no difference.
    return new ApfsVolume(disk, blockSize, tree, (volume.readBigUInt64LE(56) & 9n) !== 0n);
  }

  async *list(folder: DiskFolder, signal?: AbortSignal): AsyncGenerator<DiskFolder | DiskFile> {
    let entries = 0;
    for await (const { key, value } of this.#tree.search(orderBy(folder.id, entryType), signal)) {
      entries += 1;
      if (entries > maxEntries) throw new DiskError('has a folder with more entries than I read');
      const name = this.#nameIn(key);
      const id = Number(value.readBigUInt64LE(0));
      const type = value.readUInt16LE(16) & 0x0f;
      if (type === folderEntry) yield { kind: 'folder', name, id };
      if (type === fileEntry || type === linkEntry)
        yield {
          kind: 'file',
          name,
          id,
          isCompressed: await this.#isCompressed(type, name, id, signal),
          isLink: type === linkEntry,
        };
    }
  }

  async readAttribute(file: DiskFile, name: string, signal?: AbortSignal): Promise<Buffer | null> {
    for await (const { key, value } of this.#tree.search(orderBy(file.id, attributeType), signal)) {
      // Its length counts the zero at its end.
      if (key.toString('utf8', 10, 9 + key.readUInt16LE(8)) !== name) continue;
      return (value.readUInt16LE(0) & embeddedFlag) === 0 ? null : value.subarray(4, 4 + value.readUInt16LE(2));
    }
    return null;
  }

  async readFile(file: DiskFile, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    const inode = await this.#inode(file.id, signal);
    const size = contentSize(inode);
    if (size > maxBytes) throw new DiskError('has a file that is larger than I read');
    const content = Buffer.alloc(size);
    let extents = 0;
    const streamId = Number(inode.readBigUInt64LE(8));
    for await (const { key, value } of this.#tree.search(orderBy(streamId, extentType), signal)) {
      extents += 1;
      if (extents > maxExtents) throw new DiskError('has a file in more pieces than I read');
      const at = Number(key.readBigUInt64LE(8));
      const length = Math.min(Number(value.readBigUInt64LE(0) & 0xffffffffffffffn), size - at);
      const block = Number(value.readBigUInt64LE(8));
      // What has no block is empty.
      if (length > 0 && block !== 0) (await this.#disk.read(block * this.#blockSize, length, signal)).copy(content, at);
    }
    return content;
  }

  /** Only where it matters: each question costs a search. */
  async #isCompressed(type: number, name: string, id: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (type !== fileEntry || name.toLowerCase() !== 'info.plist') return false;
    return ((await this.#inode(id, signal)).readUInt32LE(68) & compressedFlag) !== 0;
  }

  async #inode(id: number, signal: AbortSignal | undefined): Promise<Buffer> {
    for await (const { value } of this.#tree.search(orderBy(id, inodeType), signal)) return value;
    throw new DiskError('has a file without an inode');
  }

  #nameIn(key: Buffer): string {
    const start = this.#hasHashedNames ? 12 : 10;
    const length = this.#hasHashedNames ? key.readUInt32LE(8) & 0x3ff : key.readUInt16LE(8);
    // Its length counts the zero at its end.
    return key.toString('utf8', start, start + length - 1).normalize('NFC');
  }
}

type Locate = (object: number, signal?: AbortSignal) => Promise<number>;

/** The superblock at the start may be old: the newest one stands among the checkpoints. */
async function latestCheckpoint(
  disk: DiskReader,
  blockSize: number,
  head: Buffer,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const count = Math.min(head.readUInt32LE(104) & 0x7fffffff, maxCheckpoints);
  const isScattered = head.readUInt32LE(104) >= 0x80000000;
  const base = Number(head.readBigUInt64LE(112));
  let latest = head;
  for (let index = 0; index < count && !isScattered; index += 1) {
    const block = await disk.read((base + index) * blockSize, 4096, signal);
    const isSuperblock = block.toString('latin1', 32, 36) === 'NXSB';
    if (isSuperblock && block.readBigUInt64LE(16) > latest.readBigUInt64LE(16)) latest = block;
  }
  return latest;
}

/** Object numbers to blocks. Of several versions of an object, the newest counts. */
async function openObjectMap(
  disk: DiskReader,
  blockSize: number,
  block: number,
  signal: AbortSignal | undefined,
): Promise<Locate> {
  const map = await disk.read(block * blockSize, 64, signal);
  const root = Number(map.readBigUInt64LE(48));
  const tree = new ApfsTree({ disk, blockSize, root, locate: async (node) => node });
  return async (object, abort) => {
    const order = (key: Buffer) => (key.readBigUInt64LE(0) <= BigInt(object) ? -1 : 1);
    const found = await tree.lastUntil(order, abort);
    if (found === null || Number(found.key.readBigUInt64LE(0)) !== object)
      throw new DiskError('refers to something that is not there');
    return Number(found.value.readBigUInt64LE(8));
  };
}

async function* superblocks(
  disk: DiskReader,
  blockSize: number,
  container: Buffer,
  objects: Locate,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (let index = 0; index < maxVolumes; index += 1) {
    const object = Number(container.readBigUInt64LE(184 + index * 8));
    if (object === 0) continue;
    const volume = await disk.read((await objects(object, signal)) * blockSize, 1024, signal);
    if (volume.toString('latin1', 32, 36) === 'APSB') yield volume;
  }
}

/** Keys are ordered by object first and by the kind of record then: four bits above sixty. */
function orderBy(object: number, type: bigint): (key: Buffer) => number {
  const wanted = BigInt(object);
  return (key) => {
    const whole = key.readBigUInt64LE(0);
    const id = BigInt.asUintN(60, whole);
    const difference = id === wanted ? (whole >> 60n) - type : id - wanted;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  };
}

/** Stands in one of the inode's extended fields, whose values follow all their headers, each at a multiple of eight. */
function contentSize(inode: Buffer): number {
  if (inode.length < inodeFields + 4) return 0;
  const count = inode.readUInt16LE(inodeFields);
  let value = inodeFields + 4 + count * 4;
  for (let index = 0; index < count; index += 1) {
    const header = inodeFields + 4 + index * 4;
    if (inode.readUInt8(header) === dataStreamField) return Number(inode.readBigUInt64LE(value));
    value += Math.ceil(inode.readUInt16LE(header + 2) / 8) * 8;
  }
  return 0;
}
