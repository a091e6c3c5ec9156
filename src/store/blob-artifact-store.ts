import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { DefaultAzureCredential } from '@azure/identity';
import {
  AnonymousCredential,
  type BlockBlobClient,
  ContainerClient,
  RestError,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { Outbound } from '../network/outbound.ts';
import type { ByteSource } from '../packages/byte-source.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ArtifactStore, ReceiveOptions, StoredBytes } from './artifact-store.ts';
import { azureTransport } from './azure-transport.ts';

export interface BlobArtifactStoreOptions {
  /** Of the container, with a shared access signature if there is neither a key nor a managed identity. */
  url: URL;
  /** Of the storage account, base64. */
  accountKey?: string | undefined;
  /** Must allow the container's host. */
  outbound: Pick<Outbound, 'fetch'>;
}

const blockBytes = 8 * 1024 ** 2;
/** Blocks on their way at the same time. */
const blocksAtOnce = 4;
const locationShape = /^[0-9a-f]{32}$/;

/** Keeps packages in a container of Azure Blob Storage, so that processes on several machines need no shared folder. */
export class BlobArtifactStore implements ArtifactStore {
  readonly #container: ContainerClient;

  constructor({ url, accountKey, outbound }: BlobArtifactStoreOptions) {
    const credential =
      accountKey !== undefined
        ? new StorageSharedKeyCredential(accountOf(url), accountKey)
        : url.searchParams.has('sig')
          ? new AnonymousCredential()
          : new DefaultAzureCredential();
    this.#container = new ContainerClient(url.href, credential, {
      httpClient: azureTransport(outbound),
      retryOptions: { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
    });
  }

  async receive(bytes: AsyncIterable<Uint8Array>, { maxBytes, signal }: ReceiveOptions): Promise<StoredBytes> {
    const location = randomBytes(16).toString('hex');
    const blob = this.#blob(location);
    const hash = createHash('sha256');
    const ids: string[] = [];
    const under = new Set<Promise<unknown>>();
    let size = 0;
    const stop = signal === undefined ? {} : { abortSignal: signal };
    try {
      for await (const block of blocksOf(bytes)) {
        signal?.throwIfAborted();
        size += block.length;
        if (size > maxBytes) throw new ProblemError('uploadTooLarge');
        hash.update(block);
        const id = Buffer.from(String(ids.length).padStart(6, '0')).toString('base64');
        ids.push(id);
        const sending = blob.stageBlock(id, block, block.length, stop).finally(() => under.delete(sending));
        // Its failure is met below, where it is waited for.
        sending.catch(() => undefined);
        under.add(sending);
        if (under.size >= blocksAtOnce) await Promise.race(under);
      }
      await Promise.all(under);
      // Only now is there a blob; what was sent for one that fails is dropped by Azure after a week.
      await blob.commitBlockList(ids, stop);
      return { location, size, sha256: hash.digest('hex') };
    } catch (error) {
      signal?.throwIfAborted();
      throw explained(error);
    }
  }

  receiveFile(path: string, signal?: AbortSignal): Promise<StoredBytes> {
    const bytes = createReadStream(path, { highWaterMark: 1024 ** 2 });
    return this.receive(bytes, {
      maxBytes: Number.POSITIVE_INFINITY,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async open(location: string): Promise<ByteSource> {
    const blob = this.#blob(location);
    try {
      const { contentLength = 0, etag } = await blob.getProperties();
      return new BlobSource(blob, contentLength, etag ?? '*');
    } catch (error) {
      throw explained(error);
    }
  }

  async remove(location: string): Promise<void> {
    await this.#blob(location).deleteIfExists();
  }

  async *list(): AsyncIterable<{ location: string; changedAt: Date }> {
    for await (const { name, properties } of this.#container.listBlobsFlat())
      if (locationShape.test(name)) yield { location: name, changedAt: properties.lastModified };
  }

  async room(): Promise<null> {
    return null;
  }

  #blob(location: string): BlockBlobClient {
    if (!locationShape.test(location)) throw new Error('Not a location of this artifact store');
    return this.#container.getBlockBlobClient(location);
  }
}

/** Of `account.blob.core.windows.net`, or the first part of the path where the host is an address. */
function accountOf(url: URL): string {
  const byPath = /^[\d.]+$|^\[|^localhost$/.test(url.hostname);
  return (byPath ? url.pathname.split('/')[1] : url.hostname.split('.')[0]) ?? '';
}

/** Blocks of the same length; an empty source makes none. */
async function* blocksOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < blockBytes) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered);
}

function explained(error: unknown): unknown {
  if (!(error instanceof RestError)) return error;
  if (error.statusCode === 404) return new ProblemError('artifactGone', { cause: error });
  return error;
}

class BlobSource implements ByteSource {
  readonly size: number;
  readonly #blob: BlockBlobClient;
  readonly #etag: string;

  constructor(blob: BlockBlobClient, size: number, etag: string) {
    this.#blob = blob;
    this.size = size;
    this.#etag = etag;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (wanted === 0) return Buffer.alloc(0);
    const parts: Buffer[] = [];
    for await (const part of await this.#download(offset, wanted, signal)) parts.push(part as Buffer);
    const read = Buffer.concat(parts);
    if (read.length !== wanted) throw new ProblemError('packageTruncated');
    return read;
  }

  stream(from = 0, signal?: AbortSignal): Readable {
    return Readable.from(this.#chunks(from, signal), { objectMode: false, highWaterMark: 1024 ** 2 });
  }

  async close(): Promise<void> {}

  /** A connection that breaks on the way is gone on with at the byte where it broke. */
  async *#chunks(from: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let position = from;
    for (let fruitless = 0; position < this.size; fruitless += 1) {
      try {
        for await (const part of await this.#download(position, this.size - position, signal)) {
          position += (part as Buffer).length;
          fruitless = 0;
          yield part as Buffer;
        }
        if (position < this.size) throw new ProblemError('packageTruncated');
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof RestError || fruitless >= 4) throw explained(error);
      }
    }
  }

  async #download(offset: number, length: number, signal: AbortSignal | undefined): Promise<AsyncIterable<unknown>> {
    const { readableStreamBody } = await this.#blob.download(offset, length, {
      conditions: { ifMatch: this.#etag },
      ...(signal === undefined ? {} : { abortSignal: signal }),
    });
    if (readableStreamBody === undefined) throw new Error('Azure sent no bytes');
    return readableStreamBody as unknown as AsyncIterable<unknown>;
  }
}
