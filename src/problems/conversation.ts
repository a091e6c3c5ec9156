import type { ProblemEntry } from './problem.ts';

export const conversationProblems = {
  unexpected: {
    title: 'Something went wrong',
    what: 'This was not expected and nothing was changed by it.',
    who: 'operator',
    remedy: 'Try once more. If it happens again, give the reference to the person who runs this bot.',
  },
} as const satisfies Record<string, ProblemEntry>;
