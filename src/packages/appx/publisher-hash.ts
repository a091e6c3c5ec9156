import { createHash } from 'node:crypto';

/** Crockford's alphabet in lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The publisher id that Windows puts into package family names: 64 bits of a digest, in 13 letters of five bits.
 * https://learn.microsoft.com/windows/apps/desktop/modernize/package-identity-overview
 */
export function publisherHash(publisher: string): string {
  const digest = createHash('sha256').update(Buffer.from(publisher, 'utf16le')).digest();
  const bits = digest.readBigUInt64BE(0) << 1n;
  let text = '';
  for (let shift = 60n; shift >= 0n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)] ?? '';
  return text;
}
