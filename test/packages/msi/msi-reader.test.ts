import type { MsiFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildCompoundFile } from '../fixtures/compound-file.ts';
import { buildIco, buildMsi, type MsiOptions, usualProperties } from '../fixtures/msi-file.ts';
import { png } from '../fixtures/picture.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'app.msi') as Promise<MsiFacts>;
const factsOf = (options?: MsiOptions) => read(buildMsi(options));

describe('facts of an MSI', () => {
  it('are those of its Property table and summary information', async () => {
    const bytes = buildMsi();

    const facts = await read(bytes);

    expect(facts).toEqual({
      format: 'msi',
      graphType: 'windowsMobileMSI',
      displayName: 'Field Notes',
      identifier: usualProperties.ProductCode,
      version: '1.2.3',
      publisher: 'Example Ltd',
      size: bytes.length,
      icon: null,
      warnings: [],
      details: {
        productName: 'Field Notes',
        productCode: usualProperties.ProductCode,
        productVersion: '1.2.3',
        upgradeCode: usualProperties.UpgradeCode,
        manufacturer: 'Example Ltd',
        productLanguage: '1033',
        packageType: 'perMachine',
        platform: 'x64',
      },
    });
  });

  it.each<[string, MsiOptions]>([
    ['sectors of 4096 bytes', { sectorSize: 4096 }],
    ['sectors in reverse', { backwards: true }],
    ['strings named by three bytes', { longReferences: true }],
    ['a string of 100,000 bytes before the others', { otherStrings: ['x'.repeat(100_000)] }],
    ['a string of 64 KiB before the others', { otherStrings: ['x'.repeat(65_536)] }],
    [
      'more strings than two bytes name',
      { longReferences: true, otherStrings: Array.from({ length: 70_000 }, (_, index) => `s${index}`) },
    ],
  ])('are read with %s', async (_, options) => {
    const facts = await factsOf(options);

    expect(facts.details).toMatchObject({
      productName: 'Field Notes',
      productCode: usualProperties.ProductCode,
      manufacturer: 'Example Ltd',
    });
  });

  it.each<[number, string, string]>([
    [1252, 'Büro €', '42fc726f2080'],
    [0, 'Büro', '42fc726f'],
    [65001, 'Büro 会議', '42c3bc726f20e4bc9ae8adb0'],
    [1251, 'Блокнот', 'c1ebeeeaedeef2'],
    [932, '会議', '89ef8b63'],
    [936, '会议', 'bbe1d2e9'],
    [949, '회의', 'c8b8c0c7'],
    [950, '會議', 'b77cc4b3'],
    [28592, 'Łódź', 'a3f364bc'],
  ])('are written in code page %i', async (codePage, name, hex) => {
    const encode = (text: string) => (text === 'NAME' ? Buffer.from(hex, 'hex') : Buffer.from(text, 'latin1'));

    const facts = await factsOf({ codePage, encode, properties: { ProductName: 'NAME' } });

    expect(facts.details.productName).toBe(name);
    expect(facts.warnings).toEqual([]);
  });

  it('tell of a code page that cannot be read', async () => {
    const facts = await factsOf({ codePage: 37 });

    expect(facts.warnings).toContainEqual(expect.stringContaining('code page 37'));
  });

  it.each<[string, string | undefined, string | undefined, number, string, RegExp | null]>([
    ['ALLUSERS=1', '1', undefined, 2, 'perMachine', null],
    ['ALLUSERS=1 without need of elevation', '1', undefined, 10, 'perMachine', /no administrator rights/],
    ['ALLUSERS=1 with MSIINSTALLPERUSER', '1', '1', 2, 'perMachine', null],
    ['ALLUSERS=2', '2', undefined, 2, 'dualPurpose', /prefers all users/],
    ['ALLUSERS=2 with MSIINSTALLPERUSER', '2', '1', 2, 'dualPurpose', /prefers one user/],
    ['no ALLUSERS', undefined, undefined, 2, 'perUser', /names no ALLUSERS/],
    ['no ALLUSERS and no need of elevation', undefined, undefined, 10, 'perUser', null],
  ])('tell for whom it installs: %s', async (_, allUsers, installPerUser, wordCount, expected, warning) => {
    const facts = await factsOf({ wordCount, properties: { ALLUSERS: allUsers, MSIINSTALLPERUSER: installPerUser } });

    expect(facts.details.packageType).toBe(expected);
    expect(facts.warnings).toEqual(warning === null ? [] : [expect.stringMatching(warning)]);
  });

  it.each<[string | null, string | null]>([
    ['Intel;1033', 'Intel'],
    ['x64;1033,1031', 'x64'],
    ['Arm64;0', 'Arm64'],
    [';1033', 'Intel'],
    ['Intel64', 'Intel64'],
    [null, null],
  ])('name the platform of the template %j', async (template, platform) => {
    const facts = await factsOf({ template });

    expect(facts.details.platform).toBe(platform);
  });

  it('name the platform of a template in UTF-16', async () => {
    const facts = await factsOf({ template: 'Arm64;1033', wideTemplate: true });

    expect(facts.details.platform).toBe('Arm64');
  });

  it.each([
    ['UTF-8', 'utf8'],
    ['the letters of Western Europe', 'latin1'],
  ] as const)('are read as %s where the package names no code page', async (_, encoding) => {
    const encode = (text: string) => Buffer.from(text, encoding);

    const facts = await factsOf({ codePage: 0, encode, properties: { ProductName: 'Büro Übersicht' } });

    expect(facts.details.productName).toBe('Büro Übersicht');
  });

  it('are those of a product that was made with merge modules', async () => {
    const facts = await factsOf({ extraStreams: [['!ModuleSignature', Buffer.alloc(6)]] });

    expect(facts.details.productName).toBe('Field Notes');
  });

  it('do without summary information and Media', async () => {
    const facts = await factsOf({ without: ['\u0005SummaryInformation', '!Media', '!_Columns'] });

    expect(facts.details).toMatchObject({ productName: 'Field Notes', platform: null });
  });

  it('come with the largest PNG of the icon shown among installed programs', async () => {
    const ico = buildIco([Buffer.alloc(3000, 40), png(48), png(256), png(64)]);

    const facts = await factsOf({
      properties: { ARPPRODUCTICON: 'App.ico' },
      extraStreams: [['Icon.App.ico', ico]],
    });

    expect(facts.icon).toEqual({ mimeType: 'image/png', width: 256, height: 256, bytes: png(256) });
  });

  it.each<[string, Buffer | null]>([
    ['missing', null],
    ['a bitmap only', buildIco([Buffer.alloc(3000, 40)])],
    ['larger than Intune takes', buildIco([png(256, 5_000_000)])],
    ['cut', buildIco([png(256, 2000)]).subarray(0, 1000)],
    ['a program', Buffer.from('MZ')],
  ])('come without an icon when it is %s', async (_, content) => {
    const facts = await factsOf({
      properties: { ARPPRODUCTICON: 'App.ico' },
      extraStreams: content === null ? [] : [['Icon.App.ico', content]],
    });

    expect(facts.icon).toBeNull();
  });

  it('do not depend on a Media table that is damaged', async () => {
    const facts = await factsOf({ without: ['!Media'], extraStreams: [['!Media', Buffer.alloc(7)]] });

    expect(facts.details.productName).toBe('Field Notes');
    expect(facts.warnings).toEqual([]);
  });

  it('leave open what the package does not say', async () => {
    const facts = await factsOf({
      properties: {
        ProductName: undefined,
        ProductVersion: undefined,
        UpgradeCode: undefined,
        Manufacturer: undefined,
      },
    });

    expect(facts).toMatchObject({ displayName: null, version: null, publisher: null, details: { upgradeCode: null } });
    expect(facts.warnings).toEqual([expect.stringContaining('UpgradeCode')]);
  });

  it.each<[string, MsiOptions, RegExp]>([
    ['a cabinet', { cabinets: ['#inside.cab', 'outside.cab'] }, /needs other files beside it \(outside\.cab\)/],
    ['a cabinet, with wide columns', { cabinets: ['data1.cab'], lastSequenceBytes: 4 }, /beside it \(data1\.cab\)/],
    ['its files', { cabinets: [null], wordCount: 0, withFiles: true }, /keeps its files beside it/],
  ])('warn of %s that would not be delivered', async (_, options, warning) => {
    const facts = await factsOf(options);

    expect(facts.warnings).toEqual([expect.stringMatching(warning)]);
  });
});

