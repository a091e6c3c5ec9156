import { randomInt } from 'node:crypto';

/** Crockford's base32: no letter that is mistaken for a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

export function newJobNumber(): string {
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** What a person typed, as it is stored. */
export function readJobNumber(said: string): string {
  return said.trim().toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1');
}
