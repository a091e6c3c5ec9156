import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Keys as the Bot Framework publishes them: each says for which channels it may sign. */
export interface ChannelKey {
  kid: string;
  privateKey: CryptoKey;
  jwk: JWK & { kid: string; endorsements?: string[] };
}

async function makeKey(kid: string, endorsements: string[] | undefined): Promise<ChannelKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', ...(endorsements ? { endorsements } : {}) };
  return { kid, privateKey, jwk };
}

export interface ChannelKeys {
  /** Signs for Teams. */
  own: ChannelKey;
  /** Published, for another channel only. */
  unendorsed: ChannelKey;
  /** Never published. */
  foreign: ChannelKey;
}

let made: Promise<ChannelKeys> | null = null;

/** RSA keys take long to make, so a process makes them once. */
export function channelKeys(): Promise<ChannelKeys> {
  made ??= Promise.all([
    makeKey('teams-key', ['msteams', 'webchat']),
    makeKey('webchat-key', ['webchat']),
    makeKey('stranger', ['msteams']),
  ]).then(([own, unendorsed, foreign]) => ({ own, unendorsed, foreign }));
  return made;
}

export interface TokenShape {
  issuer: string;
  audience: string;
  serviceUrl: string | null;
  /** Seconds from now. */
  notBefore?: number;
  expires?: number;
  extra?: Record<string, unknown>;
  key: ChannelKey;
  /** Claims to be this key. */
  kid?: string;
}

export function signToken(shape: TokenShape): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    ...(shape.serviceUrl === null ? {} : { serviceurl: shape.serviceUrl }),
    ...shape.extra,
  })
    .setProtectedHeader({ alg: 'RS256', kid: shape.kid ?? shape.key.kid, typ: 'JWT' })
    .setIssuer(shape.issuer)
    .setAudience(shape.audience)
    .setNotBefore(now + (shape.notBefore ?? -60))
    .setExpirationTime(now + (shape.expires ?? 3600))
    .sign(shape.key.privateKey);
}
