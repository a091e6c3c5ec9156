import type { Readable } from 'node:stream';

/**
 * Random access to a package's bytes: a file, an HTTPS link with ranges, an entry of the artifact store.
 * Positions and sizes are bytes; they stay exact up to 2^53.
 */
export interface ByteSource {
  readonly size: number;
  /** Reads up to `length` bytes at `offset`; shorter only at the end of the source. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer>;
  /** The bytes from `from` (default 0) to the end, in order. Fails rather than ends early. */
  stream(from?: number, signal?: AbortSignal): Readable;
  /**
   * Fills `target` with the bytes at `offset`. Only where that needs no memory of the source's own, as with a file: whoever
   * reads gigabytes this way leaves nothing for the garbage collector.
   */
  readInto?(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
