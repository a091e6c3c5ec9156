import { createIpaReader } from '../../../src/packages/ipa/ipa-reader.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { applePng } from '../fixtures/apple-png-file.ts';
import { appInfo, buildIpa, buildProfile } from '../fixtures/ipa-file.ts';
import { binaryPlist, xmlPlist } from '../fixtures/property-list-file.ts';
import { mutate, seededRandom } from './mutate.ts';

const readers = [createIpaReader()];
const xml = xmlPlist(appInfo({ CFBundleIconFiles: ['Icon'] }));
const binary = binaryPlist(appInfo({ CFBundleIconFiles: ['Icon'] }));
const profile = buildProfile({ pieces: 2 });
const icon = applePng({ width: 4, pixels: Array.from({ length: 16 }, (_, at) => [at, 2 * at, 3 * at, 16 * at]) });
const files = { 'Icon.png': icon };
const whole = buildIpa({ info: binary, files });

const targets: readonly (readonly [what: string, build: (random: () => number) => Buffer])[] = [
  ['the archive', (random) => mutate(whole, random)],
  ['Info.plist as XML', (random) => buildIpa({ info: mutate(xml, random), files })],
  ['Info.plist as a binary', (random) => buildIpa({ info: mutate(binary, random), files })],
  ['the provisioning profile', (random) => buildIpa({ profile: mutate(profile, random), files })],
  ['the icon', (random) => buildIpa({ files: { 'Icon.png': mutate(icon, random) } })],
];

describe('an IPA with faults', () => {
  it.each(targets)('in %s gives facts or a problem', async (_, build) => {
    const random = seededRandom(20_270_301);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 400; round += 1) {
      const outcome = await readPackage(memorySource(build(random)), 'notes.ipa', { readers }).then(
        ({ format }) => format,
        (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }

    const unexpected = [...outcomes.keys()].filter((outcome) => outcome !== 'ipa' && !problems.has(outcome));
    expect(unexpected).toEqual([]);
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(400);
  });
});

/** `unexpected` and `packageTooSlow` are not among them: no fault of a file may lead there. */
const problems: ReadonlySet<string> = new Set([
  'packageEmpty',
  'packageTruncated',
  'packageMalformed',
  'packageEncrypted',
  'packageBeyondLimits',
  'packageNotSupported',
  'packageNameMismatch',
  'iosAppMissing',
  'iosSeveralApps',
  'iosInfoMissing',
  'iosSimulatorBuild',
  'iosOtherPlatform',
]);
