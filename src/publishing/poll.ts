import type { Clock } from '../graph/content/clock.ts';

export interface PollOptions {
  clock: Clock;
  signal: AbortSignal;
  limitMs: number;
  timedOut: () => Error;
}

const firstPauseMs = 1_000;
const longestPauseMs = 5_000;

/** Asks at once, then after 1 second and growing to 5, until there is an answer or the limit is reached. */
export async function poll<T>(ask: () => Promise<T | null>, options: PollOptions): Promise<T> {
  const { clock, signal, limitMs, timedOut } = options;
  const end = clock.now() + limitMs;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.3, longestPauseMs)) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (clock.now() + pause > end) throw timedOut();
    await clock.sleep(pause, signal);
  }
}
