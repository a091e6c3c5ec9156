import type { PkgFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { certificate } from '../fixtures/certificate.ts';
import { buildProduct, buildXar, distribution, type ProductOptions, packageInfo } from '../fixtures/pkg-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'app.pkg') as Promise<PkgFacts>;
const product = (options: ProductOptions = {}) => read(buildProduct(options));

/** The text `distribution()` would be too long to carry: a smaller one, compressed. */
const packedDistribution = {
  content: '<installer-script><title>Packed</title><product id="com.example.packed" version="7"/></installer-script>',
  'application/x-bzip2':
    'QlpoOTFBWSZTWa3xYGYAAAgbgFADgIdAAC4v30AgAGg1PUg0yZGgej1IJVNqPU009TJtQGmln0hEMPK6zBpsXev43gTo1cxjsSuFEMk5AjCu/TeFS5yhqOThChGKbetiVFGS5pYVShvKRZ2/F3JFOFCQrfFgZg==',
  'application/x-xz':
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABnAFRdAB4aScdnLjWvQr7L4bwb7WsJgb2/n2TCNQqL9UALQ2tuMusHtK1jvX5mPc/DIWyWkyThKAIWcguPGWLlyPkO+icijfqLBBTjjhaCPSWASmN37NOXAAC7uscJY1alawABcGi3JdBMH7bzfQEAAAAABFla',
} as const;

describe('facts of a product archive', () => {
  it('come from the Distribution and from its packages', async () => {
    const facts = await product();

    expect(facts).toMatchObject({
      format: 'pkg',
      displayName: 'Field Notes',
      identifier: 'com.example.notes',
      version: '3.0.1',
      publisher: null,
    });
    expect(facts.details).toEqual({
      productId: 'com.example.notes.product',
      title: 'Field Notes',
      version: '3.0',
      packages: [{ id: 'com.example.notes.pkg', version: '3.0.1' }],
      bundles: [{ bundleId: 'com.example.notes', bundleVersion: '3.0.1' }],
      apps: [{ bundleId: 'com.example.notes', shortVersion: '3.0.1', buildVersion: '301' }],
      minimumOSVersion: '12.0',
      signed: false,
    });
  });

  it('take the name for people from the English texts where the title is a key', async () => {
    const more =
      '<localization><strings language="de">"NAME" = "Notizen";</strings><strings language="en">"NAME" = "Notes";</strings></localization>';

    const facts = await product({ title: 'NAME', more });

    expect(facts.displayName).toBe('Notes');
    expect(facts.details.title).toBe('NAME');
  });

  it('decode characters of the title and keep it on one line', async () => {
    const facts = await product({ title: 'A &amp; B\n<![CDATA[<C>]]>' });

    expect(facts.details.title).toBe('A & B <C>');
  });

  it.each([
    ['<os-version min="13.1"/><os-version min="10.15" before="11"/>', '10.15'],
    ['<os-version before="11"/>', null],
  ])('take the earliest system of %s', async (osVersions, expected) => {
    const facts = await product({ osVersions });

    expect(facts.details.minimumOSVersion).toBe(expected);
  });

  it('name packages by their identifier where the reference has an id of its own', async () => {
    const more = '<pkg-ref id="second" packageIdentifier="com.example.second" version="2"/>';

    const facts = await product({ more });

    expect(facts.details.packages).toContainEqual({ id: 'com.example.second', version: '2' });
  });

  it('put apps before their parts', async () => {
    const bundles = `<payload numberOfFiles="2"/>
      <bundle path="./A.app/Contents/Frameworks/F.framework" id="com.example.f" CFBundleVersion="1"/>
      <bundle path="./A.app" id="com.example.a" CFBundleVersion="2"><bundle path="./A.app/Contents/PlugIns/P.appex" id="com.example.p"/></bundle>`;

    const facts = await read(buildXar([{ path: 'PackageInfo', content: packageInfo('', bundles) }]));

    expect(facts.details.bundles.map(({ bundleId }) => bundleId)).toEqual([
      'com.example.a',
      'com.example.f',
      'com.example.p',
    ]);
    expect(facts).toMatchObject({ identifier: 'com.example.a', displayName: 'A', version: '2' });
  });

  it.each(['application/x-bzip2', 'application/x-xz'] as const)(
    'are read from %s and from stored files',
    async (encoding) => {
      const { content } = packedDistribution;
      const bytes = Buffer.from(packedDistribution[encoding], 'base64');
      const info = Buffer.from(packageInfo());

      const facts = await read(
        buildXar([
          { path: 'Distribution', content, stored: { bytes, encoding } },
          { path: 'a.pkg/PackageInfo', content: info, stored: { bytes: info, encoding: 'application/octet-stream' } },
        ]),
      );

      expect(facts.details).toMatchObject({ title: 'Packed', productId: 'com.example.packed', version: '7' });
    },
  );
});

describe('facts of a component package', () => {
  it('come from its PackageInfo', async () => {
    const facts = await read(buildXar([{ path: 'PackageInfo', content: packageInfo('minimumSystemVersion="11.0"') }]));

    expect(facts).toMatchObject({ displayName: 'Field Notes', identifier: 'com.example.notes', version: '3.0.1' });
    expect(facts.details).toMatchObject({
      productId: null,
      title: null,
      version: '3.0.1',
      packages: [{ id: 'com.example.notes.pkg', version: '3.0.1' }],
      minimumOSVersion: '11.0',
    });
  });

  it('are those of the package where it only runs scripts', async () => {
    const facts = await read(buildXar([{ path: 'PackageInfo', content: packageInfo('', '') }]));

    expect(facts).toMatchObject({ identifier: 'com.example.notes.pkg', version: '3.0.1' });
    expect(facts.warnings).toContainEqual(expect.stringContaining('names no app'));
  });
});

describe('the way into Intune', () => {
  it('is the line-of-business app for a package that Developer ID Installer signed', async () => {
    const signer = await certificate('CN=Developer ID Installer: Example Ltd (ABCDE12345), O=Example Ltd, C=GB');

    const facts = await product({ certificates: [signer] });

    expect(facts).toMatchObject({ graphType: 'macOSLobApp', publisher: 'Example Ltd' });
    expect(facts.details.signed).toBe(true);
    expect(facts.warnings).toContainEqual(expect.stringContaining('(macOSLobApp)'));
  });

  it('is the PKG app for a package that somebody else signed', async () => {
    const signer = await certificate('CN=Mac Developer: Somebody');

    const facts = await product({ certificates: [signer] });

    expect(facts.graphType).toBe('macOSPkgApp');
    expect(facts.warnings).toContainEqual(expect.stringContaining('not signed with a Developer ID Installer'));
  });

  it('is the PKG app for a certificate that cannot be read', async () => {
    const facts = await product({ certificates: ['bm90IGEgY2VydGlmaWNhdGU='] });

    expect(facts).toMatchObject({ graphType: 'macOSPkgApp', publisher: null });
    expect(facts.details.signed).toBe(true);
  });

  it('is the PKG app without a signature', async () => {
    const facts = await product();

    expect(facts.graphType).toBe('macOSPkgApp');
    expect(facts.warnings).toContainEqual(expect.stringContaining('not signed'));
  });

  it('is the PKG app for a signed package that only runs scripts', async () => {
    const signer = await certificate('CN=Developer ID Installer: Example Ltd (ABCDE12345)');

    const facts = await read(
      buildXar([{ path: 'PackageInfo', content: packageInfo('', '') }], { certificates: [signer] }),
    );

    expect(facts).toMatchObject({ graphType: 'macOSPkgApp', publisher: 'Example Ltd' });
    expect(facts.warnings).toContainEqual(expect.stringContaining('only runs scripts'));
  });
});

describe('a PKG that is refused', () => {
  const info = packageInfo();
  const one = (claims: Record<string, string | number>) => buildXar([{ path: 'PackageInfo', content: info, claims }]);
  const entity = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hosts">]><installer-script/>';
  const nested = (depth: number) =>
    `<xar><toc>${'<file><name>a</name>'.repeat(depth)}${'</file>'.repeat(depth)}</toc></xar>`;

  it.each([
    ['an archive of something else', buildXar([{ path: 'notes.txt', content: 'x' }]), 'pkgWithoutMetadata'],
    ['an archive without files', buildXar([]), 'pkgWithoutMetadata'],
    ['a file cut in its header', buildProduct().subarray(0, 20), 'packageTruncated'],
    ['a file cut in its table of contents', buildProduct().subarray(0, 100), 'packageTruncated'],
    ['a file cut in its payload', buildProduct().subarray(0, -5), 'packageTruncated'],
    ['a negative length', one({ length: -5 }), 'packageMalformed'],
    ['a place beyond the file', one({ offset: '999999999999' }), 'packageTruncated'],
    ['a number beyond all measure', one({ offset: '99999999999999999999' }), 'packageMalformed'],
    ['a size that is too small', one({ size: 10 }), 'packageMalformed'],
    ['a size that is too large', one({ size: 1_000_000 }), 'packageMalformed'],
    ['a size beyond the limit', one({ size: 1e12 }), 'packageBeyondLimits'],
    ['a wrong checksum', one({ checksum: '00' }), 'packageMalformed'],
    ['entities', buildXar([{ path: 'Distribution', content: entity }]), 'packageMalformed'],
    ['another root element', buildXar([{ path: 'Distribution', content: '<html></html>' }]), 'packageMalformed'],
    ['a table of contents that is no XML', buildXar([], { toc: 'hello' }), 'packageMalformed'],
    ['a table of contents that nests too deep', buildXar([], { toc: nested(40) }), 'packageMalformed'],
    ['a table of contents that claims too much', buildXar([], { claimedTocSize: 1n << 60n }), 'packageBeyondLimits'],
    ['a table of contents that claims too little', buildXar([], { claimedTocSize: 9n }), 'packageMalformed'],
    [
      'a compression of another kind',
      buildXar([{ path: 'PackageInfo', content: info, stored: { bytes: Buffer.from(info), encoding: 'x-other' } }]),
      'packageMalformed',
    ],
    [
      'two files of one name',
      buildXar([
        { path: 'Distribution', content: distribution() },
        { path: 'Distribution', content: distribution() },
      ]),
      'packageMalformed',
    ],
  ])('is %s', async (_, bytes, code) => {
    const problem = await problemOf(read(bytes));

    expect(problem.code).toBe(code);
  });

  it('is one with a bomb for a table of contents', async () => {
    const toc = `<xar><toc>${' '.repeat(32 * 1024 ** 2)}</toc></xar>`;

    const problem = await problemOf(read(buildXar([], { toc, claimedTocSize: 4096n })));

    expect(problem.code).toBe('packageMalformed');
  });
});
