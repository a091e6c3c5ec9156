import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { hostileFiles } from './hostile-files.ts';
import { seededRandom } from './mutate.ts';

describe('a damaged APK', () => {
  it('gives facts or a problem, whatever the damage', async () => {
    const random = seededRandom(20_266);
    const makers = hostileFiles.apk ?? [];
    const outcomes = { facts: 0, problems: 0 };

    for (let round = 0; round < 2000; round += 1) {
      const bytes = makers[round % makers.length]!(random);
      const outcome = await readPackage(memorySource(bytes), 'app').catch((error: unknown) => error);
      if (outcome instanceof ProblemError) outcomes.problems += 1;
      else {
        expect(outcome).toMatchObject({ format: 'apk', details: { versionCode: expect.stringMatching(/^\d+$/) } });
        outcomes.facts += 1;
      }
    }

    expect(outcomes.facts).toBeGreaterThan(100);
    expect(outcomes.problems).toBeGreaterThan(100);
  });
});
