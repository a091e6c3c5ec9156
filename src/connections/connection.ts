import type { Problem } from '../problems/problem.ts';
import type { connections } from '../store/schema.ts';

/** A row of the store; `lastProblem` is what the catalogue said at the last failed test. */
export type StoredConnection = Omit<typeof connections.$inferSelect, 'lastProblem'> & { lastProblem: Problem | null };
