import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { ProblemError } from '../problems/problem.ts';
import type { ByteSource } from './byte-source.ts';

/**
 * What lies compressed, as a source of its own that never holds all of it. It can be unpacked from its start only, so that a
 * read further in costs all that is before it.
 */
export function inflatedSource(openPacked: (signal?: AbortSignal) => Readable, size: number): ByteSource {
  const chunks = async function* (from: number, until: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    if (from >= until) return;
    const packed = openPacked(signal);
    const inflated = packed.pipe(createInflateRaw());
    packed.once('error', (error) => inflated.destroy(error));
    let at = 0;
    try {
      for await (const chunk of inflated as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        if (at + chunk.length > size) throw sizeDiffers();
        const wanted = chunk.subarray(Math.max(0, from - at), Math.max(0, until - at));
        at += chunk.length;
        if (wanted.length > 0) yield wanted;
        if (at >= until && until < size) return;
      }
    } catch (error) {
      throw isOfZlib(error) ? damaged(error) : error;
    } finally {
      packed.destroy();
    }
    if (at !== size) throw sizeDiffers();
  };
  return {
    size,
    async read(offset, length, signal) {
      const parts: Buffer[] = [];
      for await (const part of chunks(offset, Math.min(offset + length, size), signal)) parts.push(part);
      return Buffer.concat(parts);
    },
    stream: (from = 0, signal) => Readable.from(chunks(from, size, signal), { objectMode: false }),
    async close() {},
  };
}

const isOfZlib = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
const sizeDiffers = () =>
  new ProblemError('packageMalformed', { detail: 'A file in it has another size than its directory says.' });
const damaged = (cause: unknown) =>
  new ProblemError('packageMalformed', { detail: 'A compressed file in it is damaged.', cause });
