import { ProblemError } from '../../problems/problem.ts';

/** A fault inside the file; the sentence starts with "Its". */
export function compoundFault(fault: string, cause?: unknown): ProblemError {
  return new ProblemError('packageMalformed', { detail: `Its ${fault}.`, ...(cause === undefined ? {} : { cause }) });
}
