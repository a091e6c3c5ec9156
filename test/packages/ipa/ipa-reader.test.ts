import { createIpaReader } from '../../../src/packages/ipa/ipa-reader.ts';
import type { IpaFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { ZipArchive } from '../../../src/packages/zip-archive.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { appInfo, appPath, buildIpa, buildProfile, type IpaOptions, profilePlist } from '../fixtures/ipa-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';
import { binaryPlist, dict, type Plist, xmlPlist } from '../fixtures/property-list-file.ts';
import { buildZip, type ZipEntry } from '../fixtures/zip-file.ts';

const now = new Date('2027-03-01T12:00:00Z');
const readers = [createIpaReader({ now: () => now })];

const read = (bytes: Buffer, name = 'notes.ipa') =>
  readPackage(memorySource(bytes), name, { readers }) as Promise<IpaFacts>;
const factsOf = (options: IpaOptions = {}) => read(buildIpa(options));
const factsOfInfo = (changes: Readonly<Record<string, Plist | undefined>>) =>
  factsOf({ info: xmlPlist(appInfo(changes)) });
const file = (name: string, content: Buffer | string = 'x'): ZipEntry => ({ name, content });

describe('facts of an IPA', () => {
  it.each([
    ['XML', xmlPlist(appInfo())],
    ['a binary property list', binaryPlist(appInfo())],
  ])('come from Info.plist as %s', async (_, info) => {
    const facts = await factsOf({ info });

    expect(facts.details).toEqual({
      bundleId: 'com.example.notes',
      versionNumber: '2.3.1',
      buildNumber: '45',
      displayName: 'Field Notes',
      minimumOSVersion: '16.0',
      deviceFamilies: [1, 2],
      provisioningExpiration: '2027-06-01T12:00:00.000Z',
    });
    expect(facts).toMatchObject({
      format: 'ipa',
      graphType: 'iosLobApp',
      displayName: 'Field Notes',
      identifier: 'com.example.notes',
      version: '2.3.1',
      publisher: null,
    });
  });

  it.each([
    ['the bundle name', { CFBundleDisplayName: undefined }, 'Notes', 'Notes'],
    ['the bundle name where the display name is blank', { CFBundleDisplayName: ' ' }, 'Notes', 'Notes'],
    ["the folder's name", { CFBundleDisplayName: undefined, CFBundleName: undefined }, null, 'Notes'],
  ])('fall back to %s', async (_, changes, inDetails, shown) => {
    const facts = await factsOfInfo(changes);

    expect(facts.details.displayName).toBe(inDetails);
    expect(facts.displayName).toBe(shown);
  });

  it.each<[string, Plist | undefined, number[]]>([
    ['sorted and once each', [2, 1, 2], [1, 2]],
    ['from text', ['1', '2'], [1, 2]],
    ['from a single number', 1, [1]],
    ['as none where there are none', undefined, []],
    ['without what is no family', [1, 'iPad', -1, { real: 1.5 }], [1]],
  ])('list device families %s', async (_, UIDeviceFamily, expected) => {
    const facts = await factsOfInfo({ UIDeviceFamily });

    expect(facts.details.deviceFamilies).toEqual(expected);
  });

  it('keep versions that were written as numbers', async () => {
    const facts = await factsOfInfo({ CFBundleVersion: 46, MinimumOSVersion: { real: 17.4 } });

    expect(facts.details).toMatchObject({ buildNumber: '46', minimumOSVersion: '17.4' });
  });

  it('take the build number as version where there is no other', async () => {
    const facts = await factsOfInfo({ CFBundleShortVersionString: undefined });

    expect(facts.details.versionNumber).toBeNull();
    expect(facts.version).toBe('45');
  });

  it('are those of the app and not of the apps and extensions in it', async () => {
    const other = xmlPlist(
      appInfo({ CFBundleIdentifier: 'com.example.other', CFBundleSupportedPlatforms: ['WatchOS'] }),
    );

    const facts = await factsOf({ files: { 'Watch/W.app/Info.plist': other, 'PlugIns/P.appex/Info.plist': other } });

    expect(facts.details.bundleId).toBe('com.example.notes');
  });

  it('are read from an archive whose names begin with ./', async () => {
    const facts = await read(buildZip([file('./Payload/App.app/Info.plist', xmlPlist(appInfo()))]));

    expect(facts.details.bundleId).toBe('com.example.notes');
  });

  it.each([
    ['two platforms', { CFBundleSupportedPlatforms: ['MacCatalyst', 'iPhoneOS'] }],
    ['the platform of Xcode only', { CFBundleSupportedPlatforms: undefined, DTPlatformName: 'iphoneos' }],
    ['no platform at all', { CFBundleSupportedPlatforms: undefined }],
  ])('are read where the app names %s', async (_, changes) => {
    await expect(factsOfInfo(changes)).resolves.toMatchObject({ identifier: 'com.example.notes' });
  });
});

describe('the provisioning profile of an IPA', () => {
  const withProfile = (changes: Readonly<Record<string, Plist>>, pieces = 1) =>
    factsOf({ profile: buildProfile({ plist: profilePlist(changes), pieces }) });
  const ofProfile = ({ warnings }: IpaFacts) => warnings.filter((warning) => /profile/.test(warning));

  it('gives no cause to warn while it is good for long', async () => {
    expect(ofProfile(await factsOf())).toEqual([]);
  });

  it('may be written in pieces', async () => {
    const facts = await withProfile({}, 3);

    expect(facts.details.provisioningExpiration).toBe('2027-06-01T12:00:00.000Z');
  });

  it.each([
    ['2027-03-01T12:00:00Z', /^The provisioning profile expired on 2027-03-01: /],
    ['2019-04-07T01:27:21Z', /^The provisioning profile expired on 2019-04-07: /],
    ['2027-03-01T13:00:00Z', /^The provisioning profile expires within a day, on 2027-03-01; /],
    ['2027-03-02T13:00:00Z', /^The provisioning profile expires in 1 day, /],
    ['2027-03-31T11:00:00Z', /^The provisioning profile expires in 29 days, on 2027-03-31; /],
  ])('that expires at %s is warned of, and the fact kept', async (expiration, expected) => {
    const facts = await withProfile({ ExpirationDate: new Date(expiration) });

    expect(ofProfile(facts)).toEqual([expect.stringMatching(expected)]);
    expect(facts.details.provisioningExpiration).toBe(new Date(expiration).toISOString());
  });

  it('that expires in thirty days is not warned of', async () => {
    const facts = await withProfile({ ExpirationDate: new Date('2027-03-31T12:00:00Z') });

    expect(ofProfile(facts)).toEqual([]);
  });

  it('for named devices says how many those are', async () => {
    const facts = await withProfile({ ProvisionsAllDevices: false, ProvisionedDevices: ['a', 'b'] });

    expect(ofProfile(facts)).toEqual([expect.stringContaining('the 2 devices that it names')]);
  });

  it.each([
    ['is only its text', xmlPlist(profilePlist())],
    ['is binary', binaryPlist(profilePlist())],
    ['is damaged around its text', Buffer.concat([Buffer.from([1, 2, 3]), xmlPlist(profilePlist()), Buffer.from([4])])],
  ])('that %s tells when it ends, and is no profile for devices', async (_, profile) => {
    const facts = await factsOf({ profile });

    expect(facts.details.provisioningExpiration).toBe('2027-06-01T12:00:00.000Z');
    expect(ofProfile(facts)).toEqual([expect.stringContaining('not signed')]);
  });

  it.each<[string, Buffer | null, RegExp]>([
    ['is missing', null, /has no provisioning profile/],
    ['is no signed message', Buffer.from('<plist><array/></plist>'), /cannot be read/],
    ['is signed nonsense', buildProfile({ plist: 'text' }), /cannot be read/],
    ['is cut off', buildProfile().subarray(0, 200), /cannot be read/],
    ['is nested without end', Buffer.from('3080'.repeat(50_000), 'hex'), /cannot be read/],
    ['names no expiration', buildProfile({ plist: dict({ Name: 'x' }) }), /does not say when it expires/],
  ])('that %s costs its facts only', async (_, profile, expected) => {
    const facts = await factsOf({ profile });

    expect(facts.details).toMatchObject({ bundleId: 'com.example.notes', provisioningExpiration: null });
    expect(ofProfile(facts)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('warnings of an IPA', () => {
  it.each<[string, IpaOptions, RegExp]>([
    ['an app of the App Store', { files: { 'SC_Info/Notes.sinf': Buffer.from('keys') } }, /comes from the App Store/],
    ['no version', { info: xmlPlist(appInfo({ CFBundleShortVersionString: undefined })) }, /names no version/],
    ['no build', { info: xmlPlist(appInfo({ CFBundleVersion: undefined })) }, /names no build/],
  ])('tell of %s', async (_, options, expected) => {
    const clean = await factsOf();
    const facts = await factsOf(options);

    expect(clean.warnings).not.toContainEqual(expect.stringMatching(expected));
    expect(facts.warnings).toContainEqual(expect.stringMatching(expected));
  });

  it('tell of a missing signature', async () => {
    const clean = await factsOf();
    const facts = await read(buildZip([file(`${appPath}/Info.plist`, xmlPlist(appInfo()))]));

    expect(clean.warnings).not.toContainEqual(expect.stringContaining('not signed'));
    expect(facts.warnings).toContainEqual(expect.stringContaining('not signed'));
  });
});

describe('an IPA is refused', () => {
  const info = xmlPlist(appInfo());

  it.each<[string, ZipEntry[], string]>([
    [
      'with two apps',
      [file('Payload/A.app/Info.plist', info), file('Payload/B.app/Info.plist', info)],
      'iosSeveralApps',
    ],
    ['with an empty Payload', [file('Payload/', '')], 'iosAppMissing'],
    ['with its Payload in a folder', [file('Build/Payload/A.app/Info.plist', info)], 'iosAppMissing'],
    ['with a watch app only', [file('Payload/A.app/Watch/W.app/Info.plist', info)], 'iosInfoMissing'],
    [
      'with two Info.plist',
      [file('Payload/A.app/Info.plist', info), file('Payload/A.app/Info.plist')],
      'packageMalformed',
    ],
    ['with a broken Info.plist', [file('Payload/A.app/Info.plist', '<plist><dict>')], 'packageMalformed'],
    ['with an encrypted one', [{ ...file('Payload/A.app/Info.plist', info), flags: 1 }], 'packageEncrypted'],
    ['with a huge one', [file('Payload/A.app/Info.plist', Buffer.alloc(2 * 1024 ** 2))], 'packageBeyondLimits'],
  ])('%s', async (_, entries, code) => {
    await expect(problemOf(read(buildZip(entries)))).resolves.toMatchObject({ code });
  });

  it.each<[string, Readonly<Record<string, Plist | undefined>>, string, RegExp]>([
    ['the simulator', { CFBundleSupportedPlatforms: ['iPhoneSimulator'] }, 'iosSimulatorBuild', /^$/],
    [
      'the simulator, as Xcode says',
      { CFBundleSupportedPlatforms: undefined, DTPlatformName: 'iphonesimulator' },
      'iosSimulatorBuild',
      /^$/,
    ],
    ['Apple TV', { CFBundleSupportedPlatforms: ['AppleTVOS'] }, 'iosOtherPlatform', /Apple TV/],
    ['the simulator of Apple TV', { CFBundleSupportedPlatforms: ['AppleTVSimulator'] }, 'iosSimulatorBuild', /^$/],
    ['Apple Watch', { CFBundleSupportedPlatforms: 'WatchOS' }, 'iosOtherPlatform', /Apple Watch/],
    ['something unknown', { CFBundleSupportedPlatforms: ['constructor'] }, 'iosOtherPlatform', /^$/],
  ])('when it is for %s', async (_, changes, code, detail) => {
    const problem = await problemOf(factsOfInfo(changes));

    expect(problem.code).toBe(code);
    expect(problem.detail ?? '').toMatch(detail);
  });

  it.each<[string, Plist | undefined, RegExp]>([
    ['no bundle identifier', undefined, /names no bundle identifier/],
    ['an empty one', '', /names no bundle identifier/],
    ['one that Apple does not allow', 'com.example.<app>', /does not allow/],
  ])('when it names %s', async (_, CFBundleIdentifier, detail) => {
    const problem = await problemOf(factsOfInfo({ CFBundleIdentifier }));

    expect(problem).toMatchObject({ code: 'packageMalformed', detail: expect.stringMatching(detail) });
  });

  it('when it is larger than Intune takes', async () => {
    const [reader] = readers;
    const source = { ...memorySource(buildIpa()), size: 2 * 1024 ** 3 + 1 };
    const evidence = {
      head: Buffer.alloc(0),
      tail: Buffer.alloc(0),
      zip: await ZipArchive.open(memorySource(buildIpa())),
    };

    await expect(problemOf(reader!.read(source, evidence))).resolves.toMatchObject({ code: 'iosTooLarge' });
  });

  it('when its name promises another format', async () => {
    await expect(problemOf(read(buildIpa(), 'notes.apk'))).resolves.toMatchObject({ code: 'packageNameMismatch' });
  });
});
