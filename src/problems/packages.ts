import type { ProblemEntry } from './problem.ts';

export const packageProblems = {} as const satisfies Record<string, ProblemEntry>;
