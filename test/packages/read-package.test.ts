import { deflateRawSync } from 'node:zlib';
import { createApkReader } from '../../src/packages/apk/apk-reader.ts';
import type { ByteSource } from '../../src/packages/byte-source.ts';
import { readPackage } from '../../src/packages/read-package.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { buildApk, manifestTree } from './fixtures/apk-file.ts';
import { buildAxml } from './fixtures/axml-file.ts';
import { problemOf } from './fixtures/problem-of.ts';
import { buildZip, type ZipEntry } from './fixtures/zip-file.ts';

const manifest = buildAxml(manifestTree());
const apk = buildApk();
const zip = (...entries: ZipEntry[]) => buildZip(entries);
const withManifest = (entry: Partial<ZipEntry>) => zip({ name: 'AndroidManifest.xml', content: manifest, ...entry });
const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
const damagedDirectory = () => {
  const bytes = Buffer.from(apk);
  bytes.write('XX', bytes.indexOf('PK\x01\x02', 0, 'latin1'), 'latin1');
  return bytes;
};

describe('a file that is not a usable package', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'packageEmpty', /empty/],
    ['a cut APK', cut(apk, 0.6), 'packageTruncated', /cut off/],
    ['an APK with a damaged directory', damagedDirectory(), 'packageMalformed', /directory/],
    [
      'an App Bundle',
      zip({ name: 'BundleConfig.pb', content: 'x' }, { name: 'base/manifest/AndroidManifest.xml', content: 'x' }),
      'androidBundle',
      /App Bundle/,
    ],
    [
      'a set of APK files',
      zip({ name: 'toc.pb', content: 'x' }, { name: 'splits/base-master.apk', content: 'x' }),
      'androidSplitSet',
      /several/,
    ],
    [
      'an APK without manifest',
      zip({ name: 'classes.dex', content: 'x' }),
      'androidManifestMissing',
      /AndroidManifest/,
    ],
    [
      'a manifest in plain text',
      withManifest({ content: '<?xml version="1.0"?><manifest package="com.plain"/>' }),
      'androidManifestText',
      /plain text/,
    ],
    ['an empty manifest', withManifest({ content: '' }), 'packageMalformed', /AndroidManifest.xml in it is empty/],
    ['a manifest of zeros', withManifest({ content: Buffer.alloc(500) }), 'packageMalformed', /AndroidManifest/],
    [
      'a manifest with another root',
      withManifest({ content: buildAxml({ name: 'resources' }) }),
      'packageMalformed',
      /no manifest/,
    ],
    [
      'a manifest without package',
      withManifest({ content: buildAxml({ name: 'manifest' }) }),
      'packageMalformed',
      /names no valid package/,
    ],
    [
      'a manifest that inflates to 30 MB',
      withManifest({ content: Buffer.alloc(30_000_000) }),
      'packageBeyondLimits',
      /larger than 8192 KiB/,
    ],
    ['an encrypted manifest', withManifest({ flags: 1, method: 0 }), 'packageEncrypted', /encrypted/],
    ['an unknown compression', withManifest({ method: 98 }), 'packageMalformed', /compression method \(98\)/],
    ['a wrong checksum', withManifest({ claimedCrc: 1 }), 'packageMalformed', /checksum/],
    [
      'two manifests',
      zip({ name: 'AndroidManifest.xml', content: manifest }, { name: 'AndroidManifest.xml', content: manifest }),
      'packageMalformed',
      /more than once/,
    ],
    ['a split', buildApk({ manifest: { split: 'config.xxhdpi' } }), 'androidSplit', /other parts/],
    ['a base that needs its splits', buildApk({ manifest: { isSplitRequired: true } }), 'androidSplit', /other parts/],
    [
      'a base that names the kinds of parts it needs',
      buildApk({ manifest: { requiredSplitTypes: 'base__abi' } }),
      'androidSplit',
      /other parts/,
    ],
    [
      'damaged resources',
      buildApk({}, [{ name: 'resources.arsc', content: Buffer.from('020008000000ff7f', 'hex') }]),
      'packageMalformed',
      /resources.arsc/,
    ],
    ['a web page', Buffer.from('<!DOCTYPE html><html><title>Sign in</title>'), 'packageNameMismatch', /web page/],
    ['a text', Buffer.from('404: not found\n'), 'packageNameMismatch', /text file/],
    [
      'a Windows program',
      Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600)]),
      'packageNameMismatch',
      /not an Android app \(APK\): its content is a Windows program/,
    ],
    ['an iOS app', zip({ name: 'Payload/App.app/Info.plist', content: 'x' }), 'packageNameMismatch', /iOS app/],
    ['some zip archive', zip({ name: 'readme.txt', content: 'x' }), 'packageNameMismatch', /zip archive/],
  ])('is explained: %s', async (_, bytes, code, message) => {
    const found = await problemOf(readPackage(memorySource(bytes), 'app.apk'));

    expect(found.code).toBe(code);
    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });

  it.each([
    ['setup.exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600)]), /Windows program/],
    ['app.ipa', zip({ name: 'Payload/App.app/Info.plist', content: 'x' }), /iOS app/],
    ['disk.dmg', Buffer.concat([Buffer.alloc(512), Buffer.from('koly'), Buffer.alloc(508)]), /disk image/],
    ['notes', Buffer.from([1, 2, 3]), /^$/],
  ])('says of %s what it looks like', async (fileName, bytes, detail) => {
    const found = await problemOf(readPackage(memorySource(bytes), fileName, { readers: [createApkReader()] }));

    expect(found.code).toBe('packageNotSupported');
    expect(found.detail ?? '').toMatch(detail);
  });
});

