import { AdaptiveWidth, type WidthOptions } from './adaptive-width.ts';
import { BlockBuffers } from './block-buffers.ts';
import type { BlockSender } from './block-sender.ts';
import type { Clock } from './clock.ts';
import { cipherFor } from './content-cipher.ts';
import { type ContentSeal, type EncryptedBlock, encryptBlocks } from './content-encryption.ts';
import type { ContentKeys } from './content-keys.ts';
import { blockBytes, blockCount, blockId, encryptedSize } from './content-layout.ts';
import type { ContentSource } from './plain-bytes.ts';
import type { SasSource } from './sas-lease.ts';
import { sealedBlocks } from './sealed-blocks.ts';
import { persistentPut } from './send-block.ts';

export interface AcknowledgedBlock {
  index: number;
  /** Of all encrypted bytes up to the end of this block. */
  digest: string;
  bytes: number;
}

export interface UploadContentOptions {
  source: ContentSource;
  keys: ContentKeys;
  /** Of a source that is encrypted already, with these keys. */
  seal?: ContentSeal;
  blockSize: number;
  uri: SasSource;
  put: BlockSender;
  /** What the storage already has from an earlier attempt with the same keys: index to digest. */
  acknowledged: ReadonlyMap<number, string>;
  /** Keeps a block in mind; it counts only once this is done. */
  onBlock(block: AcknowledgedBlock): Promise<void>;
  /** Encrypted bytes that the storage has. */
  onProgress?(bytesDone: number): void;
  /** All bytes were read; a throw here keeps the last block, and so the content, from being finished. */
  onSealed?(seal: ContentSeal): Promise<void> | void;
  clock: Clock;
  signal: AbortSignal;
  width?: WidthOptions;
  random?: () => number;
}

/**
 * The bytes are not those that were sent before under the same keys. Nothing was sent: go on with new keys and without
 * acknowledged blocks.
 */
export class ContentChangedError extends Error {
  constructor() {
    super('The content differs from what was already uploaded');
    this.name = 'ContentChangedError';
  }
}

/**
 * Encrypts and uploads in one pass over the source, without a copy of it. Block 0 starts with the MAC of everything
 * behind it, so it goes last. Blocks that the storage already has are made again, compared and not sent; nothing new
 * leaves before the last of them was compared.
 */
export async function uploadContent(options: UploadContentOptions): Promise<ContentSeal> {
  const { onSealed } = options;
  const upload = new Upload(options);
  const { blocks, close } = blocksOf(options, upload);
  try {
    let next = await blocks.next();
    for (; !next.done; next = await blocks.next()) await upload.take(next.value);
    const seal = next.value;
    await upload.arrived();
    await onSealed?.(seal);
    await upload.finish(seal);
    return seal;
  } catch (error) {
    upload.stop(error);
    // What failed first explains what failed because of it.
    throw upload.failure ?? error;
  } finally {
    await upload.ended();
    await blocks.return({ mac: Buffer.alloc(0), fileDigest: Buffer.alloc(0) }).catch(() => undefined);
    await close();
  }
}

function blocksOf({ source, keys, blockSize, seal }: UploadContentOptions, { buffers, signal }: Upload) {
  const shared = { source, blockSize, buffers, signal };
  if (seal !== undefined)
    return { blocks: sealedBlocks({ ...shared, seal, macKey: keys.macKey }), close: async () => undefined };
  const cipher = cipherFor(source.size, keys);
  return { blocks: encryptBlocks({ ...shared, keys, cipher }), close: () => cipher.close() };
}

class Upload {
  readonly buffers: BlockBuffers;
  readonly signal: AbortSignal;
  failure: unknown;
  readonly #options: UploadContentOptions;
  readonly #width: AdaptiveWidth;
  readonly #stop = new AbortController();
  readonly #travelling = new Set<Promise<void>>();
  readonly #sizeEncrypted: number;
  /** Nothing is sent before this block was compared. */
  readonly #compareUntil: number;
  readonly #held: EncryptedBlock[] = [];
  #first: EncryptedBlock | null = null;
  #bytesDone = 0;

  constructor(options: UploadContentOptions) {
    this.#options = options;
    this.#width = new AdaptiveWidth(options.width);
    this.signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#sizeEncrypted = options.seal === undefined ? encryptedSize(options.source.size) : options.source.size;
    this.#compareUntil = Math.max(-1, ...options.acknowledged.keys());
    // As many as may travel, block 0, and the one that is being made.
    this.buffers = new BlockBuffers(this.#width.max + 2, options.blockSize);
    for (const index of options.acknowledged.keys()) this.#bytesDone += this.#bytesOf(index);
  }

  async take(block: EncryptedBlock): Promise<void> {
    if (block.index === 0) {
      this.#first = block;
      return;
    }
    const known = this.#options.acknowledged.get(block.index);
    if (known === undefined) {
      if (block.index > this.#compareUntil) return this.#send(block);
      // Only blocks that travelled side by side can be missing, so more than that is not a trace of ours.
      if (this.#held.length >= this.#width.max) throw new ContentChangedError();
      this.#held.push(block);
      return;
    }
    if (known !== block.digest) throw new ContentChangedError();
    this.#giveBack(block);
    if (block.index === this.#compareUntil) for (const held of this.#held.splice(0)) await this.#send(held);
  }

  /** Every block but the first is with the storage. */
  async arrived(): Promise<void> {
    await Promise.all(this.#travelling);
    if (this.failure !== undefined) throw this.failure;
  }

  async finish(seal: ContentSeal): Promise<void> {
    const first = this.#first;
    if (first === null) throw new Error('The first block is missing');
    const digest = seal.mac.toString('base64');
    const known = this.#options.acknowledged.get(0);
    if (known === undefined) {
      seal.mac.copy(first.bytes, 0);
      await this.#transmit({ ...first, digest });
    } else if (known !== digest) throw new ContentChangedError();
    const ids = Array.from({ length: blockCount(this.#sizeEncrypted, this.#options.blockSize) }, (_, i) => blockId(i));
    await this.#persist((uri, signal) => this.#options.put.putBlockList(uri, ids, signal));
  }

  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.#travelling);
  }

  async #send(block: EncryptedBlock): Promise<void> {
    while (this.#travelling.size >= this.#width.current && this.failure === undefined)
      await Promise.race(this.#travelling);
    if (this.failure !== undefined) throw this.failure;
    const travel = this.#transmit(block)
      .catch((error: unknown) => {
        this.failure ??= error;
        this.#stop.abort(error);
      })
      .finally(() => this.#travelling.delete(travel));
    this.#travelling.add(travel);
  }

  async #transmit(block: EncryptedBlock): Promise<void> {
    const { put, onBlock, onProgress } = this.#options;
    const { index, digest, bytes } = block;
    if (bytes.length !== this.#bytesOf(index)) throw new Error(`Block ${index} has a wrong length`);
    await this.#persist((uri, signal) => put.putBlock(uri, blockId(index), bytes, signal));
    await onBlock({ index, digest, bytes: bytes.length });
    this.#bytesDone += bytes.length;
    onProgress?.(this.#bytesDone);
    this.#giveBack(block);
  }

  #persist(put: (uri: string, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { uri, clock, random = Math.random } = this.#options;
    return persistentPut(put, { lease: uri, width: this.#width, clock, signal: this.signal, random });
  }

  #bytesOf(index: number): number {
    return blockBytes(index, this.#sizeEncrypted, this.#options.blockSize);
  }

  #giveBack(block: EncryptedBlock): void {
    this.buffers.give(block.buffer);
  }
}
