import { existsSync, readFileSync } from 'node:fs';
import { openFileSource } from '../../../src/packages/file-source.ts';
import type { PackageFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';

const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const isThere = existsSync(corpus);

interface Truth {
  file: string;
  type: string;
  expected: {
    CFBundleIdentifier: string;
    CFBundleShortVersionString: string;
    CFBundleVersion: string;
    CFBundleDisplayName: string | null;
    CFBundleName: string | null;
    MinimumOSVersion: string;
    UIDeviceFamily: number[];
    CFBundleSupportedPlatforms: string[];
    provision: { ExpirationDate: string } | null;
  };
}

const truth: Truth[] = isThere ? JSON.parse(readFileSync(new URL('truth.json', corpus), 'utf8')) : [];
const ipas = truth.filter(({ type }) => type === 'ipa');
const forDevices = ipas.filter(({ expected }) => expected.CFBundleSupportedPlatforms.includes('iPhoneOS'));
const forOthers = ipas.filter((ipa) => !forDevices.includes(ipa));

async function read(path: string): Promise<PackageFacts> {
  const source = await openFileSource(new URL(path, corpus).pathname);
  try {
    return await readPackage(source, path);
  } finally {
    await source.close();
  }
}

if (!isThere) {
  describe('corpus of IPA files', () => {
    it.skip('is not on this machine: real IPA files were not read', () => {});
  });
} else {
  describe('corpus of IPA files', () => {
    it.each(forDevices)('gives the facts of $file', async ({ file, expected }) => {
      const facts = await read(file);

      expect(facts.details).toEqual({
        bundleId: expected.CFBundleIdentifier,
        versionNumber: expected.CFBundleShortVersionString,
        buildNumber: expected.CFBundleVersion,
        displayName: expected.CFBundleDisplayName ?? expected.CFBundleName,
        minimumOSVersion: expected.MinimumOSVersion,
        deviceFamilies: expected.UIDeviceFamily,
        provisioningExpiration:
          expected.provision === null ? null : new Date(expected.provision.ExpirationDate).toISOString(),
      });
      expect(facts.warnings).toContainEqual(expect.stringMatching(/^The provisioning profile expired/));
    });

    it.each(forOthers)('refuses $file, which is for the simulator', async ({ file }) => {
      await expect(read(file)).rejects.toMatchObject({ problem: { code: 'iosSimulatorBuild' } });
    });

    it.each([
      ['two-apps.ipa', 'iosSeveralApps'],
      ['nested-only-watch.ipa', 'iosInfoMissing'],
      ['real-no-app-bundle.ipa', 'iosAppMissing'],
      ['real-fastlane-ContainsWatchApp-nested.ipa', 'iosAppMissing'],
      ['plist-billion-laughs.ipa', 'packageMalformed'],
      ['unknown-method-98.ipa', 'packageMalformed'],
      ['encrypted-flag.ipa', 'packageEncrypted'],
      ['lying-uncompressed-size.ipa', 'packageBeyondLimits'],
      ['apk-renamed.ipa', 'packageNameMismatch'],
    ])('refuses %s as %s', async (file, code) => {
      await expect(read(`bad/${file}`)).rejects.toMatchObject({ problem: { code } });
    });

    it.each([
      ['binary-info-plist-valid.ipa', 'com.bin.plist'],
      ['zip-slip.ipa', 'com.bomb.app'],
      ['sixty-thousand-entries.ipa', 'com.bomb.app'],
    ])('reads %s', async (file, bundleId) => {
      await expect(read(`bad/${file}`)).resolves.toMatchObject({ identifier: bundleId });
    });
  });
}
