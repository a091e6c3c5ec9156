import type { AppxFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type AppxOptions, buildAppx } from '../fixtures/appx-file.ts';
import { jpeg, png, webp } from '../fixtures/picture.ts';

async function iconOf(files: Readonly<Record<string, Buffer>>, options: AppxOptions = {}) {
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  const facts = await readPackage(memorySource(buildAppx(options, entries)), 'app.msix');
  return (facts as AppxFacts).icon;
}

describe('icon of a Windows app package', () => {
  it.each<[string, Readonly<Record<string, Buffer>>]>([
    ['as it is named', { 'Assets/Logo.png': png(64) }],
    ['in another case', { 'assets/LOGO.png': png(64) }],
    ['in its best scale', { 'Assets/Logo.scale-100.png': png(32), 'Assets/Logo.scale-200.png': png(64) }],
    ['in a folder of its scale', { 'Assets/scale-100/Logo.png': png(32), 'Assets/scale-200/Logo.png': png(64) }],
    [
      'in usual contrast',
      { 'Assets/Logo.scale-100.png': png(64), 'Assets/Logo.scale-400_contrast-black.png': png(256) },
    ],
    ['beside pictures of similar names', { 'Assets/Logo.png': png(64), 'Assets/Logos.png': png(99) }],
    ['in the next best scale that can be read', { 'Assets/Logo.scale-400.png': webp(), 'Assets/Logo.png': png(64) }],
  ])('is found %s', async (_, files) => {
    const icon = await iconOf(files);

    expect(icon).toMatchObject({ mimeType: 'image/png', width: 64, height: 64, bytes: png(64) });
  });

  it('is found under a name with escapes', async () => {
    const icon = await iconOf({ 'Assets/My%20Logo.png': jpeg(40, 40) }, { logo: 'Assets\\My Logo.png' });

    expect(icon).toMatchObject({ mimeType: 'image/jpeg', width: 40 });
  });

  it('is the sharpest of all logos', async () => {
    const icon = await iconOf(
      { 'Assets/Logo.png': png(50), 'Assets/Tile.scale-200.png': png(300) },
      {
        applications:
          '<Application Id="A"><uap:VisualElements Square150x150Logo="Assets\\Tile.png" Square44x44Logo="Assets\\Small.png"/></Application>',
      },
    );

    expect(icon?.width).toBe(300);
  });

  it.each<[string, Readonly<Record<string, Buffer>>, AppxOptions]>([
    ['is not there', {}, {}],
    ['is empty', { 'Assets/Logo.png': Buffer.alloc(0) }, {}],
    ['is too large for Intune', { 'Assets/Logo.png': png(64, 5_000_000) }, {}],
    ['has a path that leads outside', { 'Assets/Logo.png': png(64) }, { logo: '..\\..\\Assets\\Logo.png' }],
    ['has a cut header', { 'Assets/Logo.png': jpeg(40, 40).subarray(0, 12) }, {}],
  ])('is absent where the logo %s', async (_, files, options) => {
    await expect(iconOf(files, options)).resolves.toBeNull();
  });

  it('does not take long to search for in an archive of long names', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `assets/${'-'.repeat(30_000)}${index}/logo.png`);

    const icon = await iconOf(Object.fromEntries(names.map((name) => [name, Buffer.from('x')])));

    expect(icon).toBeNull();
  });
});
