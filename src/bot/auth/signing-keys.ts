import { type CryptoKey, importJWK } from 'jose';
import { z } from 'zod';
import type { Logger } from '../../log.ts';

export interface SigningKey {
  key: CryptoKey;
  /** Channels for which this key may sign. */
  endorsements: readonly string[];
}

/** The channel's public keys, by key id. */
export interface SigningKeys {
  /** Null for a key that the issuer does not publish. Throws when the keys could never be read. */
  find(keyId: string): Promise<SigningKey | null>;
  readonly size: number;
}

export interface SigningKeysOptions {
  metadataUrl: string;
  now: () => number;
  log: Logger;
}

const Metadata = z.object({ jwks_uri: z.url({ protocol: /^https?$/ }) });
const KeySet = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      kid: z.string().optional(),
      n: z.string().optional(),
      e: z.string().optional(),
      endorsements: z.array(z.string()).optional(),
    }),
  ),
});

const day = 24 * 60 * 60 * 1000;
/** An unknown key id makes us look again, but strangers must not make us look all the time. */
const lookAgainAfter = 5 * 60 * 1000;
const retryAfterFailure = 10 * 1000;
const answerWithin = 10_000;
const largestAnswer = 512 * 1024;

export function createSigningKeys({ metadataUrl, now, log }: SigningKeysOptions): SigningKeys {
  let keys: ReadonlyMap<string, SigningKey> = new Map();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | null = null;

  const load = async () => {
    try {
      keys = await download(metadataUrl);
      loadedAt = now();
    } catch (error) {
      failedAt = now();
      if (loadedAt === Number.NEGATIVE_INFINITY) throw new Error('The channel keys cannot be read', { cause: error });
      log.warn({ err: error }, 'The channel keys could not be refreshed; the known ones stay in use');
    } finally {
      loading = null;
    }
  };
  const refresh = () => {
    loading ??= load();
    return loading;
  };

  return {
    async find(keyId) {
      const failedLately = now() - failedAt < retryAfterFailure;
      const age = now() - loadedAt;
      const known = keys.get(keyId);
      if (loading !== null && known === undefined) await loading;
      else if (age > day || (known === undefined && age > lookAgainAfter)) {
        if (!failedLately) await refresh();
        else if (loadedAt === Number.NEGATIVE_INFINITY) throw new Error('The channel keys cannot be read');
      }
      return keys.get(keyId) ?? null;
    },
    get size() {
      return keys.size;
    },
  };
}

async function download(metadataUrl: string): Promise<ReadonlyMap<string, SigningKey>> {
  const { jwks_uri } = Metadata.parse(await getJson(metadataUrl));
  // Keys over http would let anybody on the way sign as Teams; only a test rig's own http metadata may name them so.
  if (new URL(jwks_uri).protocol !== 'https:' && new URL(jwks_uri).origin !== new URL(metadataUrl).origin)
    throw new Error('The metadata names keys that are not served over https');
  const { keys } = KeySet.parse(await getJson(jwks_uri));
  const found = new Map<string, SigningKey>();
  for (const { kty, kid, n, e, endorsements } of keys) {
    if (kty !== 'RSA' || kid === undefined || n === undefined || e === undefined) continue;
    const key = await importJWK({ kty, n, e }, 'RS256');
    if (key instanceof Uint8Array) continue;
    found.set(kid, { key, endorsements: endorsements ?? [] });
  }
  return found;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerWithin), redirect: 'error' });
  if (!response.ok) throw new Error(`The answer was ${response.status}`);
  const text = await response.text();
  if (text.length > largestAnswer) throw new Error('The answer is too large');
  return JSON.parse(text);
}
