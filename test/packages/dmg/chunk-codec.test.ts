import { crc32, deflateSync } from 'node:zlib';
import { type ChunkKind, unpackChunk } from '../../../src/packages/dmg/chunk-codec.ts';
import { DiskError } from '../../../src/packages/dmg/disk-reader.ts';
import { packLzfse } from '../fixtures/lzfse-file.ts';

const text = 'a block of the disk. '.repeat(20);

/** One literal of 21 bytes, repeated by one long and several short pieces. */
const adc = Buffer.concat([
  Buffer.from([0x80 | 20]),
  Buffer.from(text.slice(0, 21)),
  ...Array.from({ length: 5 }, () => Buffer.from([0x40 | 0x3f, 0, 20])),
  ...Array.from({ length: 4 }, () => Buffer.from([0x0f << 2, 20])),
]);

const packed: readonly (readonly [ChunkKind, Buffer])[] = [
  ['zlib', deflateSync(text)],
  [
    'bzip2',
    Buffer.from(
      'QlpoOTFBWSZTWTLFvT0AAEWRgEABP2yMACAAcFMAABSpEaYaamCbE4J2TkmCfRMkwTsmxNE8J4TRMk0TkmiYJ/F3JFOFCQMsW9PQ',
      'base64',
    ),
  ],
  [
    'lzma',
    Buffer.from(
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AGjAB5dADCICEcEHE6JbK6EgzkYX9jIeQtjtvYb7VlPaOaAAAAAAH8wZ+rxPQmKAAE6pAMAAACuZqbxscRn+wIAAAAABFla',
      'base64',
    ),
  ],
  ['adc', adc],
  ['lzfse', packLzfse(Buffer.from(text))],
];

describe('a block of a disk image', () => {
  it.each(packed)('is unpacked from %s', async (kind, bytes) => {
    const block = await unpackChunk(kind, bytes, text.length);

    expect(block.toString()).toBe(text);
  });

  it.each(packed)('in %s that is longer than it says is refused, or cut where nobody can tell', async (kind, bytes) => {
    const outcome = await unpackChunk(kind, bytes, 100).catch((error: unknown) => error);

    if (kind === 'adc') expect(outcome).toHaveLength(100);
    else expect(outcome).toBeInstanceOf(DiskError);
  });

  it.each(packed)('in %s that is shorter than it says is refused', async (kind, bytes) => {
    await expect(unpackChunk(kind, bytes, 1000)).rejects.toThrow(DiskError);
  });

  it.each(packed)('in %s that is cut off is refused', async (kind, bytes) => {
    await expect(unpackChunk(kind, bytes.subarray(0, 20), text.length)).rejects.toThrow(DiskError);
  });

  it('is unpacked with little memory where the packer was set to use much', async () => {
    const generous = Buffer.from(packed[2]?.[1] ?? '');
    // A dictionary of 4 GiB, and the header's checksum with it.
    generous[16] = 40;
    generous.writeUInt32LE(crc32(generous.subarray(12, 20)), 20);

    const block = await unpackChunk('lzma', generous, text.length);

    expect(block.toString()).toBe(text);
  });

  it('is refused where the header of xz data is damaged', async () => {
    const damaged = Buffer.from(packed[2]?.[1] ?? '');
    damaged[16] = 40;

    await expect(unpackChunk('lzma', damaged, text.length)).rejects.toThrow(DiskError);
  });

  it('is named where its compression is not known', async () => {
    await expect(unpackChunk('unknown', Buffer.alloc(10), 10)).rejects.toThrow(/cannot read/);
  });
});
