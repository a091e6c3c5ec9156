import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';

export interface UploadUrlsOptions {
  clock: Clock;
  /** Milliseconds an address is good for. */
  lifetime: number;
  /** `https://localhost:PORT` */
  storageUrl: () => string;
}

export type UrlVerdict = 'good' | 'expired' | 'forged';

/**
 * Upload addresses as Intune hands them out: one blob, a stored access policy (`si`), an end (`se`) and a signature.
 * The older storage version limits a block to 100 MiB.
 */
export class UploadUrls {
  readonly #options: UploadUrlsOptions;
  readonly #key = randomBytes(32);
  readonly #revoked = new Set<string>();

  constructor(options: UploadUrlsOptions) {
    this.#options = options;
  }

  newBlob(): string {
    return `/intunelocal${randomBytes(3).toString('hex')}/${randomUUID()}/${randomUUID()}.bin`;
  }

  issue(blob: string): { value: string; expiresAt: number } {
    const { clock, lifetime, storageUrl } = this.#options;
    const expiresAt = clock.now() + lifetime;
    const url = new URL(`${storageUrl()}${blob}`);
    url.searchParams.set('sv', '2016-05-31');
    url.searchParams.set('sr', 'b');
    url.searchParams.set('si', randomUUID());
    url.searchParams.set('se', `${new Date(expiresAt).toISOString().slice(0, 19)}Z`);
    url.searchParams.set('sig', this.#sign(blob, url.searchParams));
    return { value: url.href, expiresAt };
  }

  judge(blob: string, query: URLSearchParams): UrlVerdict {
    const given = Buffer.from(query.get('sig') ?? '', 'base64');
    const wanted = Buffer.from(this.#sign(blob, query), 'base64');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'forged';
    const isOver = Date.parse(query.get('se') ?? '') <= this.#options.clock.now();
    return isOver || this.#revoked.has(query.get('si') ?? '') ? 'expired' : 'good';
  }

  /** Ends one address early; only a renewal helps then. */
  revoke(query: URLSearchParams): void {
    this.#revoked.add(query.get('si') ?? '');
  }

  #sign(blob: string, query: URLSearchParams): string {
    const signed = ['sv', 'sr', 'si', 'se'].map((name) => query.get(name) ?? '');
    return createHmac('sha256', this.#key)
      .update([blob, ...signed].join('\n'))
      .digest('base64');
  }
}