describe('an MSI that cannot be published', () => {
  it.each<[string, Buffer, string, RegExp]>([
    ['no tables', buildCompoundFile([['WordDocument', Buffer.alloc(5000)]]), 'msiNotInstaller', /no product/],
    ['no Property table', buildMsi({ without: ['!Property'] }), 'msiNotInstaller', /no Property table/],
    [
      'a merge module with properties',
      buildMsi({ properties: { ProductCode: undefined }, extraStreams: [['!ModuleSignature', Buffer.alloc(6)]] }),
      'msiNotInstaller',
      /merge module/,
    ],
    [
      'a merge module',
      buildMsi({ without: ['!Property'], extraStreams: [['!ModuleSignature', Buffer.alloc(6)]] }),
      'msiNotInstaller',
      /merge module/,
    ],
    ['a patch', buildMsi({ classId: '86100c0000000000c000000000000046' }), 'msiNotInstaller', /patch/],
    ['a transform', buildMsi({ classId: '82100c0000000000c000000000000046' }), 'msiNotInstaller', /transform/],
    ['no ProductCode', buildMsi({ properties: { ProductCode: undefined } }), 'packageMalformed', /ProductCode/],
    ['no real ProductCode', buildMsi({ properties: { ProductCode: '{1}' } }), 'packageMalformed', /ProductCode/],
    [
      'less text than claimed',
      buildMsi({ without: ['!_StringData'], extraStreams: [['!_StringData', Buffer.alloc(9)]] }),
      'packageMalformed',
      /more text than there is/,
    ],
    [
      'an empty string pool',
      buildMsi({ without: ['!_StringPool'], extraStreams: [['!_StringPool', Buffer.alloc(0)]] }),
      'packageMalformed',
      /string pool/,
    ],
    [
      'half a row',
      buildMsi({ without: ['!Property'], extraStreams: [['!Property', Buffer.alloc(7)]] }),
      'packageMalformed',
      /middle of a row/,
    ],
    [
      'too many rows',
      buildMsi({ without: ['!Property'], extraStreams: [['!Property', Buffer.alloc(400_000)]] }),
      'packageBeyondLimits',
      /more rows/,
    ],
  ])('is explained: %s', async (_, bytes, code, message) => {
    const found = await problemOf(read(bytes));

    expect(found.code).toBe(code);
    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it('refuses an Office document by what it is', async () => {
    const document = buildCompoundFile([['WordDocument', Buffer.alloc(5000)]]);

    const found = await problemOf(readPackage(memorySource(document), 'letter.doc'));

    expect(found.code).toBe('msiNotInstaller');
  });
});
