import { openFileSource } from '../../../src/packages/file-source.ts';
import type { ApkFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildApk, type ManifestOptions } from '../fixtures/apk-file.ts';
import { buildArsc } from '../fixtures/arsc-file.ts';
import { buildZip, type ZipEntry } from '../fixtures/zip-file.ts';

const factsOf = (options: ManifestOptions = {}, entries: ZipEntry[] = []): Promise<ApkFacts> =>
  readPackage(memorySource(buildApk(options, entries)), 'app.apk') as Promise<ApkFacts>;

const table = (content: Buffer): ZipEntry => ({ name: 'resources.arsc', content, method: 0 });

describe('facts of an APK', () => {
  it('are those of the real sample app', async () => {
    const file = new URL('../../../node_modules/android-apidemos/apks/ApiDemos-debug.apk', import.meta.url);
    const source = await openFileSource(file.pathname);

    const facts = await readPackage(source, 'ApiDemos-debug.apk');
    await source.close();

    expect(facts.details).toEqual({
      packageId: 'io.appium.android.apis',
      versionCode: '25',
      versionName: '5.0.0',
      label: 'API Demos',
      minSdkVersion: '17',
      targetSdkVersion: '33',
      debuggable: true,
      nativeCode: [],
    });
    expect(facts).toMatchObject({
      format: 'apk',
      graphType: 'androidLobApp',
      displayName: 'API Demos',
      identifier: 'io.appium.android.apis',
      version: '5.0.0',
      publisher: null,
      size: 6_419_064,
    });
    // 72 pixels times 1.5 would be the usual size of hdpi; this app ships 96.
    expect(facts.icon).toMatchObject({ mimeType: 'image/png', width: 96, height: 96 });
    expect(facts.icon?.bytes.length).toBe(3608);
    expect(facts.warnings).toContainEqual(expect.stringContaining('debug build'));
  });

  it('take the identity from the manifest', async () => {
    const facts = await factsOf({ usesSdk: { minSdkVersion: 26, targetSdkVersion: 35 } });

    expect(facts.details).toMatchObject({
      packageId: 'com.example.app',
      versionCode: '7',
      versionName: '1.2.3',
      minSdkVersion: '26',
      targetSdkVersion: '35',
      debuggable: false,
    });
  });

  it.each([
    ['with a major part', { versionCode: 5, versionCodeMajor: 1 }, '4294967301'],
    ['in the upper half of 32 bits', { versionCode: 4_000_000_000 }, '4000000000'],
    ['with both halves full', { versionCode: 0xffffffff, versionCodeMajor: 0x7fffffff }, '9223372036854775807'],
  ])('keep a version code %s exact', async (_, manifest, expected) => {
    const facts = await factsOf({ manifest });

    expect(facts.details.versionCode).toBe(expected);
  });

  it('keep the code name of a preview', async () => {
    const facts = await factsOf({ usesSdk: { minSdkVersion: 'Baklava', targetSdkVersion: 'Baklava' } });

    expect(facts.details).toMatchObject({ minSdkVersion: 'Baklava', targetSdkVersion: 'Baklava' });
  });

  it('keep the text of a version name that was compiled as a number', async () => {
    const facts = await factsOf({ manifest: { versionName: { float: 1.1, raw: '1.10' } } });

    expect(facts.details.versionName).toBe('1.10');
  });

  it('look up label and version name in the resources', async () => {
    const arsc = buildArsc([{ typeId: 1, values: { 0: 'Field Notes', 1: '9.8.7' } }]);
    const facts = await factsOf(
      { manifest: { versionName: { reference: 0x7f010001 } }, application: { label: { reference: 0x7f010000 } } },
      [table(arsc)],
    );

    expect(facts.details).toMatchObject({ label: 'Field Notes', versionName: '9.8.7' });
    expect(facts.displayName).toBe('Field Notes');
  });

  it('use the label of the activity on the home screen where the app has none', async () => {
    const facts = await factsOf({
      launchers: [
        { name: '.Main', label: 'Start me' },
        { name: '.Other', label: 'Other' },
      ],
    });

    expect(facts.details.label).toBe('Start me');
  });

  it('fall back to the package id as display name', async () => {
    const facts = await factsOf({ application: { label: { reference: 0x01040001 } } });

    expect(facts.details.label).toBeNull();
    expect(facts.displayName).toBe('com.example.app');
  });

  it('show a label on one line without direction marks', async () => {
    const facts = await factsOf({ application: { label: '  Two\n lines\u202e ' } });

    expect(facts.details.label).toBe('Two lines');
  });

  it('list the processors of native code once each', async () => {
    const facts = await factsOf({}, [
      { name: 'lib/x86_64/libb.so', content: 'b' },
      { name: 'lib/arm64-v8a/liba.so', content: 'a' },
      { name: 'lib/arm64-v8a/libb.so', content: 'b' },
      { name: 'lib/notes.txt', content: 'no library' },
      { name: 'assets/lib/x86/libc.so', content: 'elsewhere' },
    ]);

    expect(facts.details.nativeCode).toEqual(['arm64-v8a', 'x86_64']);
  });
});

describe('warnings of an APK', () => {
  it.each([
    ['a debug build', { application: { debuggable: true } }, /debug build/],
    ['a test-only app', { application: { testOnly: true } }, /test only/],
    ['a debug build by number', { application: { debuggable: 1 } }, /debug build/],
    ['parts in the store', { metaData: { 'com.android.vending.splits.required': true } }, /App Bundle/],
    ['no version code', { manifest: { versionCode: 'none' } }, /no version code/],
  ])('tell of %s', async (_, options, expected) => {
    const clean = await factsOf();
    const facts = await factsOf(options);

    expect(clean.warnings).not.toContainEqual(expect.stringMatching(expected));
    expect(facts.warnings).toContainEqual(expect.stringMatching(expected));
  });

  it('read flags through the resources', async () => {
    const arsc = buildArsc([{ typeId: 1, values: { 0: { boolean: true } } }]);

    const facts = await factsOf({ application: { debuggable: { reference: 0x7f010000 } } }, [table(arsc)]);

    expect(facts.details.debuggable).toBe(true);
  });

  it('always say which devices Intune delivers APK files to', async () => {
    const facts = await factsOf();

    expect(facts.warnings).toContainEqual(expect.stringContaining('managed Google Play'));
  });

  it.each([
    ['no signature', {}, [], true],
    ['a signature file', {}, [{ name: 'META-INF/ANDROID.EC', content: 'signature' }], false],
    ['a signing block', { beforeDirectory: Buffer.from('…APK Sig Block 42') }, [], false],
  ])('tell whether the APK has %s', async (_, options, signature, isWarned) => {
    const { buildAxml } = await import('../fixtures/axml-file.ts');
    const { manifestTree } = await import('../fixtures/apk-file.ts');
    const manifest = { name: 'AndroidManifest.xml', content: buildAxml(manifestTree()) };

    const facts = await readPackage(memorySource(buildZip([manifest, ...signature], options)), 'app.apk');

    expect(facts.warnings.some((warning) => warning.includes('not signed'))).toBe(isWarned);
  });
});
