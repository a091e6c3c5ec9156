import type { ByteSource } from '../byte-source.ts';
import type { ZipArchive } from '../zip-archive.ts';

const blockMagic = 'APK Sig Block 42';
const jarSignature = /^META-INF\/[^/]+\.(RSA|DSA|EC)$/i;

/**
 * Whether the APK carries a signature at all; it is not verified. Newer schemes keep it right before the zip directory,
 * the oldest one in files: https://source.android.com/docs/security/features/apksigning/v2
 */
export async function isSigned(source: ByteSource, zip: ZipArchive, signal?: AbortSignal): Promise<boolean> {
  if (zip.directoryOffset >= blockMagic.length) {
    const before = await source.read(zip.directoryOffset - blockMagic.length, blockMagic.length, signal);
    if (before.toString('latin1') === blockMagic) return true;
  }
  for (const name of zip.entries()) if (jarSignature.test(name)) return true;
  return false;
}
