import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { appxManifest, buildAppx, buildBundle, bundleManifest } from '../fixtures/appx-file.ts';
import { png } from '../fixtures/picture.ts';
import { buildPri } from '../fixtures/pri-file.ts';
import { buildZip } from '../fixtures/zip-file.ts';
import { mutate, seededRandom } from './mutate.ts';

describe('a damaged Windows app package', () => {
  it('gives facts or a problem, whatever the damage', async () => {
    const random = seededRandom(20_263);
    const options = { displayName: 'ms-resource:AppName' };
    const index = buildPri({ 'Resources/AppName': { 'en-US': 'Clock', 'de-DE': 'Uhr' }, 'Files/A': { '': 'a' } });
    const manifest = Buffer.from(appxManifest(options));
    const logo = { name: 'Assets/Logo.png', content: png(16) };
    const whole = buildAppx(options, [{ name: 'resources.pri', content: index }, logo]);
    const packages = [{ attributes: { Type: 'application', FileName: 'A.msix', Architecture: 'x64' }, content: whole }];
    const bundle = buildBundle(packages);
    const bundleXml = Buffer.from(bundleManifest(packages));
    // Damage to an archive rarely gets past its checksums, so most are packed around the damage.
    const makers = [
      () => mutate(whole, random),
      () => mutate(bundle, random),
      () => buildZip([{ name: 'AppxManifest.xml', content: mutate(manifest, random) }, logo]),
      () => buildAppx(options, [{ name: 'resources.pri', content: mutate(index, random) }]),
      () => buildAppx(options, [{ name: 'Assets/Logo.png', content: mutate(png(16), random) }]),
      () =>
        buildZip([
          { name: 'A.msix', content: mutate(whole, random), method: 0 },
          {
            name: 'AppxMetadata/AppxBundleManifest.xml',
            content: random() < 0.5 ? bundleXml : mutate(bundleXml, random),
          },
        ]),
    ];
    const outcomes = { facts: 0, problems: 0 };

    for (let round = 0; round < 2000; round += 1) {
      const bytes = makers[round % makers.length]!();
      const outcome = await readPackage(memorySource(bytes), 'app').catch((error: unknown) => error);
      if (outcome instanceof ProblemError) outcomes.problems += 1;
      else {
        expect(outcome).toMatchObject({
          format: expect.stringMatching(/^msix(bundle)?$/),
          details: { identityName: expect.any(String), publisherHash: expect.stringMatching(/^.{13}$/) },
        });
        outcomes.facts += 1;
      }
    }

    expect(outcomes.facts).toBeGreaterThan(100);
    expect(outcomes.problems).toBeGreaterThan(100);
  });
});
