import type { Clock } from '../graph/content/clock.ts';

export interface PollOptions {
  clock: Clock;
  signal: AbortSignal;
  limitMs: number;
  timedOut: () => Error;
}

const firstPauseMs = 1_000;
/** Small content is mostly ready within seconds; only what takes longer is asked for less often. */
const eagerMs = 5_000;
const longestPauseMs = 5_000;

/** Asks at once, then every second for a while, then ever more rarely up to 5, until there is an answer or the limit is reached. */
export async function poll<T>(ask: () => Promise<T | null>, options: PollOptions): Promise<T> {
  const { clock, signal, limitMs, timedOut } = options;
  const start = clock.now();
  for (let pause = firstPauseMs; ; ) {
    const answer = await ask();
    if (answer !== null) return answer;
    const elapsed = clock.now() - start;
    if (elapsed >= eagerMs) pause = Math.min(pause * 1.3, longestPauseMs);
    if (elapsed + pause > limitMs) throw timedOut();
    await clock.sleep(pause, signal);
  }
}
