import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'undici';
import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { assertFile, discard, fetchLink, followLink, linkProblem } from './follow-link.ts';
import { PageCache } from './page-cache.ts';
import { type ProbedLink, parseContentRange, probeLink } from './probe-link.ts';

const pageSize = 64 * 1024;
/** From here on a read is a request of its own: blocks of an upload must not push an archive's directory out. */
const directRead = 256 * 1024;
/** Tries without a single new byte. */
const maxFruitless = 4;
/** Interruptions of one stream, however much came in between. */
const maxResumes = 200;
const longestWait = 30_000;

export interface HttpRangeSourceOptions {
  outbound: Outbound;
  /** Waits between tries; tests need not. */
  wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface OpenHttpRangeSourceOptions extends HttpRangeSourceOptions {
  link: URL | string;
  maxBytes: number;
  /** What was true of the file before: anything else is `packageChanged`. */
  pinned?: { size: number; etag: string };
  signal?: AbortSignal | undefined;
}

/** Probes the link and opens what it leads to. */
export async function openHttpRangeSource(options: OpenHttpRangeSourceOptions): Promise<ByteSource> {
  const { outbound, link, maxBytes, pinned, signal } = options;
  const probed = await probeLink(outbound, link, { maxBytes, signal });
  if (pinned !== undefined && (probed.etag !== pinned.etag || probed.size !== pinned.size))
    throw linkProblem('packageChanged', new URL(probed.finalUrl), probed.fileName);
  return createHttpRangeSource(probed, options);
}

/** A ByteSource over a probed link whose host serves parts and pins them with a strong ETag. */
export function createHttpRangeSource(probed: ProbedLink, options: HttpRangeSourceOptions): ByteSource {
  const { size, etag } = probed;
  if (size === null || etag === null || !probed.acceptsRanges)
    throw linkProblem('linkWithoutRanges', new URL(probed.finalUrl), probed.fileName);
  return new HttpRangeSource({ ...probed, size, etag }, options);
}

type PinnedLink = ProbedLink & { size: number; etag: string };

/** A failure that another try may mend. */
class Interruption extends Error {
  readonly retryAfter: number | null;

  constructor(options: { cause?: unknown; retryAfter?: number | null } = {}) {
    super('The connection was interrupted', { cause: options.cause });
    this.name = 'Interruption';
    this.retryAfter = options.retryAfter ?? null;
  }
}

class HttpRangeSource implements ByteSource {
  readonly size: number;
  readonly #outbound: Outbound;
  readonly #link: PinnedLink;
  readonly #wait: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly #pages: PageCache;
  readonly #closed = new AbortController();
  #url: URL;

