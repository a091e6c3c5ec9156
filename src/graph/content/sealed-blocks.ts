import { createHash, createHmac } from 'node:crypto';
import type { BlockBuffers } from './block-buffers.ts';
import type { ContentSeal, EncryptedBlock } from './content-encryption.ts';
import { blockBytes, blockCount, macBytes } from './content-layout.ts';
import { type ContentSource, plainBytes } from './plain-bytes.ts';

/** The content does not carry the MAC that it was announced with. */
export class SealBrokenError extends Error {
  constructor() {
    super('The content was changed after it was encrypted');
    this.name = 'SealBrokenError';
  }
}

export interface SealedBlocksOptions {
  /** MAC, initialization vector and ciphertext. */
  source: ContentSource;
  seal: ContentSeal;
  macKey: Buffer;
  blockSize: number;
  buffers: BlockBuffers;
  signal: AbortSignal;
}

/** Blocks of content that somebody else has encrypted, as they are; the MAC is computed on the way and compared. */
export async function* sealedBlocks(options: SealedBlocksOptions): AsyncGenerator<EncryptedBlock, ContentSeal> {
  const { source, seal, macKey, blockSize, buffers, signal } = options;
  const bytes = plainBytes(source, signal);
  const mac = createHmac('sha256', macKey);
  const trace = createHash('sha256');
  try {
    for (let index = 0; index < blockCount(source.size, blockSize); index += 1) {
      const buffer = await buffers.take(signal);
      const block = buffer.subarray(0, blockBytes(index, source.size, blockSize));
      await bytes.fill(block, (part) => trace.update(part));
      mac.update(index === 0 ? block.subarray(macBytes) : block);
      yield { index, bytes: block, buffer, digest: trace.copy().digest('base64') };
    }
    await bytes.expectEnd();
  } finally {
    bytes.close();
  }
  if (!mac.digest().equals(seal.mac)) throw new SealBrokenError();
  return seal;
}
