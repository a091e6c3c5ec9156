import { randomBytes } from 'node:crypto';

/** Keys of one content file. An initialization vector serves one sequence of bytes and never another. */
export interface ContentKeys {
  /** 32 bytes, AES-256. */
  encryptionKey: Buffer;
  /** 32 bytes, HMAC-SHA-256. */
  macKey: Buffer;
  /** 16 bytes. */
  initializationVector: Buffer;
}

export function newContentKeys(): ContentKeys {
  return { encryptionKey: randomBytes(32), macKey: randomBytes(32), initializationVector: randomBytes(16) };
}
