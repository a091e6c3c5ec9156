import type { ExeFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildExe, type ExeOptions } from '../fixtures/exe-file.ts';
import { png } from '../fixtures/picture.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'setup.exe') as Promise<ExeFacts>;
const factsOf = (options: ExeOptions) => read(buildExe(options));
const usual = {
  ProductName: 'Field Notes',
  ProductVersion: '1.2.3-beta',
  CompanyName: 'Köln Apps GmbH',
  FileDescription: 'Field Notes Setup',
};
const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(5000)]);
const ascii = (text: string) => Buffer.from(text, 'latin1');
const wide = (text: string) => Buffer.from(text, 'utf16le');

describe('facts of an EXE', () => {
  it.each([
    ['32 bits', false],
    ['64 bits', true],
  ])('are those of its version resource, with %s', async (_, is64Bit) => {
    const bytes = buildExe({ is64Bit, versions: { '040904b0': usual }, fixed: [9, 9, 9, 9] });

    const facts = await read(bytes);

    expect(facts).toMatchObject({
      format: 'exe',
      graphType: 'win32LobApp',
      displayName: 'Field Notes',
      identifier: null,
      version: '1.2.3-beta',
      publisher: 'Köln Apps GmbH',
      size: bytes.length,
      icon: null,
    });
    expect(facts.details).toEqual({
      productName: 'Field Notes',
      productVersion: '1.2.3-beta',
      companyName: 'Köln Apps GmbH',
      fileDescription: 'Field Notes Setup',
      installerKind: null,
    });
  });

  it('are in the language that the program names first', async () => {
    const versions = { '040904b0': usual, '040704b0': { ...usual, ProductName: 'Feldnotizen' } };

    const first = await factsOf({ versions });
    const named = await factsOf({ versions, translation: '040704b0' });

    expect(first.details.productName).toBe('Field Notes');
    expect(named.details.productName).toBe('Feldnotizen');
  });

  it('are filled up from other languages where a text is empty', async () => {
    const facts = await factsOf({ versions: { '040904b0': { ProductName: ' ' }, '040704b0': usual } });

    expect(facts.details).toMatchObject({ productName: 'Field Notes', companyName: 'Köln Apps GmbH' });
  });

  it.each<[string, ExeOptions, string | null]>([
    ['the file version', { versions: { '040904b0': { FileVersion: '4.5' } }, fixed: [1, 2, 3, 4] }, '4.5'],
    ['the fixed version', { fixed: [1, 2, 3, 4] }, '1.2.3.4'],
    ['nothing', { fixed: [0, 0, 0, 0] }, null],
  ])('name as version, without a product version, %s', async (_, options, version) => {
    const facts = await factsOf(options);

    expect(facts.version).toBe(version);
    expect(facts.details.productVersion).toBeNull();
  });

  it.each<[string, ExeOptions]>([
    ['resources', { withoutResources: true }],
    ['a version resource', { manifest: '<assembly/>' }],
  ])('are empty without %s', async (_, options) => {
    const facts = await factsOf(options);

    expect(facts).toMatchObject({ displayName: null, version: null, publisher: null });
  });

  it('come with the largest PNG of its icon', async () => {
    const bitmap = Buffer.alloc(3000, 40);

    const facts = await factsOf({ icons: [bitmap, png(48), png(256), png(64)] });

    expect(facts.icon).toEqual({ mimeType: 'image/png', width: 256, height: 256, bytes: png(256) });
  });

  it.each([
    ['a bitmap only', [Buffer.alloc(3000, 40)]],
    ['larger than Intune takes', [png(256, 5_000_000)]],
  ])('come without an icon when it is %s', async (_, icons) => {
    const facts = await factsOf({ icons });

    expect(facts.icon).toBeNull();
  });

  it('take few bytes of a large installer', async () => {
    const overlay = Buffer.alloc(20_000_000, 'x');
    const source = memorySource(buildExe({ versions: { '040904b0': usual }, overlay }));

    await readPackage(source, 'setup.exe');

    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2_000_000);
  });
});

