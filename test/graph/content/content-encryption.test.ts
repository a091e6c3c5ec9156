import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { BlockBuffers } from '../../../src/graph/content/block-buffers.ts';
import { type ContentCipher, inlineCipher, threadCipher } from '../../../src/graph/content/content-cipher.ts';
import { type ContentSeal, encryptBlocks, SourceLengthError } from '../../../src/graph/content/content-encryption.ts';
import { type ContentKeys, newContentKeys } from '../../../src/graph/content/content-keys.ts';
import { encryptedSize } from '../../../src/graph/content/content-layout.ts';
import { RunningMac } from '../../../src/graph/content/running-mac.ts';
import type { ByteSource } from '../../../src/packages/byte-source.ts';
import { openContent, patternBytes } from '../../fakes/content.ts';

const keys: ContentKeys = newContentKeys();

function chunked(bytes: Buffer, chunk: number, size = bytes.length): ByteSource {
  return {
    size,
    read: () => Promise.reject(new Error('not used')),
    stream: () => {
      const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
        bytes.subarray(i * chunk, (i + 1) * chunk),
      );
      return Readable.from(parts, { objectMode: false });
    },
    close: async () => undefined,
  };
}

interface Encrypted {
  file: Buffer;
  digests: string[];
  lengths: number[];
  seal: ContentSeal;
}

async function encrypt(
  source: ByteSource,
  blockSize: number,
  cipher: ContentCipher = inlineCipher(keys),
): Promise<Encrypted> {
  const buffers = new BlockBuffers(3, blockSize);
  const blocks = encryptBlocks({ source, keys, cipher, blockSize, buffers, signal: new AbortController().signal });
  const parts: Buffer[] = [];
  const digests: string[] = [];
  try {
    for (;;) {
      const next = await blocks.next();
      if (next.done) {
        next.value.mac.copy(parts[0]!, 0);
        return { file: Buffer.concat(parts), digests, lengths: parts.map((part) => part.length), seal: next.value };
      }
      parts.push(Buffer.from(next.value.bytes));
      digests.push(next.value.digest);
      buffers.give(next.value.buffer);
    }
  } finally {
    await cipher.close();
  }
}

describe('encryption in one pass', () => {
  it.each([0, 1, 15, 16, 17, 63, 64, 65, 79, 80, 81, 128 - 48 - 1, 128 - 48, 128 - 48 + 1, 1_000, 4_096])(
    'can be undone for %d bytes in blocks of 64',
    async (size) => {
      const plain = patternBytes(size);
      const { file, seal, lengths } = await encrypt(chunked(plain, 37), 64);
      const opened = openContent(file, keys);
      expect(opened.plain.equals(plain)).toBe(true);
      expect(file.length).toBe(encryptedSize(size));
      expect(lengths.slice(0, -1).every((length) => length === 64)).toBe(true);
      expect(opened.mac).toBe(opened.expectedMac);
      expect(seal.mac.toString('base64')).toBe(opened.expectedMac);
      expect(opened.initializationVector).toBe(keys.initializationVector.toString('base64'));
      expect(seal.fileDigest.equals(createHash('sha256').update(plain).digest())).toBe(true);
    },
  );

  it.each([1, 16, 1_000, 100_000])('does not depend on chunks of %d bytes', async (chunk) => {
    const plain = patternBytes(5_000);
    const whole = await encrypt(chunked(plain, 5_000), 1_024);
    const parts = await encrypt(chunked(plain, chunk), 1_024);
    expect(parts.file.equals(whole.file)).toBe(true);
    expect(parts.digests).toEqual(whole.digests);
  });

  it('gives the same on a thread of its own', async () => {
    const plain = patternBytes(3_000_000);
    const inline = await encrypt(chunked(plain, 65_536), 1_048_576);
    const threaded = await encrypt(chunked(plain, 65_536), 1_048_576, threadCipher(keys));
    expect(threaded.file.equals(inline.file)).toBe(true);
    expect(threaded.digests).toEqual(inline.digests);
  });

  it('lets a digest stand for every byte before it', async () => {
    const plain = patternBytes(1_000);
    const changed = Buffer.from(plain);
    changed[130] = (changed[130]! + 1) & 0xff;
    const before = await encrypt(chunked(plain, 100), 64);
    const after = await encrypt(chunked(changed, 100), 64);
    const firstDifference = before.digests.findIndex((digest, index) => digest !== after.digests[index]);
    expect(firstDifference).toBe(Math.floor((130 + 48) / 64));
    expect(before.digests.at(-1)).not.toBe(after.digests.at(-1));
  });

  it.each([
    ['too few', 999],
    ['too many', 1_001],
  ])('refuses a source with %s bytes', async (_, promised) => {
    const source = chunked(patternBytes(1_000), 100, promised);
    await expect(encrypt(source, 64)).rejects.toBeInstanceOf(SourceLengthError);
  });

  it('passes on the failure of a source', async () => {
    const source: ByteSource = {
      ...chunked(patternBytes(1_000), 100),
      stream: () =>
        Readable.from(
          (async function* () {
            yield patternBytes(100);
            throw new Error('The disk is gone');
          })(),
          { objectMode: false },
        ),
    };
    await expect(encrypt(source, 64)).rejects.toThrow('The disk is gone');
  });
});

describe('the running MAC', () => {
  it('is the HMAC of what has come so far', () => {
    const key = Buffer.alloc(32, 7);
    const mac = new RunningMac(key);
    mac.update(Buffer.from('first'));
    const early = mac.soFar();
    mac.update(Buffer.from(' and second'));
    expect(early).toBe(createHmac('sha256', key).update('first').digest('base64'));
    expect(mac.soFar()).toBe(createHmac('sha256', key).update('first and second').digest('base64'));
  });
});
