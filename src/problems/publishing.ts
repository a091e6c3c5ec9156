import type { ProblemEntry } from './problem.ts';

export const publishingProblems = {} as const satisfies Record<string, ProblemEntry>;
