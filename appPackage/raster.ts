export interface Point {
  x: number;
  y: number;
}

/** Red, green, blue: 0 to 255. */
export type Colour = readonly [number, number, number];

export interface Layer {
  colour: Colour;
  covers(x: number, y: number): boolean;
}

export interface Picture {
  size: number;
  /** RGBA, row by row. */
  pixels: Uint8Array;
}

/** Samples per direction in a pixel that an edge crosses: 64 in all give the edge 64 steps. */
const fineness = 8;

/** Paints layers over each other, the last one on top; what no layer covers stays transparent. */
export function paint(size: number, layers: readonly Layer[]): Picture {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) pixels.set(pixelAt(column, row, layers), (row * size + column) * 4);
  return { size, pixels };
}

function pixelAt(column: number, row: number, layers: readonly Layer[]): number[] {
  const layerAt = (x: number, y: number) => layers.findLast((layer) => layer.covers(column + x, row + y));
  const middle = layerAt(0.5, 0.5);
  if (layerAt(0, 0) === middle && layerAt(1, 0) === middle && layerAt(0, 1) === middle && layerAt(1, 1) === middle)
    return middle === undefined ? [0, 0, 0, 0] : [...middle.colour, 255];

  const sum = [0, 0, 0];
  let covered = 0;
  for (let sample = 0; sample < fineness * fineness; sample++) {
    const top = layerAt(((sample % fineness) + 0.5) / fineness, (Math.floor(sample / fineness) + 0.5) / fineness);
    if (top === undefined) continue;
    covered++;
    top.colour.forEach((value, channel) => {
      sum[channel] = (sum[channel] ?? 0) + value;
    });
  }
  if (covered === 0) return [0, 0, 0, 0];
  return [...sum.map((value) => Math.round(value / covered)), Math.round((255 * covered) / fineness ** 2)];
}

/** A convex area, its corners in either direction round. */
export function polygon(corners: readonly Point[]): Layer['covers'] {
  const edges = corners.map((from, index) => {
    const to = corners[(index + 1) % corners.length] ?? from;
    return { from, dx: to.x - from.x, dy: to.y - from.y };
  });
  return (x, y) => {
    let left = false;
    let right = false;
    for (const { from, dx, dy } of edges) {
      const side = dx * (y - from.y) - dy * (x - from.x);
      if (side < 0) left = true;
      if (side > 0) right = true;
      if (left && right) return false;
    }
    return true;
  };
}

/** A line with round ends. */
export function stroke(from: Point, to: Point, width: number): Layer['covers'] {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const length2 = along.x ** 2 + along.y ** 2;
  return (x, y) => {
    const t = length2 === 0 ? 0 : ((x - from.x) * along.x + (y - from.y) * along.y) / length2;
    const near = Math.min(1, Math.max(0, t));
    return Math.hypot(x - from.x - near * along.x, y - from.y - near * along.y) <= width / 2;
  };
}

export function anyOf(...areas: Layer['covers'][]): Layer['covers'] {
  return (x, y) => areas.some((covers) => covers(x, y));
}
