import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { ContentKeys } from '../../src/graph/content/content-keys.ts';

/** Bytes that differ from block to block, the same at every call. */
export function patternBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export interface OpenedContent {
  plain: Buffer;
  /** What the file itself says. */
  mac: string;
  /** What it should say. */
  expectedMac: string;
  initializationVector: string;
  fileDigest: string;
}

/** What Intune does with an uploaded file: checks the MAC over vector and ciphertext, deciphers, digests. */
export function openContent(file: Buffer, keys: ContentKeys): OpenedContent {
  const iv = file.subarray(32, 48);
  const decipher = createDecipheriv('aes-256-cbc', keys.encryptionKey, iv);
  const plain = Buffer.concat([decipher.update(file.subarray(48)), decipher.final()]);
  return {
    plain,
    mac: file.subarray(0, 32).toString('base64'),
    expectedMac: createHmac('sha256', keys.macKey).update(file.subarray(32)).digest('base64'),
    initializationVector: iv.toString('base64'),
    fileDigest: createHash('sha256').update(plain).digest('base64'),
  };
}
