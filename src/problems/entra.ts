import type { ProblemEntry } from './problem.ts';

export const entraProblems = {} as const satisfies Record<string, ProblemEntry>;
