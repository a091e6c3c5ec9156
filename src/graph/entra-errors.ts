import { z } from 'zod';
import { ProblemError, type SupportIds } from '../problems/problem.ts';
import { type EntraProblemCode, problemOfError, problemOfNumber } from './aadsts-codes.ts';

/** The error body of the token endpoint. `error_description` is not read: Microsoft changes it at will. */
export const tokenErrorBody = z.object({
  error: z.string(),
  error_codes: z.array(z.number()).nullish(),
  suberror: z.string().nullish(),
  trace_id: z.string().nullish(),
  correlation_id: z.string().nullish(),
});
export type TokenErrorBody = z.infer<typeof tokenErrorBody>;

export interface TokenRefusal {
  status: number;
  body: TokenErrorBody;
  /** Whether the secret that was sent has the shape of a secret's id. */
  secretIsGuid: boolean;
}

/** Microsoft's page on one code; meant for operators, not for people who only want to publish. */
const lookUp = (number: number) =>
  `Microsoft explains the code at https://login.microsoftonline.com/error?code=${number}`;

export function entraProblem({ status, body, secretIsGuid }: TokenRefusal, cause?: unknown): ProblemError {
  const numbers = body.error_codes ?? [];
  const known = numbers.find((number) => problemOfNumber(number) !== undefined);
  const number = known ?? numbers[0];
  const ids = supportIds(body, number);
  const code = explain(status, body.error, known);
  if (code === 'secretWrong' && secretIsGuid) return new ProblemError('secretIdPasted', { ids, cause });
  const unexplained = known === undefined && number !== undefined;
  return new ProblemError(code, { ids, cause, ...(unexplained ? { detail: lookUp(number) } : {}) });
}

function explain(status: number, error: string, number: number | undefined): EntraProblemCode {
  const byNumber = number === undefined ? undefined : problemOfNumber(number);
  if (byNumber !== undefined) return byNumber;
  if (status === 429) return 'entraThrottled';
  const byError = problemOfError(error);
  if (byError !== undefined) return byError;
  return status >= 500 ? 'entraBusy' : 'entraUnknown';
}

function supportIds(body: TokenErrorBody, number: number | undefined): SupportIds {
  return {
    ...(number === undefined ? { serviceCode: body.error.slice(0, 60) } : { serviceCode: `AADSTS${number}` }),
    ...(body.correlation_id ? { correlationId: body.correlation_id } : {}),
    ...(body.trace_id ? { traceId: body.trace_id } : {}),
  };
}