  constructor(link: PinnedLink, options: HttpRangeSourceOptions) {
    this.size = link.size;
    this.#link = link;
    this.#outbound = options.outbound;
    this.#wait = options.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}));
    this.#url = new URL(link.finalUrl);
    this.#pages = new PageCache({
      size: link.size,
      pageSize,
      maxPages: 32,
      maxReadAhead: 16,
      fetch: (offset, length, signal) => this.#fetchBytes(offset, length, signal),
    });
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (wanted < directRead) return this.#pages.read(offset, wanted, signal);
    return this.#fetchBytes(offset, wanted, signal);
  }

  stream(from = 0, signal?: AbortSignal): Readable {
    return Readable.from(this.#chunks(from, this.size, signal), { objectMode: false, highWaterMark: 1024 * 1024 });
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('The source was closed'));
  }

  async #fetchBytes(offset: number, length: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    for await (const chunk of this.#chunks(offset, offset + length, signal)) filled += chunk.copy(bytes, filled);
    return bytes;
  }

  /** Every byte of [from, end), in order, across interruptions; or an error. */
  async *#chunks(from: number, end: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let position = from;
    let fruitless = 0;
    let resumes = 0;
    while (position < end) {
      const before = position;
      try {
        for await (const chunk of this.#request(position, end, signal)) {
          position += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        fruitless = position > before ? 0 : fruitless + 1;
        resumes += 1;
        if (fruitless >= maxFruitless || resumes > maxResumes)
          throw linkProblem('linkBroken', this.#url, this.#link.fileName, { cause: error });
        await this.#wait(pause(fruitless, error.retryAfter), signal);
      }
    }
  }

  async *#request(start: number, end: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const stop = new AbortController();
    const signals = [stop.signal, this.#closed.signal, ...(signal === undefined ? [] : [signal])];
    const combined = AbortSignal.any(signals);
    try {
      const response = await this.#ask(start, end, combined);
      let missing = end - start;
      for await (const chunk of bodyOf(response, signal)) {
        if (chunk.length > missing) throw new Interruption();
        missing -= chunk.length;
        yield chunk;
      }
      if (missing > 0) throw new Interruption();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      // Somebody may stop reading in the middle; the connection must not wait for them.
      stop.abort();
    }
  }

  async #ask(start: number, end: number, signal: AbortSignal): Promise<Response> {
    let response = await this.#get(start, end, signal);
    // A redirect may lead to an address that is valid for some minutes only.
    if ([401, 403, 404, 410].includes(response.status) && this.#url.href !== this.#link.link) {
      await discard(response);
      await this.#locateAgain(signal);
      response = await this.#get(start, end, signal);
    }
    return this.#accept(response, start, end);
  }

  async #get(start: number, end: number, signal: AbortSignal): Promise<Response> {
    const headers = { range: `bytes=${start}-${end - 1}`, 'if-match': this.#link.etag };
    try {
      return await fetchLink(this.#outbound, this.#url, { headers, signal });
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'linkBroken')
        throw new Interruption({ cause: error });
      throw error;
    }
  }

  async #locateAgain(signal: AbortSignal): Promise<void> {
    const answer = await followLink(this.#outbound, new URL(this.#link.link), {
      headers: { range: 'bytes=0-0' },
      signal,
    });
    await assertFile(answer);
    await discard(answer.response);
    this.#url = answer.url;
  }

  async #accept(response: Response, start: number, end: number): Promise<Response> {
    const { status } = response;
    if (status === 206) {
      const range = parseContentRange(response.headers.get('content-range'));
      const etag = response.headers.get('etag');
      const same = (etag === null || etag === this.#link.etag) && range?.total === this.size;
      if (same && range.start === start && range.end === end - 1) return response;
      await discard(response);
      throw this.#problem(same ? 'linkWithoutRanges' : 'packageChanged');
    }
    await discard(response);
    if (status === 412 || status === 416) throw this.#problem('packageChanged');
    if (status === 200) throw this.#problem(this.#isOther(response) ? 'packageChanged' : 'linkWithoutRanges');
    if (status === 408 || status === 425 || status === 429 || status >= 500)
      throw new Interruption({ retryAfter: retryAfter(response) });
    await assertFile({ response, url: this.#url, fileName: this.#link.fileName });
    throw this.#problem('linkRefused');
  }

  #isOther(response: Response): boolean {
    const etag = response.headers.get('etag');
    return etag !== null && etag !== this.#link.etag;
  }

  #problem(code: 'packageChanged' | 'linkWithoutRanges' | 'linkRefused'): ProblemError {
    return linkProblem(code, this.#url, this.#link.fileName);
  }
}

async function* bodyOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        signal?.throwIfAborted();
        throw new Interruption({ cause: error });
      });
      if (done) return;
      const chunk: Uint8Array = value;
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } finally {
    reader.releaseLock();
  }
}

function pause(fruitless: number, asked: number | null): number {
  if (asked !== null) return Math.min(asked, longestWait);
  return Math.min(250 * 2 ** fruitless, longestWait) * (0.5 + Math.random() / 2);
}

function retryAfter(response: Response): number | null {
  const header = response.headers.get('retry-after');
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}