describe('the family of an installer', () => {
  it.each<[string, string, ExeOptions]>([
    ['inno', 'its manifest', { manifest: '<assemblyIdentity name="JR.Inno.Setup"/>' }],
    ['inno', 'its comment', { versions: { '000004b0': { Comments: 'This installation was built with Inno Setup.' } } }],
    ['inno', 'its table of data', { rawData: { 11111: ascii('rDlPtS') } }],
    ['inno', 'its data', { overlay: ascii('zlb…Inno Setup Setup Data (6.2.0)') }],
    ['nsis', 'its manifest', { manifest: '<assemblyIdentity name="Nullsoft.NSIS.exehead"/>' }],
    ['nsis', 'its section', { emptySections: ['.ndata'] }],
    ['nsis', 'its data', { overlay: Buffer.concat([Buffer.from('00000000efbeadde', 'hex'), ascii('NullsoftInst')]) }],
    ['wix-burn', 'its section', { emptySections: ['.wixburn'] }],
    [
      'installshield',
      'its version resource',
      { versions: { '040904b0': { ISInternalDescription: 'Setup Launcher' } } },
    ],
    ['installshield', 'its data', { overlay: ascii('InstallShield\0') }],
    ['advanced-installer', 'its last bytes', { overlay: Buffer.concat([Buffer.alloc(900_000), ascii('ADVINSTSFX')]) }],
    [
      'advanced-installer',
      'its last bytes before a signature',
      { overlay: Buffer.concat([Buffer.alloc(900_000), ascii('ADVINSTSFX')]), signature: Buffer.alloc(100_000) },
    ],
    [
      'advanced-installer',
      'its last bytes, and not the MSI in it',
      { overlay: Buffer.concat([compound, ascii('ADVINSTSFX')]) },
    ],
    ['squirrel', 'a text', { data: wide('%s\\SquirrelTemp') }],
    ['squirrel', 'a text across two reads', { data: Buffer.concat([Buffer.alloc(262_130), wide('SquirrelTemp')]) }],
    ['wise', 'a text', { data: ascii('Initializing Wise Installation Wizard...') }],
    ['setup-factory', 'its version resource', { versions: { '040904b0': { InternalName: 'suf_launch' } } }],
    ['iexpress', 'its version resource', { versions: { '040904b0': { InternalName: 'Wextract' } } }],
    ['qt-installer', 'its last bytes', { overlay: Buffer.from('00f868d6991c0a63c2', 'hex') }],
    ['7zip-sfx', 'its configuration', { overlay: ascii(';!@Install@!UTF-8!') }],
    ['7zip-sfx', 'its archive', { overlay: Buffer.from('377abcaf271c0004', 'hex') }],
    ['winrar-sfx', 'its archive', { overlay: Buffer.from('526172211a0701', 'hex') }],
    ['msi-wrapper', 'an MSI behind it', { overlay: compound }],
    ['msi-wrapper', 'an MSI among its resources', { rawData: { 7: compound } }],
  ])('is %s by %s', async (kind, _, options) => {
    const facts = await factsOf(options);

    expect(facts.details.installerKind).toBe(kind);
  });

  it.each<[string, ExeOptions]>([
    ['that mentions one in its data', { data: ascii('Inno Setup, Nullsoft, InstallShield') }],
    ['that knows how an MSI starts', { data: compound }],
    ['with a zip archive behind it', { overlay: ascii('PK\x03\x04') }],
  ])('stays open for a program %s', async (_, options) => {
    const facts = await factsOf(options);

    expect(facts.details.installerKind).toBeNull();
  });

  it.each<[ExeOptions, RegExp]>([
    [{ emptySections: ['.ndata'] }, /made with NSIS.*silently with \/S/],
    [{ emptySections: ['.wixburn'] }, /made with WiX Burn.*\/quiet \/norestart/],
    [{ overlay: Buffer.from('377abcaf271c', 'hex') }, /7-Zip SFX.*its own switches/],
    [{ overlay: compound }, /an MSI inside/],
    [{}, /do not know how this program installs/],
  ])('comes with a proposal how to install silently', async (options, warning) => {
    const facts = await factsOf(options);

    expect(facts.warnings).toEqual([expect.stringMatching(warning)]);
  });
});

describe('an EXE that cannot be published', () => {
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = buildExe({ versions: { '040904b0': usual } });
    change(bytes);
    return bytes;
  };
  // Headers, code and data come first.
  const resourcesAt = 2048;

  it.each<[string, Buffer, string, RegExp]>([
    ['nothing but its first bytes', Buffer.from('MZ'), 'packageTruncated', /ends before/],
    [
      'a DOS header only',
      Buffer.concat([ascii('MZ'), Buffer.alloc(62)]),
      'exeNotProgram',
      /no header of a Windows program/,
    ],
    ['a program of 16 bits', changed((bytes) => bytes.write('NE', 0x80)), 'exeNotProgram', /16 bits/],
    ['a library', buildExe({ isLibrary: true }), 'exeNotProgram', /library/],
    ['headers only', changed(() => {}).subarray(0, 300), 'packageTruncated', /ends before/],
    ['half a program', buildExe({ data: Buffer.alloc(50_000) }).subarray(0, 10_000), 'packageTruncated', /ends before/],
    ['no sections', changed((bytes) => bytes.writeUInt16LE(0, 0x86)), 'packageMalformed', /number of sections/],
    [
      '50,000 sections',
      buildExe({ overlay: Buffer.alloc(9000) }).fill(0xc3, 0x86, 0x88),
      'packageMalformed',
      /number of sections/,
    ],
  ])('is explained: %s', async (_, bytes, code, message) => {
    const found = await problemOf(read(bytes));

    expect(found.code).toBe(code);
    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it('is explained when its resources lead in circles', async () => {
    const bytes = changed((changing) => {
      expect(changing.readUInt32LE(resourcesAt + 16)).toBe(16);
      changing.writeUInt32LE(0x80000000, resourcesAt + 20);
    });

    const found = await problemOf(read(bytes));

    expect(found.detail).toMatch(/resources lead in circles/);
  });
});
