import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status: number;
  code: string;
  /** Seconds. */
  retryAfter?: number;
}

/** What goes wrong with one request. `cut` drops the connection in the middle of the body. */
export type StorageFault = Answer | 'cut' | { until: Promise<unknown> } | undefined;

export interface BlockRequest {
  /** Undefined for the block list. */
  index: number | undefined;
  /** How often this block was asked for before. */
  attempt: number;
  /** The `sig` of the address. */
  signature: string;
}

export interface SentBlock {
  index: number;
  bytes: number;
  status: number;
}

export interface FakeStorageOptions {
  now?: () => number;
  fault?: (request: BlockRequest) => StorageFault;
}

interface Address {
  blob: string;
  expiresAt: number;
}

interface Blob {
  blocks: Map<string, Buffer>;
  committed: Buffer | null;
}

/** A block blob endpoint as strict as Azure's, on loopback. */
export class FakeStorage {
  /** Every answer to a block, in order. */
  readonly answered: SentBlock[] = [];
  /** Requests under way at the same time, at most. */
  widest = 0;
  committedTimes = 0;
  fault: (request: BlockRequest) => StorageFault;
  readonly #now: () => number;
  readonly #blobs = new Map<string, Blob>();
  readonly #addresses = new Map<string, Address>();
  readonly #attempts = new Map<string, number>();
  readonly #handling = new Set<Promise<void>>();
  readonly #server = createServer((request, response) => {
    const handled = this.#serve(request, response).finally(() => this.#handling.delete(handled));
    this.#handling.add(handled);
  });
  #underway = 0;

  constructor(options: FakeStorageOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.fault = options.fault ?? (() => undefined);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A new address of a blob; older ones stay good until they expire. */
  grant(signature: string, expiresAt = Number.POSITIVE_INFINITY, blob = 'blob'): string {
    this.#addresses.set(signature, { blob, expiresAt });
    return `http://${this.host}/content/${blob}?sv=2016-05-31&sr=b&sig=${encodeURIComponent(signature)}`;
  }

  committed(blob = 'blob'): Buffer | null {
    return this.#blobs.get(blob)?.committed ?? null;
  }

  /** Indexes the storage took, in order of their arrival. */
  get taken(): number[] {
    return this.answered.filter((block) => block.status === 201).map((block) => block.index);
  }

  /** Every request that has come is answered or gone. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.#handling);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underway += 1;
    this.widest = Math.max(this.widest, this.#underway);
    response.once('close', () => {
      this.#underway -= 1;
    });
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const id = url.searchParams.get('blockid') ?? undefined;
    const index = id === undefined ? undefined : Number(Buffer.from(id, 'base64').toString('ascii'));
    const key = id ?? 'list';
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    const signature = url.searchParams.get('sig') ?? '';
    const fault = this.fault({ index, attempt, signature });
    if (fault === 'cut') {
      request.once('data', () => request.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    if (fault !== undefined && 'until' in fault) await fault.until;
    const body = Buffer.concat(chunks);
    const refusal =
      fault !== undefined && 'status' in fault ? fault : this.#refusalOf(request, url, signature, body.length);
    const answer = refusal ?? this.#store(url, id, body);
    if (index !== undefined) this.answered.push({ index, bytes: body.length, status: answer.status });
    response.writeHead(answer.status, {
      ...(answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) }),
    });
    response.end(
      answer.status === 201
        ? ''
        : `<?xml version="1.0"?><Error><Code>${answer.code}</Code><Message>no</Message></Error>`,
    );
  }

  #refusalOf(request: IncomingMessage, url: URL, signature: string, received: number): Answer | undefined {
    const { headers, method } = request;
    if (method !== 'PUT') return { status: 405, code: 'UnsupportedHttpVerb' };
    if (headers.authorization !== undefined) return { status: 400, code: 'InvalidAuthenticationInfo' };
    const address = this.#addresses.get(signature);
    const isGood = address !== undefined && url.pathname === `/content/${address.blob}`;
    if (!isGood || address.expiresAt <= this.#now()) return { status: 403, code: 'AuthenticationFailed' };
    if (headers['content-length'] === undefined) return { status: 411, code: 'MissingContentLengthHeader' };
    if (Number(headers['content-length']) !== received) return { status: 400, code: 'InvalidContentLength' };
    if (url.searchParams.get('comp') === 'block' && headers['x-ms-blob-type'] !== 'BlockBlob')
      return { status: 400, code: 'MissingRequiredHeader' };
    return undefined;
  }

  #store(url: URL, id: string | undefined, body: Buffer): Answer {
    const comp = url.searchParams.get('comp');
    const name = url.pathname.replace('/content/', '');
    const blob = this.#blobs.get(name) ?? { blocks: new Map<string, Buffer>(), committed: null };
    this.#blobs.set(name, blob);
    if (comp === 'block' && id !== undefined) {
      const lengths = new Set([...blob.blocks.keys(), id].map((known) => known.length));
      if (lengths.size !== 1 || body.length === 0) return { status: 400, code: 'InvalidBlobOrBlock' };
      blob.blocks.set(id, body);
      return { status: 201, code: '' };
    }
    if (comp !== 'blocklist') return { status: 400, code: 'InvalidQueryParameterValue' };
    const ids = [...body.toString('utf8').matchAll(/<Latest>([^<]+)<\/Latest>/g)].map((match) => match[1] ?? '');
    const parts = ids.map((known) => blob.blocks.get(known));
    if (parts.length === 0 || parts.some((part) => part === undefined))
      return { status: 400, code: 'InvalidBlockList' };
    blob.committed = Buffer.concat(parts as Buffer[]);
    this.committedTimes += 1;
    return { status: 201, code: '' };
  }
}
