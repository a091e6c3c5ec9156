import { randomUUID } from 'node:crypto';

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
export class EntraError extends Error {
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(status: number, error: string, code: number, text: string) {
    super(text);
    this.name = 'EntraError';
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

export interface EntraErrorBody {
  error: string;
  error_description: string;
  error_codes: number[];
  timestamp: string;
  trace_id: string;
  correlation_id: string;
  error_uri: string;
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const isGuid = (text: string): boolean => guid.test(text);

export function entraErrorBody(fault: EntraError, now: number, loginUrl: string, requestId: string | null) {
  const trace_id = randomUUID();
  const correlation_id = requestId !== null && isGuid(requestId) ? requestId : randomUUID();
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    error: fault.error,
    error_description: `AADSTS${fault.code}: ${fault.message} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
    error_codes: [fault.code],
    timestamp,
    trace_id,
    correlation_id,
    error_uri: `${loginUrl}/error?code=${fault.code}`,
  } satisfies EntraErrorBody;
}
