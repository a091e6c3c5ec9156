import type { AppxFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type BundlePackage, buildAppx, buildBundle, signature } from '../fixtures/appx-file.ts';
import { png } from '../fixtures/picture.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const read = (bytes: Buffer, fileName = 'app.msixbundle') =>
  readPackage(memorySource(bytes), fileName) as Promise<AppxFacts>;
const member = (architecture: string | null, overrides: Partial<BundlePackage> = {}): BundlePackage => ({
  attributes: {
    Type: 'application',
    Version: '2.0.0.0',
    Architecture: architecture,
    FileName: `App_${architecture ?? 'any'}.msix`,
  },
  content: buildAppx({}, [{ name: 'Assets/Logo.png', content: png(50) }, signature]),
  ...overrides,
});
const family = (version: string) =>
  `<b4:Dependencies><b4:TargetDeviceFamily Name="Windows.Desktop" MinVersion="${version}"/></b4:Dependencies>`;

describe('facts of a Windows app bundle', () => {
  it('are those of the bundle and of its first application', async () => {
    const facts = await read(
      buildBundle([
        { attributes: { Type: 'resource', FileName: 'App_de.msix', ResourceId: 'de' }, content: Buffer.from('x') },
        member('x64', { children: family('10.0.19041.0') }),
        member('arm64', { children: family('10.0.9000.0') }),
      ]),
    );

    expect(facts).toMatchObject({
      format: 'msixbundle',
      displayName: 'Example',
      identifier: 'Example.App',
      version: '2.0.0.0',
      publisher: 'Example Ltd',
      icon: { width: 50 },
      warnings: [],
      details: {
        identityVersion: '2.0.0.0',
        architectures: ['arm64', 'x64'],
        isBundle: true,
        minVersion: '10.0.9000.0',
      },
    });
  });

  it('count a package without processor as neutral', async () => {
    const facts = await read(buildBundle([member(null), member('x86')]), 'app.appxbundle');

    expect(facts.format).toBe('appxbundle');
    expect(facts.details.architectures).toEqual(['neutral', 'x86']);
  });

  it('take the minimum version from the application where the bundle names none', async () => {
    const facts = await read(buildBundle([member('x64')]));

    expect(facts.details.minVersion).toBe('10.0.17763.0');
  });

  it.each<[string, BundlePackage[], RegExp]>([
    ['is missing', [{ attributes: { Type: 'application', FileName: 'Gone.msix' } }], /not hold all/],
    ['is compressed', [member('x64', { method: 8 })], /cannot be read/],
    ['is no archive', [member('x64', { content: Buffer.alloc(500) })], /cannot be read/],
    ['is of another app', [member('x64', { content: buildAppx({ identity: { Name: 'Other' } }) })], /another app/],
  ])('fall back to the identity where its application %s', async (_, packages, warning) => {
    const facts = await read(buildBundle(packages));

    expect(facts.displayName).toBe('Example.App');
    expect(facts.details.displayName).toBeNull();
    expect(facts.warnings).toContainEqual(expect.stringMatching(warning));
  });
});

describe('a Windows app bundle that is not usable', () => {
  it.each<[string, Buffer, RegExp]>([
    ['no packages', buildBundle([]), /no application package/],
    ['resources only', buildBundle([{ attributes: { FileName: 'App_de.msix' } }]), /no application package/],
    ['a package without file', buildBundle([{ attributes: { Type: 'application' } }]), /without a file/],
    ['no identity name', buildBundle([member('x64')], { Name: null }), /no valid Name/],
  ])('is explained: %s', async (_, bytes, message) => {
    const found = await problemOf(read(bytes));

    expect(found.code).toBe('appxInvalid');
    expect(found.detail).toMatch(message);
  });
});
