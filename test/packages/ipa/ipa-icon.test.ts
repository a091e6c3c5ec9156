import { PNG } from 'pngjs';
import { usualPng } from '../../../src/packages/ipa/apple-png.ts';
import type { IpaFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type ApplePngOptions, applePng, type Pixel } from '../fixtures/apple-png-file.ts';
import { appInfo, buildIpa, type IpaOptions } from '../fixtures/ipa-file.ts';
import { jpeg, png, webp } from '../fixtures/picture.ts';
import { dict, type Plist, xmlPlist } from '../fixtures/property-list-file.ts';

const noise = (side: number, opaque: boolean): Pixel[] =>
  Array.from({ length: side * side }, (_, at) => [
    (at * 37) % 256,
    (at * 91) % 256,
    (at * 13) % 256,
    opaque ? 255 : 51 * ((at % 5) + 1),
  ]);

const colours = (bytes: Buffer | null): Pixel[] => {
  const { data } = PNG.sync.read(bytes!);
  return Array.from({ length: data.length / 4 }, (_, at) => [...data.subarray(at * 4, at * 4 + 4)] as unknown as Pixel);
};

describe('a picture that Xcode changed', () => {
  it.each([
    ['with transparency', false],
    ['without', true],
  ])('becomes a usual PNG again, %s', (_, opaque) => {
    const pixels = noise(5, true);

    const restored = usualPng(applePng({ width: 5, pixels, opaque, filters: [0, 1, 2, 3, 4] }));

    expect(colours(restored)).toEqual(pixels);
  });

  it('gets its colours back where it is half transparent', () => {
    const pixels = noise(6, false);

    const restored = colours(usualPng(applePng({ width: 6, pixels, filters: [4, 3, 2, 1, 0, 4] })));

    restored.forEach((pixel, at) => {
      // A colour loses precision with transparency: one step of the stored value is 255 / alpha of the restored one.
      const step = 255 / pixel[3];
      expect(pixel[3]).toBe(pixels[at]![3]);
      const errors = pixel.map((colour, channel) => Math.abs(colour - pixels[at]![channel]!));
      expect(Math.max(...errors)).toBeLessThanOrEqual(step);
    });
  });

  it('keeps the transparent parts transparent', () => {
    const restored = usualPng(applePng({ width: 1, pixels: [[9, 9, 9, 0]] }));

    expect(colours(restored)).toEqual([[0, 0, 0, 0]]);
  });

  it.each<[string, Buffer]>([
    ['interlaced', broken({ header: { 12: 1 } })],
    ['of sixteen bits', broken({ header: { 8: 16 } })],
    ['with a palette', broken({ header: { 9: 3 } })],
    ['taller than its data', broken({ header: { 7: 3 } })],
    ['smaller than its data', broken({ header: { 7: 1 } })],
    ['of gigantic size', broken({ header: { 0: 0x7f, 4: 0x7f } })],
    ['with an unknown filter', broken({ filters: [7, 0] })],
    ['cut off', broken({}).subarray(0, 60)],
    ['no picture', Buffer.from('no picture at all')],
  ])('is left out when it is %s', (_, bytes) => {
    expect(usualPng(bytes)).toBeNull();
  });

  it('stays as it is when nobody changed it', () => {
    expect(usualPng(png(4))).toEqual(png(4));
  });
});

describe('icon of an IPA', () => {
  const named = (...names: string[]): Plist => dict({ CFBundlePrimaryIcon: dict({ CFBundleIconFiles: names }) });
  const factsOf = (
    files: IpaOptions['files'],
    info: Readonly<Record<string, Plist>> = {},
    entries: IpaOptions['entries'] = [],
  ) =>
    readPackage(
      memorySource(buildIpa({ info: xmlPlist(appInfo(info)), files: files ?? {}, entries })),
      'notes.ipa',
    ) as Promise<IpaFacts>;

  it('is the sharpest of those that Info.plist names', async () => {
    const facts = await factsOf(
      {
        'AppIcon29x29@3x.png': png(87),
        'AppIcon60x60@2x.png': png(120),
        'AppIcon76x76@2x~ipad.png': png(152),
        'Launch1024.png': png(1024),
      },
      { CFBundleIcons: named('AppIcon29x29', 'AppIcon60x60'), 'CFBundleIcons~ipad': named('AppIcon76x76') },
    );

    expect(facts.icon).toMatchObject({ mimeType: 'image/png', width: 152, height: 152 });
    expect(facts.icon?.bytes).toEqual(png(152));
  });

  it('is restored when Xcode changed it', async () => {
    const pixels = noise(4, true);

    const facts = await factsOf(
      { 'AppIcon60x60@2x.png': applePng({ width: 4, pixels }) },
      { CFBundleIcons: named('AppIcon60x60') },
    );

    expect(facts.icon).toMatchObject({ mimeType: 'image/png', width: 4, height: 4 });
    expect(colours(facts.icon!.bytes)).toEqual(pixels);
  });

  it.each<[string, Readonly<Record<string, Plist>>, string]>([
    ['in the old list', { CFBundleIconFiles: ['Logo.png', 'Logo@2x.png'] }, 'Logo@2x.png'],
    ['in the oldest key', { CFBundleIconFile: 'Logo' }, 'Logo.png'],
    ['nowhere, but is called as usual', {}, 'Icon-72@2x.png'],
    ['nowhere, but is called as usual in capitals', {}, 'ICON.PNG'],
  ])('is found where it is named %s', async (_, info, file) => {
    const facts = await factsOf({ [file]: png(72) }, info);

    expect(facts.icon).toMatchObject({ width: 72 });
  });

  it('is the next one where the sharpest is damaged, too large or no picture', async () => {
    const facts = await factsOf({
      'Icon-100.png': applePng({ width: 1, pixels: [[0, 0, 0, 0]], header: { 12: 1 } }),
      'Icon-90.png': png(90, 5_000_000),
      'Icon-80.png': webp(),
      'Icon-70.png': png(70),
    });

    expect(facts.icon).toMatchObject({ width: 70 });
  });

  it('is the artwork beside the app where the app has none', async () => {
    const facts = await factsOf({}, {}, [{ name: 'iTunesArtwork', content: jpeg(512, 512) }]);

    expect(facts.icon).toMatchObject({ mimeType: 'image/jpeg', width: 512 });
  });

  it('is told to be missing', async () => {
    const without = await factsOf({ 'Watch/W.app/Icon.png': png(60), 'Logo.png': png(60) });
    const having = await factsOf({ 'Icon.png': png(60) });

    expect(without.icon).toBeNull();
    expect(without.warnings).toContainEqual(expect.stringContaining('No icon'));
    expect(having.warnings).not.toContainEqual(expect.stringContaining('No icon'));
  });
});

function broken(changes: Partial<ApplePngOptions>): Buffer {
  return applePng({ width: 2, pixels: noise(2, true), ...changes });
}
