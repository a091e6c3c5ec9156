export type RasterImage =
  | { kind: 'png'; mimeType: 'image/png'; width: number; height: number }
  | { kind: 'jpeg'; mimeType: 'image/jpeg'; width: number; height: number }
  | { kind: 'webp' };

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What an image is by its bytes: names lie, and Intune refuses an icon whose type and bytes differ. */
export function readRasterImage(bytes: Buffer): RasterImage | null {
  if (bytes.length >= 24 && bytes.subarray(0, 8).equals(pngSignature)) return readPng(bytes);
  if (bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8) return readJpeg(bytes);
  if (bytes.length >= 12 && bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
    return { kind: 'webp' };
  return null;
}

function readPng(bytes: Buffer): RasterImage | null {
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  return isSensible(width, height) ? { kind: 'png', mimeType: 'image/png', width, height } : null;
}

function readJpeg(bytes: Buffer): RasterImage | null {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const height = bytes.readUInt16BE(at + 5);
      const width = bytes.readUInt16BE(at + 7);
      return isSensible(width, height) ? { kind: 'jpeg', mimeType: 'image/jpeg', width, height } : null;
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

const isSensible = (width: number, height: number) => width > 0 && height > 0 && width <= 8192 && height <= 8192;
