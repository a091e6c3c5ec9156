import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { PageCache } from '../page-cache.ts';
import { compoundFault } from './compound-fault.ts';
import { type CompoundHeader, lastSector } from './compound-header.ts';

const freeSector = 0xffffffff;
const endOfChain = 0xfffffffe;
/** 256 sectors of the table are at most 1 MiB. */
const keptTableSectors = 256;

/**
 * The sectors of a compound file and the table (FAT) that chains them. The table of a large file is large too, so its
 * sectors are read when a chain leads through them.
 */
export class SectorChains {
  readonly sectorSize: number;
  readonly #pages: PageCache;
  readonly #size: number;
  readonly #tableSectors: readonly number[];
  readonly #table = new Map<number, Buffer>();
  readonly #signal: AbortSignal | undefined;

  private constructor(input: SectorInput, tableSectors: readonly number[]) {
    this.sectorSize = input.header.sectorSize;
    this.#pages = input.pages;
    this.#size = input.size;
    this.#signal = input.signal;
    this.#tableSectors = tableSectors;
  }

  static async open(source: ByteSource, header: CompoundHeader, signal?: AbortSignal): Promise<SectorChains> {
    const fetch = (offset: number, length: number, stop?: AbortSignal) => source.read(offset, length, stop);
    const pages = new PageCache({ size: source.size, fetch, maxReadAhead: 8 });
    const input = { header, pages, size: source.size, signal };
    return new SectorChains(input, await listTableSectors(new SectorChains(input, []), header, source.size));
  }

  /** More than any chain can hold. */
  get sectorCount(): number {
    return Math.ceil(this.#size / this.sectorSize);
  }

  /** The whole sector. The last one of a file may be cut short by the tool that wrote it, and is filled with zeros. */
  async readSector(sector: number): Promise<Buffer> {
    const bytes = await this.#read(sector, 0, this.sectorSize);
    return bytes.length === this.sectorSize
      ? bytes
      : Buffer.concat([bytes, Buffer.alloc(this.sectorSize - bytes.length)]);
  }

  /** Bytes that start inside a sector and may go on through the sectors that follow it in the file. */
  async readAt(sector: number, offset: number, length: number): Promise<Buffer> {
    const bytes = await this.#read(sector, offset, length);
    if (bytes.length < length) throw new ProblemError('packageTruncated');
    return bytes;
  }

  async #read(sector: number, offset: number, length: number): Promise<Buffer> {
    const start = (sector + 1) * this.sectorSize;
    if (start >= this.#size) throw this.#beyondEnd(sector);
    return this.#pages.read(start + offset, length, this.#signal);
  }

  /** The sectors of one chain in order, at most `longest` of them; a chain that meets itself is a fault. */
  async chain(first: number, longest: number, what: string): Promise<number[]> {
    const sectors: number[] = [];
    const seen = new Uint8Array(Math.ceil(this.sectorCount / 8));
    let sector = first;
    while (sector !== endOfChain && sectors.length < longest) {
      if (sector > lastSector) throw compoundFault(`${what} is broken off: its sectors lead to no other`);
      if (sector >= this.sectorCount) throw this.#beyondEnd(sector);
      const bit = 1 << (sector & 7);
      const byte = seen[sector >> 3] ?? 0;
      if ((byte & bit) !== 0) throw compoundFault(`${what} leads in circles`);
      seen[sector >> 3] = byte | bit;
      sectors.push(sector);
      if (sectors.length < longest) sector = await this.#next(sector);
    }
    return sectors;
  }

  async #next(sector: number): Promise<number> {
    const perSector = this.sectorSize / 4;
    const index = Math.floor(sector / perSector);
    const at = (sector % perSector) * 4;
    const kept = this.#table.get(index);
    if (kept !== undefined) return kept.readUInt32LE(at);
    const tableSector = this.#tableSectors[index];
    if (tableSector === undefined) throw compoundFault('sector table does not cover all sectors in use');
    const bytes = await this.readSector(tableSector);
    if (this.#table.size >= keptTableSectors) this.#table.clear();
    this.#table.set(index, bytes);
    return bytes.readUInt32LE(at);
  }

  /** A sector that the table describes was there once; any other never was. */
  #beyondEnd(sector: number): ProblemError {
    const described = this.#tableSectors.length * (this.sectorSize / 4);
    if (this.#tableSectors.length === 0 || sector < described) return new ProblemError('packageTruncated');
    return compoundFault('content points to sectors that it does not have');
  }
}

interface SectorInput {
  header: CompoundHeader;
  pages: PageCache;
  size: number;
  signal: AbortSignal | undefined;
}

/** The header lists the first sectors of the table; a chain of DIFAT sectors lists the others. */
async function listTableSectors(chains: SectorChains, header: CompoundHeader, size: number): Promise<number[]> {
  // A table that describes more than the file is cut or lying; either way there is nothing more to describe.
  const most = Math.ceil(size / header.sectorSize / (header.sectorSize / 4)) + header.fatSectors.length;
  const sectors = [...header.fatSectors];
  const seen = new Set<number>();
  let next = header.firstDifatSector;
  while (next <= lastSector && sectors.length < Math.min(header.fatSectorCount, most)) {
    if (seen.has(next)) throw compoundFault('list of sector tables leads in circles');
    seen.add(next);
    const bytes = await chains.readSector(next);
    for (let at = 0; at < bytes.length - 4; at += 4) {
      const sector = bytes.readUInt32LE(at);
      if (sector !== freeSector && sector <= lastSector) sectors.push(sector);
    }
    next = bytes.readUInt32LE(bytes.length - 4);
  }
  return sectors.slice(0, Math.max(header.fatSectorCount, 1));
}
