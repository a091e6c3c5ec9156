import { BTree } from './b-tree.ts';
import { DiskError, type DiskReader } from './disk-reader.ts';
import type { DiskFile, DiskFolder, FileSystem } from './file-system.ts';
import { forkReader, forkSize, type HfsExtent, type HfsFork, readExtents, readFork } from './hfs-fork.ts';

const headerOffset = 1024;
const headerSize = 512;
const extentsFile = 3;
const catalogFile = 4;
const attributesFile = 8;
/** An attribute that stands in the tree itself. */
const inlineAttribute = 0x10;
const rootFolder = 2;
const maxExtents = 10_000;
const maxEntries = 5_000;

const folderRecord = 1;
const fileRecord = 2;
/** The file type of a symbolic link. */
const linkType = 'slnk';
/** The content lies compressed in an extended attribute (UF_COMPRESSED in sys/stat.h). */
const compressedFlag = 0x20;

interface HfsFile extends DiskFile {
  fork: HfsFork;
}

/** An HFS+ volume, read far enough to find files by their path: https://developer.apple.com/library/archive/technotes/tn/tn1150.html */
export class HfsVolume implements FileSystem<HfsFile> {
  readonly root: DiskFolder = { kind: 'folder', name: '', id: rootFolder };
  readonly #disk: DiskReader;
  readonly #blockSize: number;
  readonly #extents: BTree | null;
  readonly #catalog: BTree;
  readonly #attributes: HfsFork;

  private constructor(parts: {
    disk: DiskReader;
    blockSize: number;
    extents: BTree | null;
    catalog: BTree;
    attributes: HfsFork;
  }) {
    this.#disk = parts.disk;
    this.#blockSize = parts.blockSize;
    this.#extents = parts.extents;
    this.#catalog = parts.catalog;
    this.#attributes = parts.attributes;
  }

  static async open(disk: DiskReader, signal?: AbortSignal): Promise<HfsVolume> {
    const header = await disk.read(headerOffset, headerSize, signal);
    const blockSize = header.readUInt32BE(40);
    const isPowerOfTwo = (blockSize & (blockSize - 1)) === 0;
    if (blockSize < 512 || blockSize > 2 ** 25 || !isPowerOfTwo)
      throw new DiskError('has a volume with blocks of an impossible size');
    const extentsFork = readFork(header.subarray(192, 192 + forkSize));
    const extents =
      extentsFork.size === 0
        ? null
        : await BTree.open(forkReader(disk, blockSize, extentsFork.size, extentsFork.extents), signal);
    const catalogFork = readFork(header.subarray(272, 272 + forkSize));
    const places = await allExtents(extents, catalogFile, catalogFork, signal);
    const catalog = await BTree.open(forkReader(disk, blockSize, catalogFork.size, places), signal);
    const attributes = readFork(header.subarray(352, 352 + forkSize));
    return new HfsVolume({ disk, blockSize, extents, catalog, attributes });
  }

  async *list(folder: DiskFolder, signal?: AbortSignal): AsyncGenerator<DiskFolder | HfsFile> {
    const order = (key: Buffer) => (key.length < 6 ? -1 : key.readUInt32BE(0) - folder.id);
    let entries = 0;
    for await (const { key, data } of this.#catalog.search(order, signal)) {
      entries += 1;
      if (entries > maxEntries) throw new DiskError('has a folder with more entries than I read');
      const entry = readEntry(nameOf(key), data);
      if (entry !== null) yield entry;
    }
  }

  async readAttribute(file: HfsFile, name: string, signal?: AbortSignal): Promise<Buffer | null> {
    const fork = this.#attributes;
    if (fork.size === 0) return null;
    const places = await allExtents(this.#extents, attributesFile, fork, signal);
    const tree = await BTree.open(forkReader(this.#disk, this.#blockSize, fork.size, places), signal);
    const order = (key: Buffer) => (key.length < 12 ? -1 : key.readUInt32BE(2) - file.id);
    for await (const { key, data } of tree.search(order, signal)) {
      if (attributeName(key) !== name || data.length < 16 || data.readUInt32BE(0) !== inlineAttribute) continue;
      return data.subarray(16, 16 + data.readUInt32BE(12));
    }
    return null;
  }

  async readFile(file: HfsFile, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    if (file.fork.size > maxBytes) throw new DiskError('has a file that is larger than I read');
    const places = await allExtents(this.#extents, file.id, file.fork, signal);
    return forkReader(this.#disk, this.#blockSize, file.fork.size, places).read(0, file.fork.size, signal);
  }
}

/** Places beyond the first eight stand in a tree of their own. */
async function allExtents(
  tree: BTree | null,
  fileId: number,
  fork: HfsFork,
  signal: AbortSignal | undefined,
): Promise<HfsExtent[]> {
  const extents = [...fork.extents];
  let held = extents.reduce((sum, { count }) => sum + count, 0);
  if (held >= fork.blocks || tree === null || fileId === extentsFile) return extents;
  const order = (key: Buffer) => (key.length < 10 ? -1 : key.readUInt32BE(2) - fileId);
  for await (const { key, data } of tree.search(order, signal)) {
    const isDataFork = key.readUInt8(0) === 0;
    if (!isDataFork || key.readUInt32BE(6) !== held) continue;
    for (const extent of readExtents(data)) {
      extents.push(extent);
      held += extent.count;
    }
    if (extents.length > maxExtents) throw new DiskError('has a file in more pieces than I read');
  }
  return extents;
}

const nameOf = (key: Buffer) => textAt(key, 4).normalize('NFC');
const attributeName = (key: Buffer) => textAt(key, 10);

/** A name after its length. */
function textAt(key: Buffer, at: number): string {
  const length = Math.min(key.readUInt16BE(at) * 2, key.length - at - 2);
  const name = Buffer.from(key.subarray(at + 2, at + 2 + length - (length % 2)));
  return name.swap16().toString('utf16le');
}

/** Null for the threads, which say to which folder an entry belongs. */
function readEntry(name: string, data: Buffer): DiskFolder | HfsFile | null {
  if (data.length < 2) return null;
  const type = data.readInt16BE(0);
  if (type === folderRecord && data.length >= 12) return { kind: 'folder', name, id: data.readUInt32BE(8) };
  if (type !== fileRecord || data.length < 88 + forkSize) return null;
  return {
    kind: 'file',
    name,
    id: data.readUInt32BE(8),
    fork: readFork(data.subarray(88, 88 + forkSize)),
    isCompressed: (data.readUInt8(41) & compressedFlag) !== 0,
    isLink: data.toString('latin1', 48, 52) === linkType,
  };
}
