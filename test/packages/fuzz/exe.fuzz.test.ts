import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildExe } from '../fixtures/exe-file.ts';
import { png } from '../fixtures/picture.ts';
import { mutate, seededRandom } from './mutate.ts';

describe('a damaged EXE', () => {
  it('gives facts or a problem, whatever the damage', async () => {
    const random = seededRandom(7_341);
    const versions = { '040904b0': { ProductName: 'Field Notes' }, '040704b0': { ProductName: 'Feldnotizen' } };
    const sound = [
      buildExe({ versions, fixed: [1, 2, 3, 4], translation: '040704b0', manifest: '<assembly/>', icons: [png(48)] }),
      buildExe({ is64Bit: true, versions, rawData: { 11111: Buffer.from('rDlPtS') }, overlay: Buffer.alloc(300) }),
    ];
    const outcomes = { facts: 0, problems: 0 };

    for (let round = 0; round < 2000; round += 1) {
      const bytes = mutate(sound[round % sound.length]!, random);
      const outcome = await readPackage(memorySource(bytes), 'setup').catch((error: unknown) => error);
      if (outcome instanceof ProblemError) outcomes.problems += 1;
      else {
        expect(outcome).toMatchObject({ format: 'exe', size: bytes.length });
        outcomes.facts += 1;
      }
    }

    expect(outcomes.facts).toBeGreaterThan(100);
    expect(outcomes.problems).toBeGreaterThan(100);
  });
});
