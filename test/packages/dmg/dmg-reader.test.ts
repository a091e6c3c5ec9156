import type { DmgFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import {
  buildDmg,
  buildUdif,
  chunkTypes,
  infoPlist,
  notesApp,
  type UdifOptions,
  withAppleMap,
  withGpt,
  withHfsWrapper,
} from '../fixtures/dmg-file.ts';
import { buildHfsVolume, catalogPlace, type HfsEntry } from '../fixtures/hfs-volume.ts';
import { packLzfse } from '../fixtures/lzfse-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'app.dmg') as Promise<DmgFacts>;
const image = (entries: readonly HfsEntry[] = [notesApp], options: UdifOptions = {}) =>
  read(buildDmg(entries, options));

const notes = { bundleId: 'com.example.notes', bundleVersion: '4.2', name: 'Notes' };

describe('facts of a disk image', () => {
  it('are those of the app in it', async () => {
    const facts = await image();

    expect(facts).toMatchObject({
      format: 'dmg',
      graphType: 'macOSDmgApp',
      displayName: 'Notes',
      identifier: 'com.example.notes',
      version: '4.2',
      warnings: [],
    });
    expect(facts.details).toEqual({ apps: [notes], compression: 'zlib', encrypted: false });
  });

  it('find the app among many files', async () => {
    const files = Array.from({ length: 60 }, (_, index) => ({ path: `Many/File ${index}.txt`, content: 'x' }));
    const inside = Array.from({ length: 20 }, (_, index) => ({ path: `Notes.app/Contents/${index}`, content: 'x' }));

    const facts = await image([...files, ...inside, notesApp, { path: 'Zebra.txt', content: 'z' }]);

    expect(facts.details.apps).toEqual([notes]);
  });

  it('name all apps at the top, and say so', async () => {
    const other = infoPlist({ CFBundleIdentifier: 'com.example.other', CFBundleDisplayName: 'Other One' });

    const facts = await image([notesApp, { path: 'Other.app/Contents/Info.plist', content: other }]);

    expect(facts.details.apps).toEqual([
      notes,
      { bundleId: 'com.example.other', bundleVersion: '4.2', name: 'Other One' },
    ]);
    expect(facts.warnings).toContainEqual(expect.stringContaining('several apps'));
  });

  it('take the build number where there is no version', async () => {
    const plist = infoPlist({ CFBundleShortVersionString: '' });

    const facts = await image([{ path: 'Notes.app/Contents/Info.plist', content: plist }]);

    expect(facts.version).toBe('420');
  });

  it('are put together from scattered pieces, also beyond the first eight', async () => {
    const long = infoPlist({ NSHumanReadableCopyright: 'x'.repeat(12_000) });

    const facts = await image([{ path: 'Notes.app/Contents/Info.plist', content: long, isScattered: true }]);

    expect(facts.details.apps).toEqual([notes]);
  });

  it('look into folders only where the top has no app', async () => {
    const inFolder = { ...notesApp, path: `Folder/${notesApp.path}` };
    const other = { path: 'Other.app/Contents/Info.plist', content: infoPlist({ CFBundleIdentifier: 'com.other' }) };

    const alone = await image([inFolder]);
    const beside = await image([inFolder, other]);

    expect(alone.details.apps).toEqual([notes]);
    expect(alone.warnings).toContainEqual(expect.stringContaining('folder'));
    expect(beside.details.apps.map(({ bundleId }) => bundleId)).toEqual(['com.other']);
  });

  it.each([
    ['stored blocks', { typeOf: () => chunkTypes.raw }, 'none'],
    [
      'stored and compressed blocks',
      { typeOf: (chunk: number) => (chunk % 2 === 0 ? chunkTypes.raw : chunkTypes.zlib) },
      'zlib',
    ],
    ['small blocks', { chunk: 1 }, 'zlib'],
    ['one large block', { chunk: 4096 }, 'zlib'],
    ['LZFSE blocks', { typeOf: () => chunkTypes.lzfse, pack: (plain: Buffer) => packLzfse(plain) }, 'lzfse'],
    ['the trailer in front', { trailerFirst: true }, 'zlib'],
  ])('are read from an image with %s', async (_, options, compression) => {
    const facts = await image([notesApp], options);

    expect(facts.details).toEqual({ apps: [notes], compression, encrypted: false });
  });

  it.each([
    ['a GUID partition table', withGpt],
    ['an Apple partition map', withAppleMap],
    ['a volume around it for old Macs', withHfsWrapper],
    ['both', (volume: Buffer) => withAppleMap(withHfsWrapper(volume))],
  ])('are read from a disk with %s, packed or not', async (_, partition) => {
    const disk = partition(buildHfsVolume([notesApp]));

    const packed = await read(buildUdif(disk));
    const plain = await read(disk);

    expect(packed.details.apps).toEqual([notes]);
    expect(plain.details).toEqual({ apps: [notes], compression: 'none', encrypted: false });
  });
});

describe('a disk image whose apps stay unknown', () => {
  const apfs = Buffer.alloc(64 * 512);
  apfs.write('NXSB', 32, 'latin1');
  const info = (change: Partial<HfsEntry>) => buildDmg([{ ...notesApp, ...change }]);

  it.each([
    ['holds an APFS volume', buildUdif(apfs), /APFS/],
    ['is compressed in a way of the future', buildDmg([notesApp], { typeOf: () => 0x8000_0009 }), /cannot read/],
    ['is one of several segments', buildDmg([notesApp], { trailer: [[56, (1n << 32n) | 3n]] }), /segments/],
    ['keeps its blocks in the old way', buildDmg([notesApp], { trailer: [[224, 0n]] }), /old kind/],
    ['has no file system', buildUdif(Buffer.alloc(64 * 512)), /no file system/],
    ['has no app', buildDmg([{ path: 'Read me.txt', content: 'x' }]), /no app at its top/],
    ['holds an installer package', buildDmg([{ path: 'Setup.pkg', content: 'x' }]), /publish the PKG itself/],
    ['has a compressed Info.plist', info({ isCompressed: true }), /compressed by the file system/],
    ['has a link for an Info.plist', info({ fileType: 'slnk' }), /a link/],
    [
      'has an app without Info.plist',
      buildDmg([{ path: 'Notes.app/Contents/PkgInfo', content: 'x' }]),
      /no Info.plist/,
    ],
    ['has an app without bundle id', info({ content: infoPlist({ CFBundleIdentifier: '' }) }), /no bundle id/],
  ])('%s and says so', async (_, bytes, expected) => {
    const facts = await read(bytes);

    expect(facts).toMatchObject({ identifier: null, version: null, details: { apps: [] } });
    expect(facts.warnings).toContainEqual(expect.stringMatching(expected));
  });
});

describe('a disk image that is refused', () => {
  const volume = buildHfsVolume([
    notesApp,
    ...Array.from({ length: 30 }, (_, index) => ({ path: `${index}`, content: '' })),
  ]);
  const catalog = (change: (catalog: Buffer) => void) => {
    const changed = Buffer.from(volume);
    change(changed.subarray(catalogPlace.offset));
    return buildUdif(changed);
  };
  const { nodeSize } = catalogPlace;
  const lastNode = (bytes: Buffer) => bytes.readUInt32BE(16);
  const leadRootToItself = (bytes: Buffer) => {
    const root = bytes.readUInt32BE(16);
    const firstRecord = root * nodeSize + 14;
    bytes.writeUInt32BE(root, firstRecord + 2 + bytes.readUInt16BE(firstRecord));
  };
  const row = (at: number, value: bigint) => ({
    table: (table: Buffer) => void table.writeBigUInt64BE(value, 204 + at),
  });

  it.each([
    ['has its list of blocks nowhere', buildDmg([notesApp], { trailer: [[216, 1n << 60n]] })],
    ['has a list of blocks beyond measure', buildDmg([notesApp], { trailer: [[224, 1n << 60n]] })],
    ['has no list of blocks in its property list', buildDmg([notesApp], { plist: '<plist><dict/></plist>' })],
    ['has a property list that is none', buildDmg([notesApp], { plist: 'hello' })],
    ['has more blocks than fit', buildDmg([notesApp], { table: (table) => void table.writeUInt32BE(0xffffffff, 200) })],
    ['has a block outside of the file', buildDmg([notesApp], row(24, 1n << 50n))],
    ['has a block at an impossible place', buildDmg([notesApp], row(8, 1n << 62n))],
    ['has a block that is too large', buildDmg([notesApp], row(16, 1n << 30n))],
    ['has a block that is damaged', buildDmg([notesApp], row(24, 3n))],
    ['has an LZFSE block that is damaged', buildDmg([notesApp], { typeOf: () => chunkTypes.lzfse })],
    ['has nodes of an impossible size', catalog((bytes) => bytes.writeUInt16BE(513, 32))],
    ['has an index that leads to itself', catalog(leadRootToItself)],
    ['has a root outside of the catalog', catalog((bytes) => bytes.writeUInt32BE(0x7fffffff, 16))],
    ['has records outside of their node', catalog((bytes) => bytes.writeUInt16BE(0xfff0, nodeSize * 2 - 2))],
    ['has more records than fit', catalog((bytes) => bytes.writeUInt16BE(0xffff, nodeSize + 10))],
    ['has an Info.plist that is no property list', buildDmg([{ ...notesApp, content: 'hello' }])],
    ['has a volume outside of the volume around it', withHfsWrapper(Buffer.alloc(600)).subarray(0, 9_000)],
    ['has a bomb for an Info.plist', buildDmg([{ ...notesApp, content: Buffer.alloc(5 * 1024 ** 2) }])],
  ])('%s', async (_, bytes) => {
    const problem = await problemOf(read(bytes));

    expect(problem.code).toBe('packageMalformed');
  });

  it('has leaves that go in circles', async () => {
    const bytes = catalog((tree) => {
      for (let node = 1; node < lastNode(tree); node += 1) {
        tree.writeUInt32BE(1, node * nodeSize);
        // No records: the search goes on to the next leaf, and round again.
        tree.writeUInt16BE(0, node * nodeSize + 10);
        tree.writeUInt16BE(14, (node + 1) * nodeSize - 2);
      }
    });

    const problem = await problemOf(read(bytes));

    expect(problem.detail).toContain('circles');
  });

  it.each([
    ['version 2', Buffer.concat([Buffer.from('encrcdsa'), Buffer.alloc(2000)])],
    ['version 1', Buffer.concat([Buffer.alloc(2000), Buffer.from('cdsaencr')])],
  ])('is encrypted (%s)', async (_, bytes) => {
    const problem = await problemOf(read(bytes));

    expect(problem.code).toBe('diskImageEncrypted');
  });
});
