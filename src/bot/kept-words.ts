import { randomUUID } from 'node:crypto';
import { createBoundedMap } from './bounded-map.ts';

/** Words that must not stand on a card, for the few minutes until somebody answers a question about them. */
export interface KeptWords {
  /** What a card may carry instead: the words themselves, or where they are kept. */
  carry(words: string): { text: string } | { kept: string };
  recall(kept: string): string | null;
}

const keepFor = 15 * 60_000;
const remembered = 500;

export function createKeptWords(now: () => number): KeptWords {
  const kept = createBoundedMap<string>(remembered, now);
  return {
    carry(words) {
      // A link to a package may hold a token in its query.
      if (!words.includes('://')) return { text: words };
      const key = randomUUID();
      kept.set(key, words, now() + keepFor);
      return { kept: key };
    },
    recall: (key) => kept.get(key) ?? null,
  };
}
