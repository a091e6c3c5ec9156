import type { ApkFacts } from '../../src/packages/package-facts.ts';
import { androidApp, androidManifest } from '../../src/publishing/android-app.ts';
import type { ReleaseForm } from '../../src/publishing/release-form.ts';
import { sampleRelease } from '../fakes/samples.ts';

const facts = (details: Partial<ApkFacts['details']> = {}): ApkFacts => {
  const read = sampleRelease().facts;
  if (read === null) throw new Error('the sample has facts');
  return { ...read, details: { ...read.details, ...details } };
};
const form: ReleaseForm = {
  displayName: 'Ben & <Jerry>',
  description: 'Ice',
  publisher: 'Contoso',
  notes: '',
  minimumOs: 'v9_0',
  connectionId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001',
};

it('sends what Graph knows of an Android app', () => {
  expect(androidApp(facts(), form, 'demo.apk')).toEqual({
    displayName: 'Ben & <Jerry>',
    description: 'Ice',
    publisher: 'Contoso',
    notes: '',
    fileName: 'demo.apk',
    packageId: 'io.appium.android.apis',
    versionName: '5.0.0',
    versionCode: '25',
    minimumSupportedOperatingSystem: { v9_0: true },
  });
});

it('writes the version code as an integer and escapes what people typed', () => {
  const xml = Buffer.from(androidManifest(facts({ versionCode: '0042' }), form), 'base64').toString('utf8');

  expect(xml).toContain('<PackageVersionCode>42</PackageVersionCode>');
  expect(xml).toContain('<ApplicationName>Ben &#38; &#60;Jerry&#62;</ApplicationName>');
});

it('keeps a version code beyond 32 bits exact', () => {
  const xml = Buffer.from(androidManifest(facts({ versionCode: '4294967297001' }), form), 'base64').toString('utf8');

  expect(xml).toContain('<PackageVersionCode>4294967297001</PackageVersionCode>');
});
