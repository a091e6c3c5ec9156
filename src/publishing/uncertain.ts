import { ProblemError } from '../problems/problem.ts';

const uncertainCodes: ReadonlySet<string> = new Set([
  'networkDown',
  'graphDown',
  'graphFault',
  'graphAnswerUnexpected',
  'unexpected',
]);

/** True where the request may have been carried out although no good answer came. */
export function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof ProblemError) || uncertainCodes.has(error.problem.code);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'graphNotFound';
}
