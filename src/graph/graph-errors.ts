import { z } from 'zod';
import { type ProblemCode, ProblemError, type SupportIds } from '../problems/problem.ts';

/** The parts of a failed answer that decide, whatever form it came in. Messages are for matching, never for a card. */
export interface GraphFailure {
  status: number;
  /** Codes from the outermost to the innermost. */
  codes: string[];
  message: string;
  /** Permissions of which one would have been enough. */
  scopes: string[];
  requestId: string | null;
  clientRequestId: string | null;
  /** Intune's own trace; the "Operation ID" beside it is mostly zeros. */
  activityId: string | null;
  /** Multi Admin Approval: the request that was filed. */
  approvalId: string | null;
}

const errorBody = z.object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }) });
const innerIds = z.object({
  error: z.object({
    innerError: z.looseObject({ 'request-id': z.string().nullish(), 'client-request-id': z.string().nullish() }),
  }),
});
/** Intune puts JSON into `message`, sometimes twice, with capital property names. */
const nestedMessage = z.object({ ErrorCode: z.string().nullish(), Message: z.string().nullish() });
const maxDepth = 4;

export interface FailedAnswer {
  status: number;
  header(name: string): string | null;
  body: string;
}

export function readGraphFailure({ status, header, body }: FailedAnswer): GraphFailure {
  const parsed = asJson(body);
  const outer = errorBody.safeParse(parsed);
  const codes = outer.success && outer.data.error.code ? [outer.data.error.code] : [];
  const message = unwrapped(outer.success ? (outer.data.error.message ?? '') : '', codes);
  const inner = innerIds.safeParse(parsed);
  const ids = inner.success ? inner.data.error.innerError : {};
  return {
    status,
    codes,
    message,
    scopes: scopesIn(message),
    requestId: header('request-id') ?? ids['request-id'] ?? null,
    clientRequestId: header('client-request-id') ?? ids['client-request-id'] ?? null,
    activityId: /Activity ID: ?([0-9a-f-]{36})/i.exec(message)?.[1] ?? null,
    approvalId: header('x-msft-approval-code'),
  };
}

function unwrapped(outer: string, codes: string[]): string {
  let message = outer;
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const nested = nestedMessage.safeParse(asJson(message));
    if (!nested.success || !nested.data.Message) break;
    if (nested.data.ErrorCode) codes.push(nested.data.ErrorCode);
    message = nested.data.Message;
  }
  return message.replace(/Url: ?https?:\/\/\S+/gi, '').trim();
}

function asJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function scopesIn(message: string): string[] {
  const list = /one of the following scopes: ?([A-Za-z0-9., ]+)/i.exec(message)?.[1] ?? '';
  return [...new Set(list.match(/[A-Za-z]+(?:\.[A-Za-z]+)+/g) ?? [])];
}

/** A refusal of Intune's proxy in front of the service: the token is fine, the next attempt mostly works. */
export function isPassingRefusal(failure: GraphFailure): boolean {
  return failure.status === 401 && failure.codes.some((code) => code === 'Forbidden');
}

export function isTokenRefused(failure: GraphFailure): boolean {
  return failure.status === 401 && failure.codes.includes('InvalidAuthenticationToken');
}

/** A replica that has not seen a new object yet; nothing was done. */
export function isReplicaLag(failure: GraphFailure): boolean {
  return failure.status === 412 && failure.approvalId === null && failure.codes.includes('ConditionNotMet');
}

export function graphProblem(failure: GraphFailure, retryAfterMs: number | null = null): ProblemError {
  const code = explain(failure);
  const detail = detailOf(code, failure, retryAfterMs);
  return new ProblemError(code, {
    ids: supportIds(failure),
    ...(detail === null ? {} : { detail }),
    ...(failure.scopes.length === 0 ? {} : { permissions: failure.scopes }),
  });
}

function explain(failure: GraphFailure): ProblemCode {
  const { status, message, approvalId, codes } = failure;
  const isApproval = approvalId !== null || codes.includes('ApprovalRequired');
  if ((status === 412 || status === 403) && isApproval) return 'approvalRequired';
  if (/x-msft-approval-justification/i.test(message)) return 'approvalJustificationMissing';
  if (/not applicable to target tenant/i.test(message)) return 'intuneNotAvailable';
  switch (status) {
    case 400:
      return 'graphRequestRefused';
    case 401:
      return isPassingRefusal(failure) || !isTokenRefused(failure) ? 'intuneRefusedForNow' : 'graphTokenRefused';
    case 403:
      return isPermissionMissing(failure) ? 'graphPermissionMissing' : 'graphForbidden';
    case 404:
      return 'graphNotFound';
    case 409:
      return /active approval request/i.test(message) ? 'approvalPending' : 'graphConflict';
    case 412:
      return isReplicaLag(failure) ? 'graphNotReadyYet' : 'graphConflict';
    case 429:
      return 'graphThrottled';
    case 502:
    case 503:
    case 504:
      return 'graphDown';
    default:
      return status >= 500 ? 'graphFault' : 'graphAnswerUnexpected';
  }
}

function isPermissionMissing({ scopes, codes, message }: GraphFailure): boolean {
  return (
    scopes.length > 0 ||
    codes.includes('Authorization_RequestDenied') ||
    /application is not authorized to perform this operation/i.test(message)
  );
}

/** Only names of permissions, properties and values, each in a sentence of our own. */
function detailOf(code: ProblemCode, { scopes, message }: GraphFailure, retryAfterMs: number | null): string | null {
  if (code === 'graphThrottled' && retryAfterMs !== null && retryAfterMs > 0)
    return `It asks to wait ${Math.ceil(retryAfterMs / 1000)} seconds.`;
  if (code === 'graphPermissionMissing' && scopes.length > 0)
    return scopes.length === 1 ? `It needs ${scopes[0]}.` : `It needs one of: ${scopes.join(', ')}.`;
  if (code !== 'graphRequestRefused') return null;
  const property = /property '([\w.@]{1,64})' does not exist/i.exec(message)?.[1];
  if (property !== undefined) return `It does not know the property ${property}.`;
  const value = /requested value '([\w.]{1,64})' was not found/i.exec(message)?.[1];
  return value === undefined ? null : `It does not know the value ${value}.`;
}

function supportIds(failure: GraphFailure): SupportIds {
  const innermost = failure.codes.at(-1);
  return {
    serviceCode: innermost === undefined ? `HTTP ${failure.status}` : `${failure.status} ${innermost.slice(0, 60)}`,
    ...(failure.requestId === null ? {} : { requestId: failure.requestId }),
    ...(failure.clientRequestId === null ? {} : { correlationId: failure.clientRequestId }),
    ...(failure.activityId === null ? {} : { activityId: failure.activityId }),
    ...(failure.approvalId === null ? {} : { approvalId: failure.approvalId }),
  };
}
