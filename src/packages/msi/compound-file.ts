import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { type CompoundDirectory, type CompoundStreamEntry, readCompoundDirectory } from './compound-directory.ts';
import { compoundFault } from './compound-fault.ts';
import { headerSize, lastSector, readCompoundHeader } from './compound-header.ts';
import { SectorChains } from './sector-chains.ts';

const largestDirectory = 8 * 1024 ** 2;
/** Streams below this size lie in the mini stream, in sectors of 64 bytes. */
const miniStreamCutoff = 4096;
const miniSectorSize = 64;
const largestMiniStream = 64 * 1024 ** 2;

export interface CompoundStream {
  /** Bytes. */
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

interface MiniStream {
  /** Where each sector of the mini stream lies in the file. */
  sectors: readonly number[];
  table: Buffer;
}

/** A compound file (MS-CFB), the container of Windows Installer packages: named streams in chained sectors. */
export class CompoundFile {
  readonly classId: string;
  readonly #chains: SectorChains;
  readonly #directory: CompoundDirectory;
  readonly #firstMiniFatSector: number;
  #miniStream: Promise<MiniStream> | undefined;

  private constructor(chains: SectorChains, directory: CompoundDirectory, firstMiniFatSector: number) {
    this.#chains = chains;
    this.#directory = directory;
    this.#firstMiniFatSector = firstMiniFatSector;
    this.classId = directory.classId;
  }

  static async open(source: ByteSource, signal?: AbortSignal): Promise<CompoundFile> {
    const header = readCompoundHeader(await source.read(0, headerSize, signal));
    // The header fills its sector, whatever the size of sectors.
    if (source.size <= header.sectorSize) throw new ProblemError('packageTruncated');
    const chains = await SectorChains.open(source, header, signal);
    const most = largestDirectory / header.sectorSize;
    const sectors = await chains.chain(header.firstDirectorySector, most + 1, 'directory');
    if (sectors.length > most) throw tooLarge('directory');
    const bytes = await readWhole(chains, sectors);
    const directory = readCompoundDirectory(bytes, header.sectorSize === 4096);
    return new CompoundFile(chains, directory, header.firstMiniFatSector);
  }

  /** Whether there is a stream of that name right under the root. */
  has(name: string): boolean {
    return this.#directory.streams.has(name);
  }

  /** The whole stream; null where there is none of that name. One larger than `largest` is refused before it is read. */
  async readStream(name: string, largest: number): Promise<Buffer | null> {
    const stream = await this.openStream(name, largest);
    return stream === null ? null : stream.read(0, stream.size);
  }

  async openStream(name: string, largest: number): Promise<CompoundStream | null> {
    const entry = this.#directory.streams.get(name);
    if (entry === undefined) return null;
    if (entry.size > largest) throw tooLarge('content');
    if (entry.size >= miniStreamCutoff) return this.#openRegular(entry);
    const bytes = await this.#readMini(entry);
    return { size: entry.size, read: async (offset, length) => bytes.subarray(offset, offset + length) };
  }

  async #openRegular({ firstSector, size }: CompoundStreamEntry): Promise<CompoundStream> {
    const { sectorSize, sectorCount } = this.#chains;
    const count = Math.ceil(size / sectorSize);
    if (count > sectorCount) throw new ProblemError('packageTruncated');
    const sectors = await this.#chains.chain(firstSector, count, 'content');
    if (sectors.length < count) throw compoundFault('content is shorter than its size');
    return {
      size,
      read: (offset, length) => readRange(this.#chains, sectors, offset, Math.min(length, size - offset)),
    };
  }

  async #readMini(entry: CompoundStreamEntry): Promise<Buffer> {
    this.#miniStream ??= this.#openMiniStream();
    const { sectors, table } = await this.#miniStream;
    const perSector = this.#chains.sectorSize / miniSectorSize;
    const parts: Buffer[] = [];
    let mini = entry.firstSector;
    // The size of a short stream bounds the steps, so a circle cannot last.
    for (let left = entry.size; left > 0; left -= miniSectorSize) {
      const sector = sectors[Math.floor(mini / perSector)];
      if (sector === undefined) throw compoundFault('short stream points outside the place of short streams');
      const length = Math.min(left, miniSectorSize);
      parts.push(await this.#chains.readAt(sector, (mini % perSector) * miniSectorSize, length));
      if (left <= miniSectorSize) break;
      if (mini * 4 + 4 > table.length) throw compoundFault('table of short streams ends too early');
      mini = table.readUInt32LE(mini * 4);
    }
    return Buffer.concat(parts);
  }

  async #openMiniStream(): Promise<MiniStream> {
    const { miniStream } = this.#directory;
    if (miniStream.size > largestMiniStream) throw tooLarge('store of short streams');
    const count = Math.ceil(miniStream.size / this.#chains.sectorSize);
    const sectors = await this.#chains.chain(miniStream.firstSector, count, 'store of short streams');
    const needed = Math.ceil(((miniStream.size / miniSectorSize) * 4) / this.#chains.sectorSize);
    const tableSectors =
      this.#firstMiniFatSector > lastSector
        ? []
        : await this.#chains.chain(this.#firstMiniFatSector, needed, 'table of short streams');
    const table = await readWhole(this.#chains, tableSectors);
    return { sectors, table };
  }
}

/** Neighbouring sectors are read in one go. */
async function readRange(
  chains: SectorChains,
  sectors: readonly number[],
  offset: number,
  length: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let left = length;
  let within = offset % chains.sectorSize;
  for (let from = Math.floor(offset / chains.sectorSize); left > 0; ) {
    const first = sectors[from];
    if (first === undefined) throw compoundFault('content is shorter than its size');
    let to = from + 1;
    while (to < sectors.length && sectors[to] === first + to - from) to += 1;
    const run = Math.min((to - from) * chains.sectorSize - within, left);
    parts.push(await chains.readAt(first, within, run));
    left -= run;
    within = 0;
    from = to;
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

async function readWhole(chains: SectorChains, sectors: readonly number[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const sector of sectors) parts.push(await chains.readSector(sector));
  return Buffer.concat(parts);
}

function tooLarge(what: string): ProblemError {
  return new ProblemError('packageBeyondLimits', { detail: `Its ${what} is larger than I read.` });
}
