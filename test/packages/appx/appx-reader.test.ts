import type { AppxFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type AppxOptions, appxManifest, buildAppx, signature } from '../fixtures/appx-file.ts';
import { png } from '../fixtures/picture.ts';
import { problemOf } from '../fixtures/problem-of.ts';
import { buildZip } from '../fixtures/zip-file.ts';

const read = (bytes: Buffer, fileName = 'app.msix') => readPackage(memorySource(bytes), fileName) as Promise<AppxFacts>;
const factsOf = (options: AppxOptions = {}) => read(buildAppx(options));
const manifestOnly = (content: string | Buffer) => read(buildZip([{ name: 'AppxManifest.xml', content }]));

describe('facts of a Windows app package', () => {
  it('are those of its manifest', async () => {
    const bytes = buildAppx({}, [{ name: 'Assets/Logo.png', content: png(50) }, signature]);

    const facts = await read(bytes);

    expect(facts).toEqual({
      format: 'msix',
      graphType: 'windowsUniversalAppX',
      displayName: 'Example',
      identifier: 'Example.App',
      version: '1.2.3.4',
      publisher: 'Example Ltd',
      size: bytes.length,
      icon: { mimeType: 'image/png', width: 50, height: 50, bytes: png(50) },
      warnings: [],
      details: {
        identityName: 'Example.App',
        publisher: 'CN=Example',
        publisherHash: expect.stringMatching(/^[0-9a-hjkmnp-tv-z]{13}$/),
        identityVersion: '1.2.3.4',
        architectures: ['x64'],
        displayName: 'Example',
        publisherDisplayName: 'Example Ltd',
        isBundle: false,
        minVersion: '10.0.17763.0',
        resourceId: null,
      },
    });
  });

  it.each([
    ['CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US', '8wekyb3d8bbwe'],
    ['CN=Microsoft Windows, O=Microsoft Corporation, L=Redmond, S=Washington, C=US', 'cw5n1h2txyewy'],
  ])('have the publisher hash that Windows computes for %s', async (Publisher, expected) => {
    const facts = await factsOf({ identity: { Publisher } });

    expect(facts.details.publisherHash).toBe(expected);
  });

  it('keep a publisher exact', async () => {
    const facts = await factsOf({ identity: { Publisher: 'CN=&quot;A &amp; B&quot;, O=&#x4e;ord' } });

    expect(facts.details.publisher).toBe('CN="A & B", O=Nord');
  });

  it.each([
    ['f:', 'f:Package xmlns:f="http://schemas.microsoft.com/appx/manifest/foundation/windows10"'],
    ['', 'Package xmlns="http://schemas.microsoft.com/appx/2010/manifest"'],
    ['', 'Package'],
  ])('do not depend on the prefix %j of the elements', async (prefix, root) => {
    const identity = `<${prefix}Identity Name="A.B" Publisher="CN=A" Version="1.0.0.0"/>`;
    const properties = `<${prefix}Properties><${prefix}DisplayName>Ä</${prefix}DisplayName></${prefix}Properties>`;

    const facts = await manifestOnly(`<${root}>${identity}${properties}</${prefix}Package>`);

    expect(facts.details).toMatchObject({ identityName: 'A.B', displayName: 'Ä', architectures: ['neutral'] });
  });

  it('are not taken from elements of the same name in another namespace', async () => {
    const facts = await manifestOnly(
      '<Package xmlns="urn:a" xmlns:x="urn:x"><x:Identity Name="Other" Publisher="CN=O" Version="9.0.0.0"/><Identity Name="Right" Publisher="CN=R" Version="1.0.0.0"/></Package>',
    );

    expect(facts.details.identityName).toBe('Right');
  });

  it.each([
    [
      '<TargetDeviceFamily Name="Windows.Universal" MinVersion="10.0.10240.0"/><TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.19041.0"/>',
      '10.0.19041.0',
    ],
    [
      '<TargetDeviceFamily Name="Windows.Xbox" MinVersion="10.0.1.0"/><TargetDeviceFamily Name="Windows.Universal" MinVersion="10.0.2.0"/>',
      '10.0.2.0',
    ],
    ['<TargetDeviceFamily Name="Windows.Xbox" MinVersion="10.0.1.0"/>', '10.0.1.0'],
    ['', null],
  ])('choose the minimum version from %s', async (dependencies, expected) => {
    const facts = await factsOf({ dependencies });

    expect(facts.details.minVersion).toBe(expected);
  });

  it('know the minimum version of Windows 8 apps', async () => {
    const facts = await manifestOnly(
      '<Package xmlns="http://schemas.microsoft.com/appx/2010/manifest"><Identity Name="A" Publisher="CN=A" Version="1.0.0.0"/><Prerequisites><OSMinVersion>6.3.0</OSMinVersion></Prerequisites></Package>',
    );

    expect(facts.details.minVersion).toBe('6.3.0');
  });

  it.each([
    ['app.msix', 'msix'],
    ['APP.APPX', 'appx'],
    ['download', 'msix'],
  ])('name the format of %s by its ending', async (fileName, format) => {
    const facts = await read(buildAppx(), fileName);

    expect(facts.format).toBe(format);
  });

  it('are refused under the name of a bundle', async () => {
    const found = await problemOf(read(buildAppx(), 'app.msixbundle'));

    expect(found).toMatchObject({
      code: 'packageNameMismatch',
      detail: expect.stringContaining('a Windows app package'),
    });
  });
});

