import type { ApkFacts } from '../../../src/packages/package-facts.ts';
import { androidShape } from '../../../src/publishing/kinds/android-shape.ts';
import { sampleRelease } from '../../fakes/samples.ts';

const facts = (details: Partial<ApkFacts['details']> = {}): ApkFacts => {
  const read = sampleRelease().facts;
  if (read?.format !== 'apk') throw new Error('the sample is an APK');
  return { ...read, details: { ...read.details, ...details } };
};
const texts = { displayName: 'Ben & <Jerry>', description: 'Ice', publisher: 'Contoso', notes: '' };
const draft = (details: Partial<ApkFacts['details']> = {}, settings: Record<string, string> = { minimumOs: 'v9_0' }) =>
  androidShape(facts(details)).draft(texts, settings, 'demo.apk');
const manifest = (details: Partial<ApkFacts['details']> = {}) =>
  Buffer.from(draft(details).manifest ?? '', 'base64').toString('utf8');

it('sends what Graph knows of an Android app', () => {
  expect(draft().properties).toEqual({
    packageId: 'io.appium.android.apis',
    versionName: '5.0.0',
    versionCode: '25',
    minimumSupportedOperatingSystem: { v9_0: true },
  });
});

it('names the kind of management only where somebody chose one', () => {
  expect(draft({}, { minimumOs: 'v9_0', targetedPlatforms: 'androidOpenSourceProject' }).properties).toMatchObject({
    targetedPlatforms: 'androidOpenSourceProject',
  });
});

it('writes the version code as an integer and escapes what people typed', () => {
  const xml = manifest({ versionCode: '0042' });

  expect(xml).toContain('<PackageVersionCode>42</PackageVersionCode>');
  expect(xml).toContain('<ApplicationName>Ben &#38; &#60;Jerry&#62;</ApplicationName>');
});

it('keeps a version code beyond 32 bits exact', () => {
  expect(manifest({ versionCode: '4294967297001' })).toContain(
    '<PackageVersionCode>4294967297001</PackageVersionCode>',
  );
});

it('proposes a minimum that only beta can say, for a package that asks for it', () => {
  const field = (level: string) => androidShape(facts({ minSdkVersion: level })).fields[0]?.value;

  expect([field('28'), field('33')]).toEqual(['v9_0', 'v13_0']);
});
