import type { ProblemEntry } from './problem.ts';

export const graphProblems = {} as const satisfies Record<string, ProblemEntry>;
