import type { ApkFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { attributes, buildApk, type ManifestOptions } from '../fixtures/apk-file.ts';
import { buildArsc, type TypeValues } from '../fixtures/arsc-file.ts';
import { buildAxml } from '../fixtures/axml-file.ts';
import { jpeg, png, webp } from '../fixtures/picture.ts';

const icon = { reference: 0x7f020000 };
const front = { reference: 0x7f020001 };
const back = { reference: 0x7f020002 };
const anyDensity = 0xfffe;

const adaptiveIcon = buildAxml({
  name: 'adaptive-icon',
  children: [
    { name: 'background', attributes: attributes({ drawable: back }) },
    { name: 'foreground', attributes: attributes({ drawable: front }) },
  ],
});
const vector = buildAxml({ name: 'vector', children: [{ name: 'path' }] });

function variants(...list: [density: number, path: string, entry?: number][]): TypeValues[] {
  return list.map(([density, path, entry = 0]) => ({ typeId: 2, config: { density }, values: { [entry]: path } }));
}

function factsOf(
  files: Readonly<Record<string, Buffer>>,
  types: TypeValues[],
  manifest: ManifestOptions = { application: { icon } },
): Promise<ApkFacts> {
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  const table = { name: 'resources.arsc', content: buildArsc(types) };
  return readPackage(memorySource(buildApk(manifest, [table, ...entries])), 'app.apk') as Promise<ApkFacts>;
}

describe('icon of an APK', () => {
  it('is the sharpest picture', async () => {
    const facts = await factsOf(
      { 'a.png': png(48), 'b.png': png(192), 'c.png': png(96) },
      variants([160, 'a.png'], [640, 'b.png'], [320, 'c.png']),
    );

    expect(facts.icon).toMatchObject({ mimeType: 'image/png', width: 192, height: 192 });
    expect(facts.icon?.bytes).toEqual(png(192));
  });

  it('is told by its bytes and not by its name', async () => {
    const facts = await factsOf(
      { 'res/b.png': webp(), 'res/c.webp': png(96), 'res/a': jpeg(40, 30) },
      variants([160, 'res/a'], [640, 'res/b.png'], [320, 'res/c.webp']),
    );

    expect(facts.icon).toMatchObject({ mimeType: 'image/png', width: 96 });
    expect(facts.warnings).not.toContainEqual(expect.stringContaining('WebP'));
  });

  it('may be a JPEG', async () => {
    const facts = await factsOf({ 'a.jpg': jpeg(40, 30) }, variants([0, 'a.jpg']));

    expect(facts.icon).toMatchObject({ mimeType: 'image/jpeg', width: 40, height: 30 });
  });

  it('is a picture of another density where the best one is drawn in layers', async () => {
    const facts = await factsOf(
      { 'icon.xml': adaptiveIcon, 'icon.png': png(96), 'front.png': png(432) },
      variants([anyDensity, 'icon.xml'], [320, 'icon.png'], [640, 'front.png', 1]),
    );

    expect(facts.icon?.width).toBe(96);
  });

  it('is the front layer where there is nothing but layers', async () => {
    const facts = await factsOf(
      { 'icon.xml': adaptiveIcon, 'back.png': png(216), 'front.png': png(432) },
      variants([anyDensity, 'icon.xml'], [640, 'front.png', 1], [640, 'back.png', 2]),
    );

    expect(facts.icon?.width).toBe(432);
  });

  it('is found behind an alias', async () => {
    const facts = await factsOf({ 'front.png': png(72) }, [
      { typeId: 2, values: { 0: front } },
      ...variants([240, 'front.png', 1]),
    ]);

    expect(facts.icon?.width).toBe(72);
  });

  it('is that of the activity on the home screen where the app has none', async () => {
    const facts = await factsOf({ 'a.png': png(48) }, variants([160, 'a.png']), {
      launchers: [{ name: '.Main', icon }],
    });

    expect(facts.icon?.width).toBe(48);
  });

  it('is the round one where there is no other', async () => {
    const facts = await factsOf({ 'a.png': png(48) }, variants([160, 'a.png']), { application: { roundIcon: icon } });

    expect(facts.icon?.width).toBe(48);
  });

  it('is the next best one where the best is larger than Intune takes', async () => {
    const facts = await factsOf(
      { 'a.png': png(48), 'b.png': png(192, 5_000_000) },
      variants([160, 'a.png'], [640, 'b.png']),
    );

    expect(facts.icon?.width).toBe(48);
  });

  it.each([
    ['in WebP only', { 'a.webp': webp() }, variants([640, 'a.webp']), /WebP/],
    ['too large only', { 'a.png': png(192, 5_000_000) }, variants([640, 'a.png']), /larger than 4 MB/],
    ['drawn as a vector only', { 'a.xml': vector }, variants([anyDensity, 'a.xml']), /No icon that Intune takes/],
    ['missing from the archive', {}, variants([640, 'gone.png']), /No icon that Intune takes/],
    [
      'layers that lead back to themselves',
      { 'icon.xml': adaptiveIcon },
      [...variants([anyDensity, 'icon.xml'], [anyDensity, 'icon.xml', 1], [anyDensity, 'icon.xml', 2])],
      /No icon that Intune takes/,
    ],
  ])('is absent with a warning when it is %s', async (_, files: Record<string, Buffer>, types, warning) => {
    const facts = await factsOf(files, types);

    expect(facts.icon).toBeNull();
    expect(facts.warnings).toContainEqual(expect.stringMatching(warning));
  });

  it('does not cost the package when its file is damaged', async () => {
    const table = { name: 'resources.arsc', content: buildArsc(variants([160, 'a.png'])) };
    const damaged = { name: 'a.png', content: png(48), claimedCrc: 1 };

    const facts = await readPackage(memorySource(buildApk({ application: { icon } }, [table, damaged])), 'app.apk');

    expect(facts.icon).toBeNull();
  });
});
