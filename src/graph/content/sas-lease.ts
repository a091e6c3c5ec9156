import type { Logger } from 'pino';
import type { Clock } from './clock.ts';

/** An address with its own right to write: whoever knows it can store bytes. Never logged. */
export interface StorageGrant {
  uri: string;
  /** Epoch milliseconds; null where the service did not say. */
  expiresAt: number | null;
}

/** The address that counts now. */
export interface SasSource {
  current(signal: AbortSignal): Promise<string>;
  /** Another address than `refused`, which the storage no longer takes. */
  instead(refused: string, signal: AbortSignal): Promise<string>;
}

const longestAge = 7 * 60_000;
const beforeExpiry = 3 * 60_000;
/** Between two renewals in the background, whatever lifetimes the service grants. */
const shortestPause = 15_000;

export interface SasLeaseOptions {
  grant: StorageGrant;
  renew(signal: AbortSignal): Promise<StorageGrant>;
  clock: Clock;
  log: Logger;
}

/** Keeps an upload address fresh beside the upload: renewed when seven minutes old or three minutes before its end. */
export class SasLease implements SasSource {
  readonly #options: SasLeaseOptions;
  readonly #stopped = new AbortController();
  #grant: StorageGrant;
  #since: number;
  #renewal: Promise<StorageGrant> | null = null;
  #background: Promise<void> | null = null;

  constructor(options: SasLeaseOptions) {
    this.#options = options;
    this.#grant = options.grant;
    this.#since = options.clock.now();
  }

  start(): void {
    this.#background ??= this.#keepFresh();
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('The lease has ended'));
    await this.#background;
  }

  async current(signal: AbortSignal): Promise<string> {
    const { expiresAt } = this.#grant;
    if (expiresAt !== null && expiresAt <= this.#options.clock.now()) await this.#renew(signal);
    return this.#grant.uri;
  }

  async instead(refused: string, signal: AbortSignal): Promise<string> {
    if (this.#grant.uri === refused) await this.#renew(signal);
    return this.#grant.uri;
  }

  #dueAt(): number {
    const { expiresAt } = this.#grant;
    const old = this.#since + longestAge;
    return expiresAt === null ? old : Math.min(old, expiresAt - beforeExpiry);
  }

  async #keepFresh(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopped;
    let pause = 0;
    while (!signal.aborted) {
      try {
        await clock.sleep(Math.max(pause, this.#dueAt() - clock.now()), signal);
        if (this.#dueAt() <= clock.now()) await this.#renew(signal);
      } catch {
        if (!signal.aborted) log.warn('an upload address could not be renewed yet');
      }
      pause = shortestPause;
    }
  }

  /** One renewal at a time: everybody who needs one waits for the same. */
  async #renew(signal: AbortSignal): Promise<void> {
    this.#renewal ??= this.#options.renew(this.#stopped.signal).finally(() => {
      this.#renewal = null;
    });
    const renewal = this.#renewal;
    renewal.catch(() => undefined);
    this.#accept(await untilAborted(renewal, signal));
  }

  #accept(grant: StorageGrant): void {
    if (grant === this.#grant) return;
    this.#grant = grant;
    this.#since = this.#options.clock.now();
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
