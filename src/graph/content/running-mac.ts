import { createHash, type Hash } from 'node:crypto';

const blockLength = 64;

function padded(key: Uint8Array, mask: number): Buffer {
  if (key.length > blockLength) throw new Error('The MAC key is longer than a block');
  const pad = Buffer.alloc(blockLength, mask);
  for (const [at, byte] of key.entries()) pad[at] = byte ^ mask;
  return pad;
}

/**
 * HMAC-SHA-256 built from two hashes (RFC 2104), because Node's Hmac cannot be copied. The copy is what makes resuming
 * cheap: the state after a block stands for every byte up to its end, so one hash serves both the MAC and the digests
 * of the blocks.
 */
export class RunningMac {
  readonly #inner: Hash;
  readonly #outer: Hash;

  constructor(key: Uint8Array) {
    this.#inner = createHash('sha256').update(padded(key, 0x36));
    this.#outer = createHash('sha256').update(padded(key, 0x5c));
  }

  update(bytes: Uint8Array): void {
    this.#inner.update(bytes);
  }

  /** The MAC of all bytes so far, base64; more may follow. */
  soFar(): string {
    return this.#outer.copy().update(this.#inner.copy().digest()).digest('base64');
  }
}
