/** Time as the bot sees it, so that tests need not wait for it. */
export interface Clock {
  now(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not node:timers/promises: each turn sets timers that are nearly always ended early, and its error for that is dear.
  sleep(milliseconds, signal) {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener('abort', end);
    });
  },
};

/** Given to `abort`, which otherwise makes an error with a stack each time. */
export const over = 'over';
