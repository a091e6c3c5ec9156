import { type Problem, ProblemError } from '../../src/problems/problem.ts';

/** The problem with which a promise fails; any other end is a failure of the test. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('It did not fail');
}
