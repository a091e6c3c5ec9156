import { deflateSync, inflateSync } from 'node:zlib';
import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildProduct, buildXar, distribution, packageInfo } from '../fixtures/pkg-file.ts';
import { mutate, seededRandom } from './mutate.ts';

const rounds = 700;

/** The faults would hardly ever get past the compression: they are made in what is compressed. */
function withFaultyToc(random: () => number): Buffer {
  const whole = buildProduct();
  const end = 28 + Number(whole.readBigUInt64BE(8));
  const toc = mutate(inflateSync(whole.subarray(28, end)), random);
  const compressed = deflateSync(toc);
  const header = Buffer.from(whole.subarray(0, 28));
  header.writeBigUInt64BE(BigInt(compressed.length), 8);
  header.writeBigUInt64BE(BigInt(toc.length), 16);
  return Buffer.concat([header, compressed, whole.subarray(end)]);
}

function withFaultyXml(random: () => number): Buffer {
  return buildXar([
    { path: 'Distribution', content: mutate(Buffer.from(distribution()), random) },
    { path: 'a.pkg/PackageInfo', content: mutate(Buffer.from(packageInfo()), random) },
  ]);
}

describe('a PKG with faults', () => {
  it.each([
    ['anywhere', (random: () => number) => mutate(buildProduct(), random), 1],
    ['in its table of contents', withFaultyToc, 2],
    ['in its XML files', withFaultyXml, 3],
  ])('%s is read or refused', async (_, make, seed) => {
    const random = seededRandom(seed);
    const outcomes = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await readPackage(memorySource(make(random)), 'app').catch((error: unknown) => error);
      outcomes.add(outcome instanceof ProblemError ? outcome.problem.code : 'facts');
      if (!(outcome instanceof ProblemError)) expect(outcome).toMatchObject({ size: expect.any(Number) });
    }
    // Both happen, or the faults would not have been where they should be.
    expect([...outcomes]).toEqual(expect.arrayContaining(['facts', 'packageMalformed']));
  });
});
