import { createHash, type Hash } from 'node:crypto';
import type { BlockBuffers } from './block-buffers.ts';
import type { CipherResult, ContentCipher } from './content-cipher.ts';
import type { ContentKeys } from './content-keys.ts';
import { blockCount, encryptedSize, headerBytes, macBytes } from './content-layout.ts';
import { type ContentSource, type PlainBytes, plainBytes } from './plain-bytes.ts';

export { SourceLengthError } from './plain-bytes.ts';

/** What the commit has to tell Intune about the content. */
export interface ContentSeal {
  /** HMAC over initialization vector and ciphertext, 32 bytes. */
  mac: Buffer;
  /** SHA-256 of the plain bytes. */
  fileDigest: Buffer;
}

export interface EncryptedBlock {
  index: number;
  /** Block 0 lacks its first 32 bytes, the MAC, until the stream has ended. */
  bytes: Buffer;
  /** Of which `bytes` is a part; goes back to the pool. */
  buffer: Buffer;
  /** Stands for all encrypted bytes up to the end of this block. */
  digest: string;
}

/** One is enciphered while the next is filled. */
const mostUnderway = 2;

export interface EncryptBlocksOptions {
  source: ContentSource;
  keys: ContentKeys;
  cipher: ContentCipher;
  blockSize: number;
  /** Where blocks are written; whoever receives a block gives its buffer back. */
  buffers: BlockBuffers;
  signal: AbortSignal;
}

/**
 * Reads the source once, in order, and yields its encrypted blocks; the seal comes at the end. While one block is
 * enciphered, where it stands, the next is read and hashed.
 */
export async function* encryptBlocks(options: EncryptBlocksOptions): AsyncGenerator<EncryptedBlock, ContentSeal> {
  const { source, keys, cipher, blockSize, buffers, signal } = options;
  const count = blockCount(encryptedSize(source.size), blockSize);
  const reader = new PlainReader(source, signal);
  const underway: { buffer: Buffer; at: number; result: Promise<CipherResult> }[] = [];
  let mac = '';
  let begun = 0;
  let yielded = 0;
  try {
    while (yielded < count) {
      const wanted = begun < count && underway.length < mostUnderway;
      const buffer = wanted ? (buffers.tryTake() ?? (underway.length > 0 ? null : await buffers.take(signal))) : null;
      if (buffer !== null) {
        const at = begun === 0 ? headerBytes : 0;
        const last = begun === count - 1;
        const out = buffer.subarray(at);
        const plain = await reader.fill(out, last ? reader.left : out.length);
        const result = cipher.encrypt({ plain, out, last });
        // Whoever awaits it sees the failure; without this line Node would end the process first.
        result.catch(() => undefined);
        underway.push({ buffer, at, result });
        begun += 1;
        continue;
      }
      const oldest = underway.shift();
      if (oldest === undefined) throw new Error('No block is underway');
      const result = await oldest.result;
      mac = result.mac;
      const bytes = oldest.buffer.subarray(0, oldest.at + result.written);
      if (yielded === 0) keys.initializationVector.copy(bytes, macBytes);
      yield { index: yielded, bytes, buffer: oldest.buffer, digest: mac };
      yielded += 1;
    }
    await reader.expectEnd();
    return { mac: Buffer.from(mac, 'base64'), fileDigest: reader.digest() };
  } finally {
    reader.close();
  }
}

/** Fills buffers of a wanted length and hashes what passes. */
class PlainReader {
  readonly #bytes: PlainBytes;
  readonly #hash: Hash = createHash('sha256');
  left: number;

  constructor(source: ContentSource, signal: AbortSignal) {
    this.#bytes = plainBytes(source, signal);
    this.left = source.size;
  }

  /** The first `length` bytes of `target`, filled. */
  async fill(target: Buffer, length: number): Promise<Buffer> {
    const wanted = target.subarray(0, length);
    await this.#bytes.fill(wanted, (part) => this.#hash.update(part));
    this.left -= length;
    return wanted;
  }

  expectEnd(): Promise<void> {
    return this.#bytes.expectEnd();
  }

  digest(): Buffer {
    return this.#hash.digest();
  }

  close(): void {
    this.#bytes.close();
  }
}
