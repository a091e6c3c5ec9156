import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const tokenShape = /^[A-Za-z0-9_-]{43}$/;

export const newToken = (): string => randomBytes(32).toString('base64url');
export const isToken = (text: string): boolean => tokenShape.test(text);
/** Six figures: easy to carry from one screen to another, and five tries do not find it. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
/** With the token in it: six digits alone could be guessed from a hash. */
export const codeHashOf = (token: string, code: string): string => hashOf(`${token} ${code}`);

export const isHash = (known: string | null, hash: string): boolean =>
  known !== null && timingSafeEqual(Buffer.from(known), Buffer.from(hash));

export interface BrowserSecrets {
  /** RFC 7636: 43 characters. */
  verifier: string;
  challenge: string;
  nonce: string;
}

/**
 * The verifier of PKCE and the nonce follow from what only the browser's cookie and the address on its way back hold, so
 * that the store keeps nothing with which a stolen code could be redeemed.
 */
export function browserSecrets(session: string, state: string): BrowserSecrets {
  const derived = (what: string) => createHmac('sha256', session).update(`${what} ${state}`).digest('base64url');
  const verifier = derived('verifier');
  return {
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    nonce: derived('nonce'),
  };
}
