import { z } from 'zod';
import type { ContentKeys } from '../graph/content/content-keys.ts';

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
const stored = z.object({
  fileId: z.string(),
  encryptionKey: base64,
  macKey: base64,
  initializationVector: base64,
});

/** Keys belong to one content file; with another they would encrypt other bytes under the same vector. */
export function sealKeys(fileId: string, keys: ContentKeys): string {
  return JSON.stringify({
    fileId,
    encryptionKey: keys.encryptionKey.toString('base64'),
    macKey: keys.macKey.toString('base64'),
    initializationVector: keys.initializationVector.toString('base64'),
  });
}

export function openKeys(plain: Buffer): { fileId: string; keys: ContentKeys } {
  const { fileId, ...keys } = stored.parse(JSON.parse(plain.toString('utf8')));
  return { fileId, keys };
}
