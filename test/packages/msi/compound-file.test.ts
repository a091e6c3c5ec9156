import { CompoundFile } from '../../../src/packages/msi/compound-file.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildCompoundFile, type CompoundOptions } from '../fixtures/compound-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const open = (bytes: Buffer) => CompoundFile.open(memorySource(bytes));
const pattern = (size: number) => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 7919 + (at >> 8)) % 251;
  return bytes;
};
const mebibyte = 1024 ** 2;

const layouts: [string, CompoundOptions][] = [
  ['sectors of 512 bytes', { sectorSize: 512 }],
  ['sectors of 4096 bytes', { sectorSize: 4096 }],
  ['sectors of 512 bytes in reverse', { sectorSize: 512, backwards: true }],
  ['sectors of 4096 bytes in reverse', { sectorSize: 4096, backwards: true }],
];

describe('compound file', () => {
  it.each(layouts)('reads streams from %s', async (_, options) => {
    const sizes = [0, 1, 64, 65, 4095, 4096, 4097, 70_000];
    const file = await open(
      buildCompoundFile(
        sizes.map((size) => [`stream ${size}`, pattern(size)]),
        options,
      ),
    );

    for (const size of sizes) {
      const read = await file.readStream(`stream ${size}`, mebibyte);
      expect(read?.equals(pattern(size))).toBe(true);
    }
    await expect(file.readStream('another', mebibyte)).resolves.toBeNull();
  });

  it.each(layouts)('reads parts of a stream from %s', async (_, options) => {
    const file = await open(buildCompoundFile([['large', pattern(70_000)]], options));
    const stream = await file.openStream('large', mebibyte);

    for (const [offset, length] of [
      [0, 1],
      [511, 2],
      [4095, 5000],
      [69_999, 1],
    ] as const) {
      const read = await stream?.read(offset, length);
      expect(read?.equals(pattern(70_000).subarray(offset, offset + length))).toBe(true);
    }
  });

  it('reads a stream whose sector table is listed beyond the header', async () => {
    const large = pattern(17_000_000);
    const bytes = buildCompoundFile([['large', large]]);
    expect(bytes.readUInt32LE(72)).toBeGreaterThan(1);
    const file = await open(bytes);

    const read = await file.readStream('large', 32 * mebibyte);

    expect(read?.equals(large)).toBe(true);
  });

  it('reads little of a large file', async () => {
    const source = memorySource(
      buildCompoundFile([
        ['large', Buffer.alloc(17_000_000)],
        ['small', pattern(5000)],
      ]),
    );
    const file = await CompoundFile.open(source);

    await file.readStream('small', mebibyte);

    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(mebibyte);
  });

  it('reads a file whose last sector was cut where nothing stands', async () => {
    const whole = buildCompoundFile([['large', pattern(5000)]], { sectorSize: 4096 });
    const file = await open(whole.subarray(0, whole.length - 2000));

    const read = await file.readStream('large', mebibyte);

    expect(read?.equals(pattern(5000))).toBe(true);
  });

  it('tells the class id of its root', async () => {
    const file = await open(buildCompoundFile([], { classId: '86100c0000000000c000000000000046' }));

    expect(file.classId).toBe('000c1086-0000-0000-c000-000000000046');
  });

  it('refuses a stream beyond the given limit without reading it', async () => {
    const source = memorySource(buildCompoundFile([['large', pattern(70_000)]]));
    const file = await CompoundFile.open(source);
    const before = source.reads.length;

    const found = await problemOf(file.readStream('large', 69_999));

    expect(found.code).toBe('packageBeyondLimits');
    expect(source.reads).toHaveLength(before);
  });
});

