import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { anyOf, type Colour, type Layer, type Picture, type Point, paint, polygon, stroke } from './raster.ts';

/** The mark: a crate that is the bow of a key. Who keeps the stores holds the key to them. */

const teal: Colour = [0x0f, 0x5c, 0x66];
const white: Colour = [255, 255, 255];
const lid: Colour = white;
const leftSide: Colour = [0xc9, 0xe3, 0xe2];
const rightSide: Colour = [0x8d, 0xc1, 0xc1];
const tape: Colour = [0xf2, 0xb1, 0x3c];

/** The background of the colour icon; the manifest names the same colour. */
export const accentColor = `#${teal.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

interface Crate {
  centre: Point;
  top: Point;
  upperRight: Point;
  lowerRight: Point;
  bottom: Point;
  lowerLeft: Point;
  upperLeft: Point;
}

/** A cube seen from a corner: a hexagon that stands on a point. */
function crate(centre: Point, radius: number): Crate {
  const half = (radius * Math.sqrt(3)) / 2;
  const at = (x: number, y: number) => ({ x: centre.x + x, y: centre.y + y });
  return {
    centre,
    top: at(0, -radius),
    upperRight: at(half, -radius / 2),
    lowerRight: at(half, radius / 2),
    bottom: at(0, radius),
    lowerLeft: at(-half, radius / 2),
    upperLeft: at(-half, -radius / 2),
  };
}

const between = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});

function keyShaft(from: Point, length: number, width: number, teeth: readonly number[]): Layer['covers'] {
  const end = { x: from.x, y: from.y + length };
  return anyOf(
    stroke(from, end, width),
    ...teeth.map((back) => stroke({ x: end.x, y: end.y - back }, { x: end.x + width * 1.9, y: end.y - back }, width)),
  );
}

export function drawColourIcon(): Picture {
  const size = 192;
  const box = crate({ x: 96, y: 76 }, 43);
  return paint(size, [
    { colour: teal, covers: () => true },
    { colour: white, covers: keyShaft({ x: 96, y: 118 }, 39, 10, [0, 17]) },
    { colour: lid, covers: polygon([box.top, box.upperRight, box.centre, box.upperLeft]) },
    { colour: leftSide, covers: polygon([box.upperLeft, box.centre, box.bottom, box.lowerLeft]) },
    { colour: rightSide, covers: polygon([box.upperRight, box.centre, box.bottom, box.lowerRight]) },
    {
      colour: tape,
      covers: polygon([
        between(box.top, box.upperRight, 0.38),
        between(box.top, box.upperRight, 0.62),
        between(box.upperLeft, box.centre, 0.62),
        between(box.upperLeft, box.centre, 0.38),
      ]),
    },
  ]);
}

/** White on transparent, as Teams wants it for its side bar. */
export function drawOutlineIcon(): Picture {
  const box = crate({ x: 16, y: 11.5 }, 9.2);
  const rim = [box.top, box.upperRight, box.lowerRight, box.bottom, box.lowerLeft, box.upperLeft];
  return paint(32, [
    {
      colour: white,
      covers: anyOf(
        ...rim.map((corner, index) => stroke(corner, rim[(index + 1) % rim.length] ?? corner, 2)),
        ...[box.upperLeft, box.upperRight, box.bottom].map((corner) => stroke(box.centre, corner, 2)),
        keyShaft(box.bottom, 29 - box.bottom.y, 2, [0, 4]),
      ),
    },
  ]);
}

function toPng(picture: Picture): Buffer {
  const image = new PNG({ width: picture.size, height: picture.size });
  image.data.set(picture.pixels);
  return PNG.sync.write(image, { deflateLevel: 9 });
}

if (import.meta.main) {
  writeFileSync(new URL('color.png', import.meta.url), toPng(drawColourIcon()));
  writeFileSync(new URL('outline.png', import.meta.url), toPng(drawOutlineIcon()));
}
