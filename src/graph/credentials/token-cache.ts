import type { AccessToken, TokenSource } from '../token-source.ts';

export interface TokenCacheOptions {
  acquire: (scope: string, signal: AbortSignal) => Promise<AccessToken>;
  timeoutMs?: number;
  now?: () => number;
}

/** A token that ends sooner is not handed out: it would expire under way. */
const marginMs = 5 * 60_000;

/** Tokens are kept in memory, for as long as this object: one revision of a connection. */
export function createTokenCache(options: TokenCacheOptions): TokenSource {
  const { timeoutMs = 15_000, now = Date.now } = options;
  const kept = new Map<string, AccessToken>();
  const underWay = new Map<string, Promise<AccessToken>>();

  const acquire = (scope: string): Promise<AccessToken> => {
    const running = underWay.get(scope);
    if (running !== undefined) return running;
    const started = options
      .acquire(scope, AbortSignal.timeout(timeoutMs))
      .then((token) => {
        kept.set(scope, token);
        return token;
      })
      .finally(() => underWay.delete(scope));
    underWay.set(scope, started);
    return started;
  };

  return {
    async getToken(scope, { fresh = false, signal } = {}) {
      signal?.throwIfAborted();
      const known = kept.get(scope);
      if (!fresh && known !== undefined && known.expiresAt - marginMs > now()) return known;
      return untilAborted(acquire(scope), signal);
    },
  };
}

/** One caller's cancellation must not end a request that others wait for. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
