import {
  blockBytes,
  blockCount,
  blockId,
  blockSizeFor,
  encryptedSize,
  maxBlocks,
} from '../../../src/graph/content/content-layout.ts';

const MiB = 1024 ** 2;

describe('the layout of an encrypted file', () => {
  it.each([
    [0, 64],
    [15, 64],
    [16, 80],
    [17, 80],
    [1_753, 1_808],
    [363_051, 363_104],
    [30 * 1024 ** 3, 30 * 1024 ** 3 + 64],
  ])('makes %d plain bytes %d encrypted bytes', (size, expected) => {
    expect(encryptedSize(size)).toBe(expected);
  });

  it.each([
    [64, 4 * MiB],
    [30 * 1024 ** 3, 4 * MiB],
    [maxBlocks * 4 * MiB, 4 * MiB],
    [maxBlocks * 4 * MiB + 1, 5 * MiB],
  ])('cuts %d bytes into blocks of %d', (size, expected) => {
    expect(blockSizeFor(size)).toBe(expected);
    expect(blockCount(size, expected)).toBeLessThanOrEqual(maxBlocks);
  });

  it('leaves the last block what the others have not', () => {
    expect([0, 1, 2].map((index) => blockBytes(index, 2 * 64 + 16, 64))).toEqual([64, 64, 16]);
  });

  it('numbers blocks in ids of one length', () => {
    const ids = [0, 9, 10, 49_999].map(blockId);
    expect(new Set(ids.map((id) => id.length)).size).toBe(1);
    expect(new Set(ids).size).toBe(4);
    expect(Buffer.from(ids[3]!, 'base64').toString('ascii')).toBe('00049999');
  });
});
