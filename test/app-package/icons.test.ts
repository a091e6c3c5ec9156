import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { accentColor, drawColourIcon, drawOutlineIcon } from '../../appPackage/icons.ts';

const readIcon = (name: string) => PNG.sync.read(readFileSync(new URL(`../../appPackage/${name}`, import.meta.url)));

function pixels(image: PNG): number[][] {
  return Array.from({ length: image.width * image.height }, (_, index) => [
    ...image.data.subarray(index * 4, index * 4 + 4),
  ]);
}

describe('the icons', () => {
  it.each([
    ['color.png', 192],
    ['outline.png', 32],
  ])('%s has the size Teams asks for', (name, size) => {
    const { width, height } = readIcon(name);

    expect([width, height]).toEqual([size, size]);
  });

  it('are what the script draws', () => {
    expect(Buffer.compare(readIcon('color.png').data, Buffer.from(drawColourIcon().pixels))).toBe(0);
    expect(Buffer.compare(readIcon('outline.png').data, Buffer.from(drawOutlineIcon().pixels))).toBe(0);
  });

  it('color.png covers its square and has the accent colour in its corners', () => {
    const icon = pixels(readIcon('color.png'));
    const accent = [1, 3, 5].map((at) => Number.parseInt(accentColor.slice(at, at + 2), 16));

    expect(icon.filter(([, , , alpha]) => alpha !== 255)).toEqual([]);
    for (const corner of [0, 191, 192 * 191, 192 * 192 - 1]) expect(icon[corner]).toEqual([...accent, 255]);
  });

  it('outline.png is white on transparent and nothing else', () => {
    const icon = pixels(readIcon('outline.png'));
    const painted = icon.filter(([, , , alpha]) => alpha !== 0);

    expect(painted.filter(([red, green, blue]) => red !== 255 || green !== 255 || blue !== 255)).toEqual([]);
    expect(painted.filter(([, , , alpha]) => alpha === 255).length).toBeGreaterThan(50);
    expect(icon[0]).toEqual([0, 0, 0, 0]);
  });
});