describe('a damaged compound file', () => {
  const sound = () =>
    buildCompoundFile([
      ['first', pattern(5000)],
      ['second', pattern(100)],
    ]);
  const directoryAt = (bytes: Buffer) => (bytes.readUInt32LE(48) + 1) * 512;
  const tableAt = (bytes: Buffer) => (bytes.readUInt32LE(76) + 1) * 512;
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = sound();
    change(bytes);
    return bytes;
  };

  it.each<[string, Buffer, string, RegExp]>([
    ['a header only', sound().subarray(0, 512), 'packageTruncated', /cut off/],
    ['half a header', sound().subarray(0, 100), 'packageTruncated', /cut off/],
    ['half the file', sound().subarray(0, 3000), 'packageTruncated', /cut off/],
    ['sectors of one byte', changed((bytes) => bytes.writeUInt16LE(0, 30)), 'packageMalformed', /sector size \(2\^0/],
    ['sectors of 2 GiB', changed((bytes) => bytes.writeUInt16LE(31, 30)), 'packageMalformed', /sector size \(2\^31/],
    ['another byte order', changed((bytes) => bytes.writeUInt16LE(0xfeff, 28)), 'packageMalformed', /header/],
    [
      'a directory that is its own sibling',
      changed((bytes) => bytes.writeUInt32LE(1, directoryAt(bytes) + 128 + 72)),
      'packageMalformed',
      /directory leads in circles/,
    ],
    [
      'a directory that leads back to its root',
      changed((bytes) => bytes.writeUInt32LE(0, directoryAt(bytes) + 128 + 68)),
      'packageMalformed',
      /directory leads in circles/,
    ],
    [
      'a directory that points outside',
      changed((bytes) => bytes.writeUInt32LE(5000, directoryAt(bytes) + 76)),
      'packageMalformed',
      /entries that it does not have/,
    ],
    [
      'a directory without root',
      changed((bytes) => bytes.writeUInt8(1, directoryAt(bytes) + 66)),
      'packageMalformed',
      /no root/,
    ],
    [
      'directory sectors in a circle',
      changed((bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(48), tableAt(bytes) + bytes.readUInt32LE(48) * 4)),
      'packageMalformed',
      /directory leads in circles/,
    ],
    [
      'a sector table without sectors',
      changed((bytes) => bytes.fill(0xff, 76, 512)),
      'packageMalformed',
      /sector table does not cover/,
    ],
  ])('is explained when it has %s', async (_, bytes, code, message) => {
    const found = await problemOf(open(bytes));

    expect(found.code).toBe(code);
    expect(`${found.remedy} ${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it.each<[string, (bytes: Buffer) => void, string, RegExp]>([
    [
      'leads in circles',
      (bytes) => {
        const first = bytes.readUInt32LE(directoryAt(bytes) + 128 + 116);
        bytes.writeUInt32LE(first, tableAt(bytes) + (first + 1) * 4);
      },
      'packageMalformed',
      /leads in circles/,
    ],
    [
      'ends too early',
      (bytes) => {
        const first = bytes.readUInt32LE(directoryAt(bytes) + 128 + 116);
        bytes.writeUInt32LE(0xfffffffe, tableAt(bytes) + first * 4);
      },
      'packageMalformed',
      /shorter than its size/,
    ],
    [
      'leads to free sectors',
      (bytes) => {
        const first = bytes.readUInt32LE(directoryAt(bytes) + 128 + 116);
        bytes.writeUInt32LE(0xffffffff, tableAt(bytes) + first * 4);
      },
      'packageMalformed',
      /broken off/,
    ],
    [
      'claims to be larger than the file',
      (bytes) => bytes.writeUInt32LE(900_000, directoryAt(bytes) + 128 + 120),
      'packageTruncated',
      /cut off/,
    ],
    [
      'starts where the file has no sectors',
      (bytes) => bytes.writeUInt32LE(0x7ffffff0, directoryAt(bytes) + 128 + 116),
      'packageMalformed',
      /sector/,
    ],
  ])('is explained when a stream %s', async (_, change, code, message) => {
    const file = await open(changed(change));

    const found = await problemOf(file.readStream('first', mebibyte));

    expect(found.code).toBe(code);
    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it('ends a circle in the table of short streams at the size of the stream', async () => {
    const bytes = sound();
    bytes.writeUInt32LE(0, (bytes.readUInt32LE(60) + 1) * 512);
    const file = await open(bytes);

    const read = await file.readStream('second', mebibyte);

    expect(read).toHaveLength(100);
  });

  it('is explained when a circle lists its sector tables', async () => {
    const bytes = buildCompoundFile([['large', Buffer.alloc(17_000_000)]]);
    const first = bytes.readUInt32LE(68);
    bytes.writeUInt32LE(first, (first + 2) * 512 - 4);
    bytes.writeUInt32LE(0xffff, 44);

    const found = await problemOf(open(bytes));

    expect(found.detail).toMatch(/list of sector tables leads in circles/);
  });
});
