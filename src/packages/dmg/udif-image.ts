import type { ByteSource } from '../byte-source.ts';
import { readPropertyList } from '../property-list/property-list.ts';
import { dictOf, listOf, PropertyListError } from '../property-list/property-value.ts';
import { type ChunkKind, chunkKind, isStored, unpackChunk } from './chunk-codec.ts';
import { DiskError, type DiskReader, unsigned64 } from './disk-reader.ts';

export const sectorSize = 512;
export const trailerSize = 512;
const largestPlist = 8 * 1024 ** 2;
/** Apple's tools make chunks of up to 1 MiB. */
const largestChunk = 2 * 1024 ** 2;
const cacheBytes = 4 * 1024 ** 2;
const maxUnpacked = 256 * 1024 ** 2;
const blockTableHeader = 204;
const blockTableRow = 40;

interface Run {
  kind: ChunkKind;
  /** Bytes on the disk. */
  start: number;
  size: number;
  /** Bytes in the file. */
  offset: number;
  length: number;
}

/** A disk that Apple's compressed image format (UDIF) holds, read as if it were unpacked. */
export class UdifImage implements DiskReader {
  readonly size: number;
  readonly compression: ChunkKind;
  readonly #source: ByteSource;
  readonly #runs: readonly Run[];
  readonly #unpacked = new Map<Run, Buffer>();
  #budget = maxUnpacked;

  private constructor(source: ByteSource, runs: readonly Run[]) {
    this.#source = source;
    this.#runs = runs;
    this.size = runs.reduce((end, run) => Math.max(end, run.start + run.size), 0);
    this.compression = mainCompression(runs);
  }

  // The trailer and the block tables: https://newosxbook.com/DMG.html
  static async open(source: ByteSource, trailer: Buffer, signal?: AbortSignal): Promise<UdifImage> {
    if (trailer.readUInt32BE(60) > 1) throw new DiskError('is one of several segments', { isUnknownKind: true });
    const dataStart = unsigned64(trailer, 24);
    const plistOffset = unsigned64(trailer, 216);
    const plistLength = unsigned64(trailer, 224);
    if (plistLength === 0) throw new DiskError('is of an old kind without a property list', { isUnknownKind: true });
    if (plistOffset + plistLength > source.size) throw new DiskError('has its list of blocks outside of the file');
    if (plistLength > largestPlist) throw new DiskError('has a list of blocks that is larger than I read');
    const plist = await source.read(plistOffset, plistLength, signal);
    const runs = blockTables(plist).flatMap((table) => readBlockTable(table, dataStart, source.size));
    if (runs.length === 0) throw new DiskError('has no blocks');
    return new UdifImage(
      source,
      runs.sort((a, b) => a.start - b.start),
    );
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    if (offset < 0 || length < 0 || offset + length > this.size) throw new DiskError('points outside of itself');
    // What no run covers is empty.
    const bytes = Buffer.alloc(length);
    let at = this.#indexAt(offset);
    for (let run = this.#runs[at]; run !== undefined && run.start < offset + length; run = this.#runs[at]) {
      const from = Math.max(offset, run.start);
      const until = Math.min(offset + length, run.start + run.size);
      if (from < until && run.kind !== 'zero') {
        const part = await this.#readRun(run, from - run.start, until - from, signal);
        part.copy(bytes, from - offset);
      }
      at += 1;
    }
    return bytes;
  }

  /** The last run that starts at or before the offset. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  async #readRun(run: Run, from: number, length: number, signal: AbortSignal | undefined): Promise<Buffer> {
    if (!isStored(run.kind)) return (await this.#unpack(run, signal)).subarray(from, from + length);
    const bytes = await this.#source.read(run.offset + from, length, signal);
    if (bytes.length < length) throw new DiskError('ends before its content does');
    return bytes;
  }

  async #unpack(run: Run, signal: AbortSignal | undefined): Promise<Buffer> {
    const known = this.#unpacked.get(run);
    if (known !== undefined) {
      this.#unpacked.delete(run);
      this.#unpacked.set(run, known);
      return known;
    }
    if (run.size > largestChunk || run.length > largestChunk)
      throw new DiskError('has a block that is larger than I read');
    this.#budget -= run.size;
    if (this.#budget < 0) throw new DiskError('has more to unpack than I read');
    const bytes = await unpackChunk(run.kind, await this.#source.read(run.offset, run.length, signal), run.size);
    this.#keep(run, bytes);
    return bytes;
  }

  #keep(run: Run, bytes: Buffer): void {
    this.#unpacked.set(run, bytes);
    let kept = [...this.#unpacked.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of this.#unpacked) {
      if (kept <= cacheBytes || oldest === run) break;
      this.#unpacked.delete(oldest);
      kept -= length;
    }
  }
}

function blockTables(bytes: Buffer): Buffer[] {
  try {
    const resources = dictOf(readPropertyList(bytes).get('resource-fork'));
    return listOf(resources?.get('blkx'))
      .map((entry) => dictOf(entry)?.get('Data'))
      .filter((data) => Buffer.isBuffer(data));
  } catch (error) {
    if (!(error instanceof PropertyListError)) throw error;
    throw new DiskError('has a list of blocks that cannot be read', { cause: error });
  }
}

function readBlockTable(table: Buffer, dataStart: number, fileSize: number): Run[] {
  if (table.length < blockTableHeader || table.toString('latin1', 0, 4) !== 'mish')
    throw new DiskError('has a list of blocks that is damaged');
  const firstSector = unsigned64(table, 8);
  const tableStart = dataStart + unsigned64(table, 24);
  const count = table.readUInt32BE(200);
  if (blockTableHeader + count * blockTableRow > table.length)
    throw new DiskError('has a list of blocks that is cut off');
  const runs: Run[] = [];
  for (let row = 0; row < count; row += 1) {
    const at = blockTableHeader + row * blockTableRow;
    const kind = chunkKind(table.readUInt32BE(at));
    if (kind === 'end') break;
    const run = {
      kind,
      start: (firstSector + unsigned64(table, at + 8)) * sectorSize,
      size: unsigned64(table, at + 16) * sectorSize,
      offset: tableStart + unsigned64(table, at + 24),
      length: unsigned64(table, at + 32),
    };
    if (kind === 'comment' || run.size === 0) continue;
    if (!Number.isSafeInteger(run.start + run.size)) throw new DiskError('has a block at an impossible place');
    if (kind !== 'zero' && run.offset + run.length > fileSize) throw new DiskError('ends before its content does');
    if (kind === 'raw' && run.length < run.size) throw new DiskError('has a block that is shorter than it says');
    runs.push(run);
  }
  return runs;
}

/** The one that most of the content is kept in. */
function mainCompression(runs: readonly Run[]): ChunkKind {
  const sizes = new Map<ChunkKind, number>();
  for (const { kind, length } of runs)
    if (kind !== 'zero' && kind !== 'raw') sizes.set(kind, (sizes.get(kind) ?? 0) + length);
  return [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'raw';
}
