import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildMsi } from '../fixtures/msi-file.ts';
import { mutate, seededRandom } from './mutate.ts';

describe('a damaged MSI', () => {
  it('gives facts or a problem, whatever the damage', async () => {
    const random = seededRandom(20_261);
    const sound = [buildMsi(), buildMsi({ longReferences: true, backwards: true }), buildMsi({ sectorSize: 4096 })];
    const outcomes = { facts: 0, problems: 0 };

    for (let round = 0; round < 2000; round += 1) {
      const bytes = mutate(sound[round % sound.length]!, random);
      const outcome = await readPackage(memorySource(bytes), 'app').catch((error: unknown) => error);
      if (outcome instanceof ProblemError) outcomes.problems += 1;
      else {
        expect(outcome).toMatchObject({
          format: 'msi',
          details: { productCode: expect.stringMatching(/^\{.{36}\}$/) },
        });
        outcomes.facts += 1;
      }
    }

    expect(outcomes.facts).toBeGreaterThan(100);
    expect(outcomes.problems).toBeGreaterThan(100);
  });
});
