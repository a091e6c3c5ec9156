import { crc32, deflateSync, inflateRawSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Apple's own icons end at 1024 pixels. */
const longestSide = 1024;

interface Header {
  width: number;
  height: number;
  /** 4 with transparency, otherwise 3. */
  channels: 3 | 4;
}

/**
 * The PNG that a picture of an iOS app was before Xcode changed it: blue before red, colours multiplied by their
 * transparency, data without the zlib wrapper (https://theapplewiki.com/wiki/PNG_CgBI_Format). A usual PNG comes back as it
 * is; null where the picture cannot be read.
 */
export function usualPng(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, 8).equals(signature)) return null;
  if (bytes.toString('latin1', 12, 16) !== 'CgBI') return bytes;
  try {
    return restore(bytes);
  } catch {
    // zlib's complaint and a read outside the file say the same: damaged.
    return null;
  }
}

function restore(bytes: Buffer): Buffer | null {
  let header: Header | null = null;
  const data: Buffer[] = [];
  for (const { type, content } of chunks(bytes)) {
    if (type === 'IHDR') header = readHeader(content);
    if (type === 'IDAT') data.push(content);
  }
  if (header === null) return null;
  const size = header.height * (1 + header.width * header.channels);
  const rows = inflateRawSync(Buffer.concat(data), { maxOutputLength: size });
  if (rows.length !== size || !unfilter(rows, header)) return null;
  restoreColours(rows, header);
  return Buffer.concat([
    signature,
    chunk('IHDR', headerBytes(header)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function* chunks(bytes: Buffer): Generator<{ type: string; content: Buffer }> {
  let at = signature.length;
  while (at + 12 <= bytes.length) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}

/** Xcode writes colours of eight bits, not interlaced; others are left alone. */
function readHeader(content: Buffer): Header | null {
  const width = content.readUInt32BE(0);
  const height = content.readUInt32BE(4);
  const isSensible = width > 0 && height > 0 && width <= longestSide && height <= longestSide;
  const [depth, colours, compression, filter, interlace] = content.subarray(8, 13);
  if (!isSensible || depth !== 8 || compression !== 0 || filter !== 0 || interlace !== 0) return null;
  if (colours !== 2 && colours !== 6) return null;
  return { width, height, channels: colours === 6 ? 4 : 3 };
}

/** Undoes the filters of PNG in place (https://www.w3.org/TR/png-3/#9Filter-types); false for an unknown one. */
function unfilter(rows: Buffer, { width, height, channels }: Header): boolean {
  const stride = 1 + width * channels;
  const none = Buffer.alloc(stride);
  for (let row = 0; row < height; row += 1) {
    const line = rows.subarray(row * stride, (row + 1) * stride);
    const above = row === 0 ? none : rows.subarray((row - 1) * stride, row * stride);
    const filter = line[0] ?? 0;
    if (filter > 4) return false;
    line[0] = 0;
    for (let at = 1; at < stride; at += 1) {
      const left = at > channels ? (line[at - channels] ?? 0) : 0;
      const up = above[at] ?? 0;
      const upLeft = at > channels ? (above[at - channels] ?? 0) : 0;
      line[at] = (line[at] ?? 0) + predicted(filter, left, up, upLeft);
    }
  }
  return true;
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return nearest(left, up, upLeft);
    default:
      return 0;
  }
}

function nearest(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

function restoreColours(rows: Buffer, { width, height, channels }: Header): void {
  for (let row = 0; row < height; row += 1) {
    let at = row * (1 + width * channels) + 1;
    for (let pixel = 0; pixel < width; pixel += 1, at += channels) {
      const blue = rows[at] ?? 0;
      rows[at] = rows[at + 2] ?? 0;
      rows[at + 2] = blue;
      const alpha = channels === 4 ? (rows[at + 3] ?? 0) : 255;
      if (alpha === 0 || alpha === 255) continue;
      for (let colour = at; colour < at + 3; colour += 1)
        rows[colour] = Math.min(255, Math.round(((rows[colour] ?? 0) * 255) / alpha));
    }
  }
}

function headerBytes({ width, height, channels }: Header): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content[8] = 8;
  content[9] = channels === 4 ? 6 : 2;
  return content;
}

function chunk(type: string, content: Buffer): Buffer {
  const tagged = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(tagged), 4);
  return Buffer.concat([frame.subarray(0, 4), tagged, frame.subarray(4)]);
}