/** Files that people send for packages. */
const entries = (...names: string[]) => zip(...names.map((name) => ({ name, content: 'x' })));
const plist = (key: string) => `<?xml version="1.0"?><plist><dict><key>${key}</key><array/></dict></plist>`;
const signedText = (text: string) => Buffer.concat([Buffer.from('3080060914ff', 'hex'), Buffer.from(text)]);

describe('a file that only goes with packages', () => {
  it.each([
    ['app.xapk', entries('manifest.json', 'com.example.apk', 'icon.png'), /several that belong together/],
    ['app.apkm', entries('info.json', 'base.apk', 'split_config.en.apk'), /several that belong together/],
    ['packed.zip', entries('app.apk'), /zip archive around a package/],
    ['packed.zip', entries('out/Notes.ipa', '__MACOSX/out/._Notes.ipa'), /zip archive around a package/],
    ['library.aar', entries('AndroidManifest.xml', 'classes.jar', 'R.txt'), /Android library/],
    ['Notes.app.zip', entries('Notes.app/Contents/Info.plist', 'Notes.app/Contents/MacOS/Notes'), /Mac app/],
    ['Notes.zip', entries('Notes.app/Info.plist', 'Notes.app/Notes'), /without its Payload folder/],
    ['notes.msixupload', entries('notes.msixbundle', 'notes.appxsym'), /Microsoft Store/],
    ['notes.emsix', Buffer.from(`EXPH${'\0'.repeat(600)}`), /encrypted Windows app package/],
    ['notes.emsixbundle', Buffer.from(`EXBH${'\0'.repeat(600)}`), /encrypted Windows app bundle/],
    ['notes.xap', entries('WMAppManifest.xml', 'notes.dll'), /Windows Phone/],
    ['notes.nupkg', entries('notes.nuspec', 'tools/setup.exe'), /Chocolatey/],
    ['notes.appinstaller', Buffer.from('\ufeff<?xml version="1.0"?><AppInstaller Uri="https://x"/>'), /App Installer/],
    ['wifi.mobileconfig', Buffer.from(plist('PayloadContent')), /configuration profile/],
    ['wifi.mobileconfig', signedText(plist('PayloadType')), /configuration profile/],
    ['notes.mobileprovision', signedText(plist('AppIDName')), /provisioning profile/],
    ['notes.deb', Buffer.from('!<arch>\ndebian-binary   '), /Debian/],
  ])('is named, and what to send instead: %s', async (fileName, bytes, message) => {
    const found = await problemOf(readPackage(memorySource(bytes), fileName));

    expect(`${found.what} ${found.detail ?? ''}`).toMatch(message);
  });
});

describe('name and content', () => {
  it.each(['app.apk', 'APP.APK', 'app', 'download.zip', 'app.apk.1', 'app.constructor'])(
    'agree for an APK called %s',
    async (fileName) => {
      const facts = await readPackage(memorySource(apk), fileName);

      expect(facts.identifier).toBe('com.example.app');
    },
  );

  it.each(['app.ipa', 'app.msi', 'app.intunewin'])('disagree for an APK called %s', async (fileName) => {
    const found = await problemOf(readPackage(memorySource(apk), fileName));

    expect(found.code).toBe('packageNameMismatch');
  });
});

describe('reading a package', () => {
  it('does not trust a size that a header claims', async () => {
    const bytes = zip({ name: 'AndroidManifest.xml', content: manifest, claimedSize: manifest.length - 1 });

    const found = await problemOf(readPackage(memorySource(bytes), 'app.apk'));

    expect(found.code).toBe('packageMalformed');
  });

  it('refuses a claimed size that no compression can reach, before inflating', async () => {
    const source = memorySource(
      zip({ name: 'AndroidManifest.xml', content: Buffer.alloc(100), claimedSize: 8_000_000 }),
    );
    expect(deflateRawSync(Buffer.alloc(100)).length).toBeLessThan(100);

    const found = await problemOf(readPackage(source, 'app.apk'));

    expect(found.detail).toMatch(/impossible/);
  });

  it('ends after its time limit even when the source never answers', async () => {
    const silent: ByteSource = { ...memorySource(apk), read: () => new Promise(() => {}) };

    const found = await problemOf(readPackage(silent, 'app.apk', { timeLimit: 20 }));

    expect(found.code).toBe('packageTooSlow');
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('cancelled by the requester');

    const work = readPackage(memorySource(apk), 'app.apk', { signal: AbortSignal.abort(reason) });

    await expect(work).rejects.toBe(reason);
  });

  it('turns what a parser throws into a problem that keeps its cause', async () => {
    const fault = new RangeError('index out of range');
    const reader = { format: 'apk' as const, recognises: () => true, read: () => Promise.reject(fault) };

    const work = readPackage(memorySource(apk), 'app.apk', { readers: [reader] });

    await expect(work).rejects.toMatchObject({ cause: fault, problem: { code: 'packageMalformed' } });
  });

  it('does not blame the package for a disk that fails', async () => {
    const fault = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
    const broken: ByteSource = { ...memorySource(apk), read: () => Promise.reject(fault) };

    const found = await problemOf(readPackage(broken, 'app.apk'));

    expect(found.code).toBe('unexpected');
  });

  it('reads little of a large package', async () => {
    const large = buildApk({}, [{ name: 'assets/film.mp4', content: Buffer.alloc(20_000_000), method: 0 }]);
    const source = memorySource(large);

    await readPackage(source, 'app.apk');

    const total = source.reads.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBeLessThan(1_000_000);
  });
});
