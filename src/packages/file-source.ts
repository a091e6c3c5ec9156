import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.ts';
import type { ByteSource } from './byte-source.ts';

const streamChunk = 1024 * 1024;

/** A ByteSource over a regular file. The size is the one at opening; a file that shrinks afterwards is an error. */
export async function openFileSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('Not a regular file');
    return new FileSource(handle, stat.size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class FileSource implements ByteSource {
  readonly size: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const buffer = Buffer.allocUnsafe(wanted);
    await this.readInto(buffer, offset, signal);
    return buffer;
  }

  async readInto(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.#handle.read(target, filled, target.length - filled, offset + filled);
      if (bytesRead === 0) throw new ProblemError('packageTruncated');
      filled += bytesRead;
    }
  }

  stream(from = 0, signal?: AbortSignal): Readable {
    return Readable.from(this.#chunks(from, signal), { objectMode: false, highWaterMark: streamChunk });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#chunks(from: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    for (let position = from; position < this.size; position += streamChunk)
      yield await this.read(position, streamChunk, signal);
  }
}
