import { request } from 'undici';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';

/** Puts blocks of one blob into Azure Storage. Refusals are StorageRefusals; a broken connection stays what it is. */
export interface BlockSender {
  putBlock(uri: string, id: string, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Makes the blob of these blocks, in this order. May be repeated. */
  putBlockList(uri: string, ids: readonly string[], signal: AbortSignal): Promise<void>;
}

export class StorageRefusal extends Error {
  readonly status: number;
  /** Azure's code, for example AuthenticationFailed. */
  readonly serviceCode: string | null;
  readonly retryAfterMs: number | null;

  constructor(status: number, serviceCode: string | null, retryAfterMs: number | null) {
    super(`The storage answered ${status}${serviceCode === null ? '' : ` ${serviceCode}`}`);
    this.name = 'StorageRefusal';
    this.status = status;
    this.serviceCode = serviceCode;
    this.retryAfterMs = retryAfterMs;
  }
}

export class StorageTimeout extends Error {
  constructor() {
    super('The storage did not answer in time');
    this.name = 'StorageTimeout';
  }
}

const slowestBytesPerSecond = 32 * 1024;
const graceMs = 20_000;

/** A block's time grows with its size: eight parallel blocks on a link of 2 Mbit/s have to fit. */
export function timeoutFor(bytes: number): number {
  return graceMs + Math.ceil((bytes / slowestBytesPerSecond) * 1000);
}

export interface BlockSenderOptions {
  outbound: Outbound;
  /** True for hosts to which content of this cloud may go. */
  isStorageHost(url: URL): boolean;
  timeoutMs?: (bytes: number) => number;
}

export function createBlockSender(options: BlockSenderOptions): BlockSender {
  const { outbound, isStorageHost, timeoutMs = timeoutFor } = options;

  const put = async (
    uri: string,
    query: string,
    body: Buffer,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> => {
    const url = targetOf(uri, query);
    if (!isStorageHost(url)) throw new ProblemError('storageHostRefused', { detail: `The host is ${url.host}.` });
    outbound.check(url);
    const limit = deadline(timeoutMs(body.length), signal);
    try {
      const answer = await request(url, {
        method: 'PUT',
        dispatcher: outbound.dispatcher,
        // The SAS in the address is all the storage wants; an Authorization header would be refused.
        headers: { 'content-length': String(body.length), ...headers },
        body,
        signal: limit.signal,
        // undici counts these from the start of the request, so a slow link would meet them while still sending.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      if (answer.statusCode === 201) {
        await answer.body.dump();
        return;
      }
      throw new StorageRefusal(
        answer.statusCode,
        await serviceCode(answer.headers, answer.body),
        retryAfter(answer.headers),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw limit.signal.aborted ? new StorageTimeout() : error;
    } finally {
      limit.end();
    }
  };

  return {
    putBlock: (uri, id, bytes, signal) =>
      put(
        uri,
        `comp=block&blockid=${encodeURIComponent(id)}`,
        bytes,
        { 'content-type': 'application/octet-stream', 'x-ms-blob-type': 'BlockBlob' },
        signal,
      ),
    putBlockList: (uri, ids, signal) =>
      put(uri, 'comp=blocklist', blockListXml(ids), { 'content-type': 'application/xml' }, signal),
  };
}

/**
 * Time for one request. AbortSignal.timeout and AbortSignal.any would do, but what they leave behind stays until that time
 * has passed: over thousands of blocks the heap grows by tens of MiB.
 */
function deadline(milliseconds: number, signal: AbortSignal): { signal: AbortSignal; end(): void } {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  const timer = setTimeout(() => limit.abort(new StorageTimeout()), milliseconds);
  return {
    signal: limit.signal,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

/** The query is appended as text: the signature in it must not be written anew. */
function targetOf(uri: string, query: string): URL {
  // The cause of a failed parse would carry the address, which is a secret.
  if (!URL.canParse(uri)) throw new ProblemError('storageHostRefused', { detail: 'The address cannot be read.' });
  return new URL(`${uri}${uri.includes('?') ? '&' : '?'}${query}`);
}

function blockListXml(ids: readonly string[]): Buffer {
  const latest = ids.map((id) => `<Latest>${id}</Latest>`).join('');
  return Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${latest}</BlockList>`, 'utf8');
}

type AnswerHeaders = Record<string, string | string[] | undefined>;

function retryAfter(headers: AnswerHeaders): number | null {
  const value = headers['retry-after'];
  return typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) * 1000 : null;
}

async function serviceCode(
  headers: AnswerHeaders,
  body: AsyncIterable<Uint8Array> & { dump(): Promise<void> },
): Promise<string | null> {
  const header = headers['x-ms-error-code'];
  if (typeof header === 'string' && /^[A-Za-z]{1,64}$/.test(header)) {
    await body.dump();
    return header;
  }
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > 8192) break;
  }
  return /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text)?.[1] ?? null;
}
