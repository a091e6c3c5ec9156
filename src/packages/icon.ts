import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { ProblemError } from '../problems/problem.ts';
import type { PackageIcon } from './package-facts.ts';
import { type RasterImage, readRasterImage } from './raster-image.ts';

/** Intune keeps icons as base64 in the app object and refuses large ones. */
export const largestIcon = 500 * 1024;
/** Read at most, to be made smaller. */
export const largestIconFile = 4 * 1024 ** 2;
/** Pictures that open into more than these are left alone: a reader has 64 MiB. */
const mostPixels = 4 * 1024 ** 2;
const shrunkSide = 256;

/** A picture as Intune takes it: as it is where it is small enough, otherwise made smaller. Null where that cannot be done. */
export function fitIcon(bytes: Buffer, image: Exclude<RasterImage, { kind: 'webp' }>): PackageIcon | null {
  const { mimeType, width, height } = image;
  if (bytes.length <= largestIcon) return { mimeType, width, height, bytes };
  if (width * height > mostPixels) return null;
  try {
    const shrunk = shrink(image.kind === 'png' ? PNG.sync.read(bytes) : openJpeg(bytes));
    const written = PNG.sync.write(shrunk);
    if (written.length > largestIcon) return null;
    return { mimeType: 'image/png', width: shrunk.width, height: shrunk.height, bytes: written };
  } catch {
    // A picture that cannot be opened is none that Intune could show.
    return null;
  }
}

/** A picture that somebody sent as an icon. Its bytes decide, whatever it is called. */
export function iconFrom(bytes: Buffer): PackageIcon {
  const image = readRasterImage(bytes);
  if (image === null || image.kind === 'webp') throw new ProblemError('pictureUnknown');
  const icon = fitIcon(bytes, image);
  if (icon === null) throw new ProblemError('pictureTooLarge');
  return icon;
}

interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, alpha. */
  data: Uint8Array;
}

function openJpeg(bytes: Buffer): Pixels {
  return decodeJpeg(bytes, { useTArray: true, maxResolutionInMP: 5, maxMemoryUsageInMB: 64 });
}

/** Each new pixel is the mean of those it stands for, weighed by their alpha. */
function shrink(from: Pixels): PNG {
  const scale = Math.min(1, shrunkSide / Math.max(from.width, from.height));
  const width = Math.max(1, Math.round(from.width * scale));
  const height = Math.max(1, Math.round(from.height * scale));
  const to = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = span(y, height, from.height);
    for (let x = 0; x < width; x += 1) {
      const [left, right] = span(x, width, from.width);
      const pixel = mean(from, left, right, top, bottom);
      to.data.set(pixel, (y * width + x) * 4);
    }
  }
  return to;
}

function span(at: number, count: number, size: number): [number, number] {
  const start = Math.floor((at * size) / count);
  return [start, Math.max(start + 1, Math.floor(((at + 1) * size) / count))];
}

function mean({ data, width }: Pixels, left: number, right: number, top: number, bottom: number): number[] {
  const sum = [0, 0, 0];
  let alpha = 0;
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      const at = (y * width + x) * 4;
      const weight = data[at + 3] ?? 255;
      alpha += weight;
      for (let channel = 0; channel < 3; channel += 1)
        sum[channel] = (sum[channel] ?? 0) + (data[at + channel] ?? 0) * weight;
    }
  const area = (right - left) * (bottom - top);
  return [...sum.map((value) => (alpha === 0 ? 0 : Math.round(value / alpha))), Math.round(alpha / area)];
}
