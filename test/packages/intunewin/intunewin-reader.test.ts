import type { IntunewinFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildIntunewin, detectionName, type IntunewinOptions, intunewinParts } from '../fixtures/intunewin-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';
import { buildZip } from '../fixtures/zip-file.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'app.intunewin') as Promise<IntunewinFacts>;
const factsOf = (options: IntunewinOptions = {}) => read(buildIntunewin(options));
const msiInfo = (elements: string) => ({
  extra: `<MsiInfo><MsiProductCode>{D2A7C1B0-1111-4222-8333-944455556662}</MsiProductCode>${elements}</MsiInfo>`,
});

describe('facts of an intunewin package', () => {
  it('are those of its Detection.xml and its content', async () => {
    const bytes = buildIntunewin({ plain: Buffer.alloc(1000) });

    const facts = await read(bytes);

    expect(facts).toEqual({
      format: 'intunewin',
      graphType: 'win32LobApp',
      displayName: 'Setup',
      identifier: null,
      version: null,
      publisher: null,
      size: bytes.length,
      icon: null,
      warnings: [expect.stringContaining('detection rule')],
      details: {
        name: 'Setup',
        fileName: 'IntunePackage.intunewin',
        setupFile: 'setup.exe',
        toolVersion: '1.8.6.0',
        unencryptedContentSize: 1000,
        encryptedContentSize: 48 + 1008,
        encryptionInfoPresent: true,
        mac: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        msi: null,
      },
    });
  });

  it('tell what the packed MSI is', async () => {
    const facts = await factsOf(
      msiInfo(
        '<MsiProductVersion>1.2.3</MsiProductVersion><MsiUpgradeCode>{0B6C5B5E-7E57-4B8F-9D0C-5A1E9C3D7F02}</MsiUpgradeCode><MsiPublisher>Corpus &amp; Sons</MsiPublisher><MsiExecutionContext>User</MsiExecutionContext>',
      ),
    );

    expect(facts).toMatchObject({
      identifier: '{D2A7C1B0-1111-4222-8333-944455556662}',
      version: '1.2.3',
      publisher: 'Corpus & Sons',
      warnings: [],
      details: {
        msi: {
          productCode: '{D2A7C1B0-1111-4222-8333-944455556662}',
          upgradeCode: '{0B6C5B5E-7E57-4B8F-9D0C-5A1E9C3D7F02}',
          packageType: 'perUser',
        },
      },
    });
  });

  it.each([
    ['<MsiExecutionContext>System</MsiExecutionContext>', 'perMachine'],
    ['<MsiExecutionContext>Any</MsiExecutionContext>', 'dualPurpose'],
    ['<MsiIsMachineInstall>false</MsiIsMachineInstall><MsiIsUserInstall>true</MsiIsUserInstall>', 'perUser'],
    ['<MsiIsMachineInstall>true</MsiIsMachineInstall><MsiIsUserInstall>true</MsiIsUserInstall>', 'dualPurpose'],
    ['', 'perMachine'],
  ])('tell from %s whom the MSI is installed for', async (elements, expected) => {
    const facts = await factsOf(msiInfo(elements));

    expect(facts.details.msi?.packageType).toBe(expected);
  });

  it.each<[string, IntunewinOptions]>([
    ['UTF-8 with a byte order mark', { encode: (xml) => Buffer.from(`\ufeff${xml}`) }],
    ['UTF-16 with a byte order mark', { encode: (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le') }],
    ['UTF-16 without one', { encode: (xml) => Buffer.from(xml, 'utf16le') }],
    ['big-endian UTF-16', { encode: (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le').swap16() }],
    [
      'Latin-1 by its declaration',
      { encode: (xml) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`, 'latin1') },
    ],
  ])('are read from %s', async (_, options) => {
    const facts = await factsOf({ info: { Name: 'Grüße' }, ...options });

    expect(facts.displayName).toBe('Grüße');
  });

  it.each([
    ['Größe &amp; &lt;Wert&gt;', 'Größe & <Wert>'],
    ['&#71;r&#xfc;n', 'Grün'],
    ['&amp;lt;', '&lt;'],
    ['<![CDATA[a &amp; b]]>', 'a &amp; b'],
    ['  two\n lines\u202e ', 'two lines'],
    ['&unknown; &#0;', '&unknown; &#0;'],
  ])('show the name %j as people should see it', async (written, expected) => {
    const facts = await factsOf({ info: { Name: written } });

    expect(facts.displayName).toBe(expected);
  });

  it('fall back to the setup file as display name', async () => {
    const facts = await factsOf({ info: { Name: null } });

    expect(facts.displayName).toBe('setup.exe');
  });

  it('are found under names with backslashes and in other case', async () => {
    const { content, detection } = intunewinParts();
    const bytes = buildZip([
      { name: 'IntuneWinPackage\\Contents\\INTUNEPACKAGE.intunewin', content, method: 0 },
      { name: 'IntuneWinPackage\\metadata\\detection.xml', content: detection },
    ]);

    const facts = await read(bytes);

    expect(facts.displayName).toBe('Setup');
  });

  it('cost little reading of a large package', async () => {
    const source = memorySource(buildIntunewin({ plain: Buffer.alloc(20_000_000) }));

    await readPackage(source, 'app.intunewin');

    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(500_000);
  });
});

describe('an intunewin package that is not usable', () => {
  it.each<[string, IntunewinOptions, string, RegExp]>([
    ['no EncryptionInfo', { info: { EncryptionInfo: null } }, 'intunewinInvalid', /no EncryptionInfo/],
    ['no size', { info: { UnencryptedContentSize: null } }, 'intunewinInvalid', /no UnencryptedContentSize/],
    ['a size of letters', { info: { UnencryptedContentSize: '-9x1761' } }, 'intunewinInvalid', /is no number/],
    ['a negative size', { info: { UnencryptedContentSize: '-1' } }, 'intunewinInvalid', /is no number/],
    ['a size beyond exact numbers', { info: { UnencryptedContentSize: '9'.repeat(16) } }, 'intunewinInvalid', /number/],
    ['another size', { info: { UnencryptedContentSize: '17' } }, 'intunewinInvalid', /not as long as/],
    ['a short key', { encryption: { EncryptionKey: 'AAAA' } }, 'intunewinInvalid', /EncryptionKey .* not 32 bytes/],
    ['a long MAC key', { encryption: { MacKey: 'A'.repeat(64) } }, 'intunewinInvalid', /MacKey .* not 32 bytes/],
    ['a short vector', { encryption: { InitializationVector: 'AAAA' } }, 'intunewinInvalid', /not 16 bytes/],
    ['a MAC that is no base64', { encryption: { Mac: '(*)' } }, 'intunewinInvalid', /Mac .* not 32 bytes/],
    ['no digest', { encryption: { FileDigest: null } }, 'intunewinInvalid', /no FileDigest/],
    ['another digest', { encryption: { FileDigestAlgorithm: 'MD5' } }, 'intunewinInvalid', /not SHA256/],
    [
      'another profile',
      { encryption: { ProfileIdentifier: 'ProfileVersion2' } },
      'intunewinInvalid',
      /Intune does not/,
    ],
    [
      'a MAC of another content',
      { encryption: { Mac: Buffer.alloc(32).toString('base64') } },
      'intunewinInvalid',
      /does not belong/,
    ],
    ['a path outside', { info: { FileName: '../../../../etc/passwd' } }, 'intunewinInvalid', /outside the package/],
    ['a drive', { info: { FileName: 'C:\\Windows\\win.ini' } }, 'intunewinInvalid', /outside the package/],
    ['a file that is not there', { info: { FileName: 'Other.intunewin' } }, 'intunewinInvalid', /does not hold/],
    ['one value twice', { extra: '<Name>Other</Name>' }, 'intunewinInvalid', /Name twice/],
    ['one key twice', { encryption: { Mac: 'A</Mac><Mac>A' } }, 'intunewinInvalid', /Mac twice/],
    ['a short content', { content: () => Buffer.alloc(40) }, 'intunewinInvalid', /too short/],
    ['a cut content', { content: (sound) => sound.subarray(0, -16) }, 'intunewinInvalid', /not as long as/],
    ['a content packed in an unknown way', { contentEntry: { method: 9 } }, 'packageMalformed', /compressed/],
    [
      'a content that claims to become too much',
      { contentEntry: { method: 8, claimedSize: 3_000_000_000 } },
      'packageMalformed',
      /impossible/,
    ],
    ['an encrypted entry', { contentEntry: { flags: 1 } }, 'packageEncrypted', /encrypted/],
    [
      'two Detection.xml',
      { entries: [{ name: detectionName, content: '<ApplicationInfo/>' }] },
      'packageMalformed',
      /Detection.xml more than once/,
    ],
    [
      'two Detection.xml that differ in case',
      { entries: [{ name: detectionName.toLowerCase(), content: '<ApplicationInfo/>' }] },
      'intunewinInvalid',
      /more than once/,
    ],
    ['cut XML', { rewrite: (xml) => xml.slice(0, 300) }, 'packageMalformed', /not well-formed/],
    ['another document', { rewrite: () => '<Other/>' }, 'intunewinInvalid', /of another kind/],
    ['two roots', { rewrite: (xml) => `${xml}<Other/>` }, 'packageMalformed', /not well-formed/],
    ['no text', { encode: () => Buffer.from([0xff, 0xfe, 0x00, 0xd8]) }, 'packageMalformed', /not text/],
    [
      'entities that grow',
      {
        rewrite: (xml) => `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${xml}`,
        info: { Name: '&b;' },
      },
      'packageMalformed',
      /document type/,
    ],
    ['deep nesting', { extra: '<a>'.repeat(5000) + '</a>'.repeat(5000) }, 'packageMalformed', /nested too deeply/],
    ['a huge Detection.xml', { extra: ' '.repeat(300_000) }, 'packageBeyondLimits', /larger than 256 KiB/],
  ])('is explained: %s', async (_, options, code, message) => {
    const found = await problemOf(factsOf(options));

    expect(found.code).toBe(code);
    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it('is explained when its Detection.xml is missing', async () => {
    const { content } = intunewinParts();
    const bytes = buildZip([{ name: 'IntuneWinPackage/Contents/IntunePackage.intunewin', content, method: 0 }]);

    const found = await problemOf(read(bytes));

    expect(found).toMatchObject({ code: 'intunewinInvalid', detail: expect.stringContaining('Detection.xml') });
  });

  it('never shows a key', async () => {
    const found = await problemOf(factsOf({ encryption: { MacKey: 'c2VjcmV0' } }));

    expect(JSON.stringify(found)).not.toContain('c2VjcmV0');
  });
});
