import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FileEncryptionInfo, VerifiedContent } from '../graph/intune-tenant.ts';

const macSize = 32;
const ivSize = 16;
const headSize = macSize + ivSize;

const isSame = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);

/**
 * Decrypts what was uploaded, as a device would, in one pass: HMAC-SHA-256 (32 bytes) | IV (16) | AES-256-CBC. The MAC
 * covers IV and ciphertext, the digest the plain bytes. Never throws for bad content.
 */
export async function verifyContent(
  bytes: AsyncIterable<Buffer> | null,
  info: FileEncryptionInfo,
  sizes: { size: number; sizeEncrypted: number },
  lookOn: (plain: Buffer) => void = () => undefined,
): Promise<VerifiedContent> {
  const bad: VerifiedContent = { plainSha256: '', size: 0, verified: false };
  const key = Buffer.from(info.encryptionKey, 'base64');
  const macKey = Buffer.from(info.macKey, 'base64');
  const iv = Buffer.from(info.initializationVector, 'base64');
  const isKnownProfile = info.profileIdentifier === 'ProfileVersion1' && info.fileDigestAlgorithm === 'SHA256';
  if (bytes === null || !isKnownProfile || key.length !== 32 || macKey.length !== 32 || iv.length !== ivSize)
    return bad;

  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  const hmac = createHmac('sha256', macKey);
  const plainHash = createHash('sha256');
  let head = Buffer.alloc(0);
  let encryptedSize = 0;
  let plainSize = 0;
  const take = (plain: Buffer) => {
    plainHash.update(plain);
    lookOn(plain);
    plainSize += plain.length;
  };
  for await (const chunk of bytes) {
    encryptedSize += chunk.length;
    let rest = chunk;
    if (head.length < headSize) {
      const missing = headSize - head.length;
      head = Buffer.concat([head, chunk.subarray(0, missing)]);
      rest = chunk.subarray(missing);
      if (head.length < headSize) continue;
      hmac.update(head.subarray(macSize));
    }
    if (rest.length === 0) continue;
    hmac.update(rest);
    take(decipher.update(rest));
  }
  try {
    take(decipher.final());
  } catch {
    // Wrong key or cut short: the padding does not fit.
    return { ...bad, size: plainSize };
  }
  const mac = hmac.digest();
  const digest = plainHash.digest();
  const verified =
    isSame(head.subarray(macSize), iv) &&
    isSame(head.subarray(0, macSize), mac) &&
    isSame(Buffer.from(info.mac, 'base64'), mac) &&
    isSame(Buffer.from(info.fileDigest, 'base64'), digest) &&
    plainSize === sizes.size &&
    encryptedSize === sizes.sizeEncrypted;
  return { plainSha256: digest.toString('hex'), size: plainSize, verified };
}
