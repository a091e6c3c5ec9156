import type { DmgFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildApfs } from '../fixtures/apfs-volume.ts';
import { buildDmg, buildUdif, infoPlist, notesApp, withGpt } from '../fixtures/dmg-file.ts';
import { buildHfsVolume } from '../fixtures/hfs-volume.ts';
import { mutate, seededRandom } from './mutate.ts';

const rounds = 500;
const files = Array.from({ length: 12 }, (_, index) => ({ path: `File ${index}`, content: 'x' }));
const scattered = {
  path: 'Other.app/Contents/Info.plist',
  content: infoPlist({ NSHumanReadableCopyright: 'x'.repeat(6_000) }),
  isScattered: true,
};
const volume = buildHfsVolume([notesApp, scattered, ...files]);
const disk = withGpt(volume);
const image = buildDmg([notesApp, ...files], { chunk: 256 });

/** Faults in the volume's structures only: most of the rest is empty. */
function faultyVolume(random: () => number): Buffer {
  const changed = Buffer.from(volume);
  const places = [1024, 4096, 4096 + 1024, 8 * 512 + 128 * 512];
  const start = places[Math.floor(random() * places.length)] ?? 0;
  const length = Math.floor(random() * 4096);
  const part = mutate(changed.subarray(start, start + length), random);
  part.copy(changed, start, 0, length);
  return changed;
}

const apfs = buildApfs([notesApp, ...files]);
const usedBlocks = 14;

/** In one of the first blocks, near one of its ends: that is where structures are. */
function faultyApfs(random: () => number): Buffer {
  const changed = Buffer.from(apfs);
  const block = Math.floor(random() * usedBlocks) * 4096;
  const start = block + (random() < 0.5 ? 0 : 3500);
  const part = mutate(changed.subarray(start, start + 590), random);
  part.copy(changed, start, 0, 590);
  return changed;
}

function faultyTable(random: () => number): Buffer {
  return buildUdif(volume, { chunk: 256, table: (table) => void mutate(table, random).copy(table) });
}

/** Whatever is neither facts nor a problem fails the test. */
function kindOf(outcome: unknown): string {
  if (outcome instanceof ProblemError) return outcome.problem.code;
  expect(outcome).toMatchObject({ format: 'dmg' });
  return (outcome as DmgFacts).details.apps.length === 0 ? 'no app' : 'app';
}

describe('a disk image with faults', () => {
  it.each([
    ['anywhere', (random: () => number) => mutate(image, random), 11, 'packageMalformed'],
    [
      'in its partition table',
      (random: () => number) => Buffer.concat([mutate(disk.subarray(0, 2048), random), disk.subarray(2048)]),
      12,
      'packageMalformed',
    ],
    ['in its file system', faultyVolume, 13, 'packageMalformed'],
    ['in its list of blocks', faultyTable, 14, 'packageMalformed'],
    ['in an APFS volume', faultyApfs, 15, 'no app'],
  ])('%s is read or refused', async (_, make, seed, other) => {
    const random = seededRandom(seed);
    const outcomes = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await readPackage(memorySource(make(random)), 'image').catch((error: unknown) => error);
      outcomes.add(kindOf(outcome));
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['app', other]));
  });
});
