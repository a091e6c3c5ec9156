import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a `Retry-After` asks for, in whole or fractional seconds or as a date; null when there is none. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (header.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Doubling with jitter: between half and all of 1, 2, 4, … seconds. */
export function backoffMs(attempt: number, random: () => number): number {
  return 1000 * 2 ** attempt * (0.5 + random() / 2);
}

export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Rejects with the signal's reason. */
export const wait: Wait = async (ms, signal) => {
  signal?.throwIfAborted();
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
};