describe('warnings of a Windows app package', () => {
  it.each<[string, AppxOptions, RegExp]>([
    ['a framework', { properties: '<Framework>true</Framework>' }, /framework package/],
    ['a resource package', { properties: '<ResourcePackage>true</ResourcePackage>' }, /resources only/],
    ['a language', { identity: { ResourceId: 'split.language-ja' }, applications: '' }, /resources only/],
    ['no picture', { logo: 'Assets\\Gone.png' }, /No icon/],
  ])('tell of %s', async (_, options, expected) => {
    const sound = await read(buildAppx({}, [{ name: 'Assets/Logo.png', content: png(50) }, signature]));
    const facts = await factsOf(options);

    expect(sound.warnings).toEqual([]);
    expect(facts.warnings).toContainEqual(expect.stringMatching(expected));
  });

  it('tell of a missing signature', async () => {
    const facts = await read(buildAppx({}, []));

    expect(facts.warnings).toContainEqual(expect.stringContaining('not signed'));
  });
});

describe('a Windows app package that is not usable', () => {
  it.each<[string, AppxOptions, RegExp]>([
    ['no name', { identity: { Name: null } }, /no valid Name/],
    ['a name with a path', { identity: { Name: '../../app' } }, /no valid Name/],
    ['no publisher', { identity: { Publisher: ' ' } }, /no valid Publisher/],
    ['a short version', { identity: { Version: '1.2.3' } }, /no valid Version/],
    ['a version beyond 16 bits', { identity: { Version: '1.2.3.65536' } }, /no valid Version/],
    ['an odd processor', { identity: { ProcessorArchitecture: 'x64 x86' } }, /processor/],
  ])('is explained: %s', async (_, options, message) => {
    const found = await problemOf(factsOf(options));

    expect(found.code).toBe('appxInvalid');
    expect(found.detail).toMatch(message);
  });

  it.each<[string, string | Buffer, string, RegExp]>([
    ['no identity', '<Package/>', 'appxInvalid', /no Identity/],
    ['another document', '<Bundle/>', 'appxInvalid', /of another kind/],
    ['cut XML', appxManifest().slice(0, 200), 'packageMalformed', /not well-formed/],
    ['an empty manifest', '', 'packageMalformed', /not well-formed/],
    [
      'a file from outside',
      appxManifest().replace('<Package', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Package'),
      'packageMalformed',
      /document type/,
    ],
    ['a huge manifest', appxManifest({ resources: ' '.repeat(1_100_000) }), 'packageBeyondLimits', /1024 KiB/],
    ['many elements', appxManifest({ resources: '<a/>'.repeat(70_000) }), 'packageMalformed', /too many elements/],
    [
      'many namespaces',
      appxManifest({ resources: `<a ${Array.from({ length: 300 }, (_, i) => `xmlns:n${i}="u"`).join(' ')}/>` }),
      'packageMalformed',
      /too many namespaces/,
    ],
    ['a name that JavaScript reserves', '<Package><__proto__ a="1"/></Package>', 'appxInvalid', /no Identity/],
  ])('is explained: %s', async (_, content, code, message) => {
    const found = await problemOf(manifestOnly(content));

    expect(found.code).toBe(code);
    expect(found.detail).toMatch(message);
  });

  it('is explained when its manifest is missing', async () => {
    const found = await problemOf(read(buildZip([{ name: 'AppxBlockMap.xml', content: '<BlockMap/>' }])));

    expect(found).toMatchObject({ code: 'appxInvalid', detail: expect.stringContaining('AppxManifest.xml') });
  });

  it.each(['AppxManifest.xml', 'appxmanifest.xml'])('is explained when %s is there beside another', async (name) => {
    const content = appxManifest();

    const found = await problemOf(
      read(
        buildZip([
          { name: 'AppxManifest.xml', content },
          { name, content },
        ]),
      ),
    );

    expect(found.code).toBe('packageMalformed');
  });
});
