import type { ByteSource } from '../../packages/byte-source.ts';
import { ChunkQueue } from './chunk-queue.ts';

/** Bytes that can be read once from their start; how much of them there is is known before. */
export type ContentSource = Pick<ByteSource, 'size' | 'stream' | 'readInto'>;

/** The bytes of a source, in order, put where they are wanted. */
export interface PlainBytes {
  /** `passed` sees each part of `target` as soon as it is there. */
  fill(target: Buffer, passed: (part: Buffer) => void): Promise<void>;
  expectEnd(): Promise<void>;
  close(): void;
}

/** The source did not have the bytes it promised. */
export class SourceLengthError extends Error {
  constructor() {
    super('The source has another length than it said');
    this.name = 'SourceLengthError';
  }
}

export function plainBytes(source: ContentSource, signal: AbortSignal): PlainBytes {
  const readInto = source.readInto?.bind(source);
  return readInto === undefined ? new StreamedBytes(source, signal) : new PlacedBytes(readInto, signal);
}

/** A part is hashed while it is still in the processor's cache. */
const partBytes = 1024 * 1024;

/** Read straight into the target: no buffer per chunk, no copy, and no garbage of the package's size. */
class PlacedBytes implements PlainBytes {
  readonly #readInto: NonNullable<ByteSource['readInto']>;
  readonly #signal: AbortSignal;
  #at = 0;

  constructor(readInto: NonNullable<ByteSource['readInto']>, signal: AbortSignal) {
    this.#readInto = readInto;
    this.#signal = signal;
  }

  async fill(target: Buffer, passed: (part: Buffer) => void): Promise<void> {
    for (let from = 0; from < target.length; from += partBytes) {
      const part = target.subarray(from, from + partBytes);
      await this.#readInto(part, this.#at, this.#signal);
      this.#signal.throwIfAborted();
      this.#at += part.length;
      passed(part);
    }
  }

  /** Whoever reads by position reads what the size promised and no more. */
  async expectEnd(): Promise<void> {}

  close(): void {}
}

/** Copied out of the chunks of a stream. */
class StreamedBytes implements PlainBytes {
  readonly #chunks: ChunkQueue;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: ContentSource, signal: AbortSignal) {
    this.#chunks = new ChunkQueue(source.stream(0, signal), signal);
  }

  async fill(target: Buffer, passed: (part: Buffer) => void): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#rest.length === 0) {
        const chunk = await this.#chunks.next();
        if (chunk === null) throw new SourceLengthError();
        this.#rest = chunk;
      }
      const part = this.#rest.subarray(0, target.length - filled);
      target.set(part, filled);
      passed(part);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
  }

  async expectEnd(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#chunks.next()) !== null) throw new SourceLengthError();
  }

  close(): void {
    this.#chunks.close();
  }
}
