import type { Clock } from '../../src/graph/content/clock.ts';

const longSleep = 60_000;

/**
 * Short sleeps are over at once and move the time; sleeps of a minute or more end only when `advance` passes them, so
 * that background timers do not run away with the time.
 */
export class BriskClock implements Clock {
  readonly slept: number[] = [];
  readonly #long = new Set<{ until: number; wake: () => void }>();
  #now: number;

  constructor(now = Date.parse('2026-11-21T09:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (milliseconds < longSleep) {
      this.slept.push(milliseconds);
      this.#now += Math.max(0, milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const sleeper = { until: this.#now + milliseconds, wake: resolve };
      this.#long.add(sleeper);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of [...this.#long]) {
      if (sleeper.until > this.#now) continue;
      this.#long.delete(sleeper);
      sleeper.wake();
    }
  }
}
