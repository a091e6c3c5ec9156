import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { createBoundedMap } from '../bounded-map.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a verified token says, nothing else of the request is believed on its word. */
export interface ChannelToken {
  serviceUrl: string;
  claims: readonly { type: string; value: string }[];
}

/** The request is refused; the reason goes to the log and never to the caller. */
export class TokenRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'TokenRefused';
  }
}

export interface ChannelTokens {
  /** Throws `TokenRefused`; any other error is a fault of ours. */
  verify(authorization: string | undefined): Promise<ChannelToken>;
  /** How much is kept: refused tokens leave nothing behind. */
  readonly remembered: number;
}

export interface ChannelTokensOptions {
  appId: string;
  issuer: string;
  channelId: string;
  keys: SigningKeys;
  now: () => number;
}

const largestHeader = 8 * 1024;
const skewSeconds = 5 * 60;
const rememberTokens = 1_000;
/** The service repeats one token for an hour; a key that was withdrawn must still count soon. */
const rememberFor = 5 * 60 * 1000;

const Header = z.object({ alg: z.literal('RS256'), kid: z.string().min(1).max(200) });
const Claims = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  serviceurl: z.string().min(1).optional(),
  serviceUrl: z.string().min(1).optional(),
});

export function createChannelTokens({ appId, issuer, channelId, keys, now }: ChannelTokensOptions): ChannelTokens {
  const verified = createBoundedMap<ChannelToken>(rememberTokens, now);

  const check = async (token: string): Promise<{ read: ChannelToken; expiresAt: number }> => {
    // Cheap looks first: a stranger's token costs no signature check and no look at the keys.
    const { kid } = parsed(() => Header.parse(decodeProtectedHeader(token)), 'header');
    const said = parsed(() => Claims.parse(decodeJwt(token)), 'claims');
    if (said.iss !== issuer) throw new TokenRefused('issuer');
    if (said.aud !== appId) throw new TokenRefused('audience');
    const signer = await keys.find(kid);
    if (signer === null) throw new TokenRefused('unknown key');
    if (!signer.endorsements.includes(channelId)) throw new TokenRefused('key not endorsed for the channel');
    await signature(token, signer.key);
    const serviceUrl = said.serviceurl ?? said.serviceUrl;
    if (serviceUrl === undefined) throw new TokenRefused('no serviceurl claim');
    return { read: { serviceUrl, claims: flat(said) }, expiresAt: (said.exp + skewSeconds) * 1000 };
  };

  const signature = async (token: string, key: Parameters<typeof jwtVerify>[1]) => {
    try {
      await jwtVerify(token, key, {
        algorithms: ['RS256'],
        issuer,
        audience: appId,
        requiredClaims: ['exp'],
        clockTolerance: skewSeconds,
        currentDate: new Date(now()),
      });
    } catch (error) {
      throw new TokenRefused(error instanceof errors.JOSEError ? error.code : 'signature');
    }
  };

  return {
    async verify(authorization) {
      if (authorization === undefined) throw new TokenRefused('no token');
      if (authorization.length > largestHeader) throw new TokenRefused('token too large');
      const [scheme, token, ...rest] = authorization.split(' ');
      if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0)
        throw new TokenRefused('not a bearer token');
      const known = verified.get(token);
      if (known !== undefined) return known;
      const { read, expiresAt } = await check(token);
      verified.set(token, read, Math.min(expiresAt, now() + rememberFor));
      return read;
    },
    get remembered() {
      return verified.size;
    },
  };
}

function parsed<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch {
    throw new TokenRefused(`unreadable ${what}`);
  }
}

function flat(claims: Record<string, unknown>): { type: string; value: string }[] {
  return Object.entries(claims).flatMap(([type, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [{ type, value: String(value) }] : [],
  );
}
