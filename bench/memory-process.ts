import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ByteSource } from '../src/packages/byte-source.ts';
import { serveWorker } from './child-process.ts';
import { contentUpload } from './content-upload.ts';

export interface MemoryRequest {
  storagePort: number;
  bytes: number;
}

export interface MemoryAnswer {
  /** Bytes that the process held before, after a first small upload. */
  before: number;
  /** The most it held during the upload. */
  peak: number;
  seconds: number;
  sizeEncrypted: number;
}

const chunkBytes = 1024 * 1024;
const pattern = randomBytes(chunkBytes);
const firstUpload = 1024 * 1024;

/** A source of any size without a disk that is read as a stored package is: straight into the buffers of the upload. */
function generatedSource(size: number): ByteSource {
  const readInto = async (target: Uint8Array, offset: number) => {
    for (let at = 0; at < target.length; at += chunkBytes) target.set(pattern.subarray(0, target.length - at), at);
    target.set(Buffer.from(offset.toString(16).padStart(16, '0')).subarray(0, target.length));
  };
  const read = async (offset: number, length: number) => {
    const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
    await readInto(chunk, offset);
    return chunk;
  };
  async function* chunks(from: number) {
    for (let at = from; at < size; at += chunkBytes) yield await read(at, chunkBytes);
  }
  return {
    size,
    read,
    readInto,
    stream: (from = 0) => Readable.from(chunks(from), { objectMode: false, highWaterMark: chunkBytes }),
    close: async () => undefined,
  };
}

/** Linux keeps the highest resident size of a process and forgets it when asked: proc(5). */
function peakBytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('The system does not say how much memory a process held');
  return Number(kibibytes) * 1024;
}

const forgetPeak = () => writeFileSync('/proc/self/clear_refs', '5');

serveWorker<MemoryRequest, MemoryAnswer>(async ({ storagePort, bytes }) => {
  await using content = contentUpload(storagePort);
  const { signal } = new AbortController();
  await content.upload(generatedSource(firstUpload), signal);
  forgetPeak();
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  const sizeEncrypted = await content.upload(generatedSource(bytes), signal);
  return { before, peak: peakBytes(), seconds: (performance.now() - startedAt) / 1000, sizeEncrypted };
});
