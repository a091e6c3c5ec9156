import { entraProblems } from '../problems/entra.ts';
import type { Problem, ProblemCode } from '../problems/problem.ts';

/** These come after a long wait of their own: to try again at once would only wait once more. */
const waitedLongAlready: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'uploadAddressMissing',
  'commitTimedOut',
  'publishTimedOut',
  'connectionStillPropagating',
]);

/** Pauses before a step is tried again by itself. */
const pausesMs = [2_000, 5_000, 15_000, 30_000];

/** Null where trying again is for a person to decide. */
export function pauseBeforeAnotherTry(problem: Problem, troubles: number): number | null {
  if (problem.retryable !== true || waitedLongAlready.has(problem.code)) return null;
  return pausesMs[troubles] ?? null;
}

/** Somebody mends these and retries: what has arrived is worth keeping until then. */
const mendable: ReadonlySet<string> = new Set([
  'connectionNotUsable',
  'graphPermissionMissing',
  'graphForbidden',
  'graphTokenRefused',
  'intuneNotAvailable',
  'approvalPending',
  'approvalRequired',
  'approvalJustificationMissing',
  'approvalExpired',
  'approvalNotTaken',
  'approvalOfOtherApp',
  'approvedByRequester',
  ...Object.keys(entraProblems),
]);

export function isWorthKeepingDraft(problem: Problem): boolean {
  return problem.retryable === true || mendable.has(problem.code);
}
