import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildIntunewin, intunewinParts } from '../fixtures/intunewin-file.ts';
import { buildZip } from '../fixtures/zip-file.ts';
import { mutate, seededRandom } from './mutate.ts';

describe('a damaged intunewin package', () => {
  it('gives facts or a problem, whatever the damage', async () => {
    const random = seededRandom(20_262);
    const whole = buildIntunewin();
    const { content, detection } = intunewinParts({
      extra: '<MsiInfo><MsiProductCode>{D2A7C1B0-1111-4222-8333-944455556662}</MsiProductCode></MsiInfo>',
    });
    const outcomes = { facts: 0, problems: 0 };

    for (let round = 0; round < 2000; round += 1) {
      // Damage to the archive rarely gets past its checksums, so every second one is packed around the damage.
      const bytes =
        round % 2 === 0
          ? mutate(whole, random)
          : buildZip([
              { name: 'IntuneWinPackage/Contents/IntunePackage.intunewin', content, method: 0 },
              { name: 'IntuneWinPackage/Metadata/Detection.xml', content: mutate(detection, random) },
            ]);
      const outcome = await readPackage(memorySource(bytes), 'app').catch((error: unknown) => error);
      if (outcome instanceof ProblemError) outcomes.problems += 1;
      else {
        expect(outcome).toMatchObject({ format: 'intunewin', details: { encryptedContentSize: content.length } });
        outcomes.facts += 1;
      }
    }

    expect(outcomes.facts).toBeGreaterThan(100);
    expect(outcomes.problems).toBeGreaterThan(100);
  });
});
