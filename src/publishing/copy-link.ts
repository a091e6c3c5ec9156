import { setTimeout as sleep } from 'node:timers/promises';
import type { Outbound } from '../network/outbound.ts';
import { downloadLink, resumeDownload } from '../packages/download-link.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ArtifactStore, StoredBytes } from '../store/artifact-store.ts';

export interface CopyLinkOptions {
  outbound: Outbound;
  artifacts: ArtifactStore;
  maxBytes: number;
  signal: AbortSignal;
  onProgress?: (receivedBytes: number, totalBytes: number | null) => void;
  /** Waits between tries; tests need not. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Copies from the beginning. */
const maxStarts = 3;
/** Tries to go on without a single new byte. */
const maxFruitless = 4;

/** The bytes so far cannot be gone on with; only a copy from the beginning can succeed. */
class StartOver extends Error {
  constructor(options: { cause: unknown }) {
    super('The download has to start over', options);
    this.name = 'StartOver';
  }
}

/**
 * Keeps the file behind a link. A connection that breaks is gone on with where the host can prove that the rest belongs
 * to the beginning; else the copy starts over. Nothing is kept of a copy that fails.
 */
export async function copyLink(url: URL, options: CopyLinkOptions): Promise<StoredBytes> {
  const { artifacts, maxBytes, signal } = options;
  for (let start = 1; ; start += 1) {
    try {
      return await artifacts.receive(wholeFile(url, options), { maxBytes, signal });
    } catch (error) {
      const broken = error instanceof StartOver ? error.cause : error;
      if (start === maxStarts || !(error instanceof StartOver || mayPass(error))) throw broken;
      await pause(start, options);
    }
  }
}

async function* wholeFile(url: URL, options: CopyLinkOptions): AsyncGenerator<Buffer> {
  const { artifacts, outbound, maxBytes, signal, onProgress } = options;
  const first = await downloadLink(outbound, url, { maxBytes, signal });
  const room = await artifacts.room();
  if (room !== null && room < (first.size ?? 1)) {
    first.stream.destroy();
    throw new ProblemError('uploadStoreFull');
  }
  let bytes: AsyncIterable<Buffer> = first.stream;
  let position = 0;
  let fruitless = 0;
  for (;;) {
    const before = position;
    try {
      for await (const chunk of bytes) {
        position += chunk.length;
        onProgress?.(position, first.size);
        yield chunk;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
      fruitless = position > before ? 0 : fruitless + 1;
      if (first.size === null || first.validator === null || fruitless > maxFruitless)
        throw new StartOver({ cause: error });
      await pause(fruitless, options);
      bytes = rest(url, options, { position, size: first.size, validator: first.validator }, error);
    }
  }
}

async function* rest(
  url: URL,
  { outbound, maxBytes, signal }: CopyLinkOptions,
  from: { position: number; size: number; validator: string },
  broken: unknown,
): AsyncGenerator<Buffer> {
  const bytes = await resumeDownload(outbound, url, { maxBytes, signal, from });
  if (bytes === null) throw new StartOver({ cause: broken });
  yield* bytes;
}

const mayPass = (error: unknown): boolean =>
  error instanceof ProblemError && (error.problem.code === 'linkBroken' || error.problem.code === 'linkUnavailable');

function pause(
  tries: number,
  { signal, wait = (ms, stop) => sleep(ms, undefined, { signal: stop }) }: CopyLinkOptions,
) {
  return wait(Math.min(500 * 2 ** tries, 20_000) * (0.5 + Math.random() / 2), signal);
}
