import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import yauzl from 'yauzl';
import { ProblemError } from '../problems/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { inflatedSource } from './inflated-source.ts';
import { PageCache } from './page-cache.ts';
import { sliceSource } from './slice-source.ts';
import { type EntryRecord, ZipDirectory } from './zip-directory.ts';

/** What one archive may inflate to over all reads. */
const maxInflated = 256 * 1024 ** 2;
/** Deflate cannot do better than about 1:1032. */
const bestDeflateRatio = 1032;
const readChunk = 1024 * 1024;

/**
 * A zip archive over a ByteSource: reads its directory once, entries on demand. Nothing is allocated by what the archive
 * declares, beyond the limit that the caller names.
 */
export class ZipArchive {
  /** Where the directory starts; APK signing blocks lie right before it. */
  readonly directoryOffset: number;
  readonly #zip: yauzl.ZipFile;
  readonly #directory: ZipDirectory;
  #inflated = 0;

  private constructor(zip: yauzl.ZipFile, directoryOffset: number, directory: ZipDirectory) {
    this.#zip = zip;
    this.directoryOffset = directoryOffset;
    this.#directory = directory;
  }

  static async open(source: ByteSource, signal?: AbortSignal): Promise<ZipArchive> {
    try {
      const reader = new SourceReader(source, signal);
      const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, {
        autoClose: false,
        decodeStrings: false,
        // Sizes are checked here where an entry is read; one wrong size among the others must not cost the archive.
        validateEntrySizes: false,
      });
      const directoryOffset = Number(zip.readEntryCursor);
      // The directory is read here: yauzl makes objects of it, and refuses the archive for one odd name that nobody reads.
      const directory = await ZipDirectory.read((at, size) => reader.bytes(at, size), directoryOffset, zip.entryCount);
      return new ZipArchive(zip, directoryOffset, directory);
    } catch (error) {
      throw zipProblem(error, signal);
    }
  }

  /** Names in the order of the directory. */
  entries(): IterableIterator<string> {
    return this.#directory.names();
  }

  has(name: string): boolean {
    return this.#directory.has(name);
  }

  /** The size that the directory claims. */
  claimedSize(name: string): number | null {
    return this.#directory.get(name)?.size ?? null;
  }

  /** The entry's content, or null if there is no such entry. Larger than `maxBytes` is `packageBeyondLimits`. */
  async readEntry(name: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer | null> {
    const record = this.#directory.get(name);
    if (record === undefined) return null;
    if (this.#directory.isAmbiguous(name)) throw malformed(`It holds ${shown(name)} more than once.`);
    if ((record.flags & 1) !== 0) throw new ProblemError('packageEncrypted', { detail: `It is ${shown(name)}.` });
    if (record.method !== 0 && record.method !== 8)
      throw malformed(`${shown(name)} uses an unsupported compression method (${record.method}).`);
    if (record.size > maxBytes) throw beyondLimit(name, maxBytes);
    if (record.size > record.compressedSize * bestDeflateRatio + 64)
      throw malformed(`The size it gives for ${shown(name)} is impossible.`);
    this.#inflated += record.size;
    if (this.#inflated > maxInflated) throw beyondLimit(name, maxInflated);
    try {
      return await this.#inflate(name, record, signal);
    } catch (error) {
      throw zipProblem(error, signal, shown(name));
    }
  }

  /**
   * Where the bytes of an entry lie that is not compressed, for entries too large to be read whole; null if there is no such
   * entry. They are not checked against the entry's checksum.
   */
  async locateStored(name: string, signal?: AbortSignal): Promise<{ offset: number; size: number } | null> {
    const record = this.#directory.get(name);
    if (record === undefined) return null;
    if (this.#directory.isAmbiguous(name)) throw malformed(`It holds ${shown(name)} more than once.`);
    if ((record.flags & 1) !== 0) throw new ProblemError('packageEncrypted', { detail: `It is ${shown(name)}.` });
    if (record.method !== 0 || record.size !== record.compressedSize)
      throw malformed(`${shown(name)} in it is compressed, and must not be.`);
    return { offset: await this.#locate(name, record, signal), size: record.size };
  }

  /**
   * An entry as a source of its own, for entries too large to be read whole; null if there is no such entry. Its bytes are not
   * checked against the entry's checksum.
   */
  async openEntry(source: ByteSource, name: string, signal?: AbortSignal): Promise<ByteSource | null> {
    const record = this.#directory.get(name);
    if (record === undefined) return null;
    if (record.method !== 8) {
      const place = await this.locateStored(name, signal);
      return place === null ? null : sliceSource(source, place.offset, place.size);
    }
    if (this.#directory.isAmbiguous(name)) throw malformed(`It holds ${shown(name)} more than once.`);
    if ((record.flags & 1) !== 0) throw new ProblemError('packageEncrypted', { detail: `It is ${shown(name)}.` });
    if (record.size > record.compressedSize * bestDeflateRatio + 64)
      throw malformed(`The size it gives for ${shown(name)} is impossible.`);
    const place = await this.#locate(name, record, signal);
    const packed = sliceSource(source, place, record.compressedSize);
    return inflatedSource((stop) => packed.stream(0, stop), record.size);
  }

  async #locate(name: string, record: EntryRecord, signal: AbortSignal | undefined): Promise<number> {
    try {
      return (await this.#zip.readLocalFileHeaderPromise(asEntry(record), { minimal: true })).fileDataStart;
    } catch (error) {
      throw zipProblem(error, signal, shown(name));
    }
  }

  async #inflate(name: string, record: EntryRecord, signal: AbortSignal | undefined): Promise<Buffer> {
    const raw = await this.#zip.openReadStreamPromise(asEntry(record), { decodeFileData: false });
    const content = Buffer.allocUnsafe(record.size);
    let filled = 0;
    const collect = async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (filled + chunk.length > content.length) throw malformed(`${shown(name)} is larger than it says.`);
        filled += chunk.copy(content, filled);
      }
    };
    const options = signal === undefined ? {} : { signal };
    if (record.method === 0) await pipeline(raw, collect, options);
    else await pipeline(raw, createInflateRaw(), collect, options);
    if (filled !== content.length) throw malformed(`${shown(name)} is smaller than it says.`);
    if (crc32(content) !== record.crc32) throw malformed(`The checksum of ${shown(name)} is wrong.`);
    return content;
  }
}

function asEntry(record: EntryRecord): yauzl.Entry {
  return Object.assign(new yauzl.Entry(), {
    relativeOffsetOfLocalHeader: record.offset,
    compressedSize: record.compressedSize,
    uncompressedSize: record.size,
    crc32: record.crc32,
    compressionMethod: record.method,
    generalPurposeBitFlag: record.flags,
  });
}

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  readonly #pages: PageCache;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    super();
    this.#source = source;
    this.#signal = signal;
    this.#pages = new PageCache({
      size: source.size,
      fetch: (offset, length) => source.read(offset, length, signal),
      maxPages: 4,
    });
  }

  /** Up to `length` bytes. */
  bytes(position: number, length: number): Promise<Buffer> {
    return this.#pages.read(position, length, this.#signal);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.bytes(position, length).then(
      (bytes) => {
        if (bytes.length < length) return callback(malformed('Its directory points outside the file.'));
        bytes.copy(buffer, offset);
        callback(null);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('Read failed', { cause: error })),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#chunks(start, end), { objectMode: false });
  }

  async *#chunks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let position = start; position < end; position += readChunk) {
      const bytes = await this.#source.read(position, Math.min(readChunk, end - position), this.#signal);
      if (bytes.length === 0) throw malformed('Its directory points outside the file.');
      yield bytes;
    }
  }
}

function zipProblem(error: unknown, signal: AbortSignal | undefined, name?: string): unknown {
  if (error instanceof ProblemError || signal?.aborted === true) return error;
  const message = error instanceof Error ? error.message : '';
  if (/end of central directory record signature not found/i.test(message))
    return new ProblemError('packageTruncated', { detail: 'The directory at its end is missing.', cause: error });
  if (/encrypt/i.test(message)) return new ProblemError('packageEncrypted', { cause: error });
  return malformed(name === undefined ? 'Its zip directory cannot be read.' : `${name} in it cannot be read.`, error);
}

const malformed = (detail: string, cause?: unknown) => new ProblemError('packageMalformed', { detail, cause });
const beyondLimit = (name: string, maxBytes: number) =>
  new ProblemError('packageBeyondLimits', {
    detail: `${shown(name)} in it is larger than ${Math.floor(maxBytes / 1024)} KiB.`,
  });
/** Entry names come from the package: kept short and printable. */
const shown = (name: string) => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
