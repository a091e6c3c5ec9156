import { type Clock, systemClock } from '../../src/bot/clock.ts';

/** A clock on which all time passes so many times as fast: limits and pauses stay what they are, and nobody waits for them. */
export function createFastClock(times = 10): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * times,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / times, signal),
  };
}
