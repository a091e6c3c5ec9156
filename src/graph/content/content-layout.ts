/** An encrypted file is HMAC (32 bytes), initialization vector (16 bytes), ciphertext with PKCS#7 padding. */
export const macBytes = 32;
export const headerBytes = 48;
const cipherBlock = 16;
const mebibyte = 1024 * 1024;

/** Azure takes at most 50,000 blocks for one blob: learn.microsoft.com/rest/api/storageservices/put-block-list */
export const maxBlocks = 50_000;
const smallestBlock = 4 * mebibyte;

/** Bytes of the encrypted file for `size` plain bytes; known before a byte is read. */
export function encryptedSize(size: number): number {
  return headerBytes + (Math.floor(size / cipherBlock) + 1) * cipherBlock;
}

/**
 * One block size for a whole file. 4 MiB keeps ten blocks in little memory and is large enough that a round trip hardly
 * counts; it only grows where 50,000 blocks would not do.
 */
export function blockSizeFor(sizeEncrypted: number): number {
  const needed = Math.ceil(sizeEncrypted / maxBlocks);
  return Math.max(smallestBlock, Math.ceil(needed / mebibyte) * mebibyte);
}

export function blockCount(sizeEncrypted: number, blockSize: number): number {
  return Math.ceil(sizeEncrypted / blockSize);
}

/** Bytes of block `index` as it is stored. */
export function blockBytes(index: number, sizeEncrypted: number, blockSize: number): number {
  return Math.min(blockSize, sizeEncrypted - index * blockSize);
}

/** Ids of one blob have to be equally long before and after base64. */
export function blockId(index: number): string {
  return Buffer.from(String(index).padStart(8, '0'), 'ascii').toString('base64');
}
