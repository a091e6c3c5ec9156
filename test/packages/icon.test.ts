import { PNG } from 'pngjs';
import { fitIcon, largestIcon } from '../../src/packages/icon.ts';
import { readRasterImage } from '../../src/packages/raster-image.ts';

/** A picture that does not compress: a red left half with noise in its alpha, a clear right half. */
function noisyPng(side: number): Buffer {
  const png = new PNG({ width: side, height: side });
  let state = 1;
  for (let at = 0; at < png.data.length; at += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const isLeft = (at / 4) % side < side / 2;
    png.data.set(
      isLeft ? [200 + (state % 50), state % 40, (state >>> 8) % 40, 255] : [0, state % 256, (state >>> 4) % 256, 0],
      at,
    );
  }
  return PNG.sync.write(png);
}

const fitted = (bytes: Buffer) => {
  const image = readRasterImage(bytes);
  if (image === null || image.kind === 'webp') throw new Error('It is a picture');
  return fitIcon(bytes, image);
};

describe('an icon', () => {
  it('that is small enough stays as it is', () => {
    const bytes = noisyPng(32);

    expect(fitted(bytes)).toEqual({ mimeType: 'image/png', width: 32, height: 32, bytes });
  });

  it('that is too large is made smaller, and looks the same from afar', () => {
    const large = noisyPng(600);
    expect(large.length).toBeGreaterThan(largestIcon);

    const icon = fitted(large);

    expect(icon).toMatchObject({ mimeType: 'image/png', width: 256, height: 256 });
    expect(icon!.bytes.length).toBeLessThanOrEqual(largestIcon);
    const { data } = PNG.sync.read(icon!.bytes);
    const [red = 0, green = 0, , alpha] = data.subarray((128 * 256 + 64) * 4);
    expect([red > 190, green < 60, alpha]).toEqual([true, true, 255]);
    // What was clear gives no colour to what was not.
    expect(data[(128 * 256 + 192) * 4 + 3]).toBe(0);
  });

  it('that is damaged or opens into too much is none', () => {
    const large = noisyPng(600);
    const damaged = Buffer.concat([large.subarray(0, 40), Buffer.alloc(largestIcon)]);
    const huge = Buffer.from(large);
    huge.writeUInt32BE(8_000, 16);
    huge.writeUInt32BE(8_000, 20);

    expect([fitted(damaged), fitted(huge)]).toEqual([null, null]);
  });
});
