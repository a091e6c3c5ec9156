import type { ProblemEntry } from './problem.ts';

export const conversationProblems = {
  unexpected: {
    title: 'Something went wrong',
    what: 'This was not expected and nothing was changed by it.',
    who: 'operator',
    remedy: 'Try once more. If it happens again, give the reference to the person who runs this bot.',
  },
  rosterAway: {
    title: 'Teams did not say who you are',
    what: 'I could not check that you belong to this organisation, so I did nothing.',
    who: 'nobody',
    remedy: 'Try again in a moment.',
    retryable: true,
  },
  databaseAway: {
    title: 'I cannot reach my database',
    what: 'Nothing was read and nothing was changed.',
    who: 'operator',
    remedy: 'Try again in a minute. If it lasts, give the reference to the person who runs this bot.',
    retryable: true,
  },
} as const satisfies Record<string, ProblemEntry>;
