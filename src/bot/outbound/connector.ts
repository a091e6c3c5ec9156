/** Plain calls to the Teams connector, one attempt each. Limits, order and repetition are the door's business. */
export interface Connector {
  send(call: {
    serviceUrl: string;
    conversationId: string;
    activity: OutboundActivity;
  }): Promise<{ id: string | null }>;
  update(call: {
    serviceUrl: string;
    conversationId: string;
    activityId: string;
    activity: OutboundActivity;
  }): Promise<void>;
  member(call: { serviceUrl: string; conversationId: string; memberId: string }): Promise<Member>;
}

export interface Member {
  /** `29:…`, which mentions and `refresh.userIds` need. */
  teamsId: string | null;
  objectId: string | null;
  name: string | null;
  tenantId: string | null;
  /** `user`, `guest` or `anonymous`. */
  userRole: string | null;
}

export interface OutboundActivity {
  type: 'message';
  from?: { id: string };
  summary?: string;
  text?: string;
  attachments?: readonly { contentType: string; content: unknown }[];
  entities?: readonly { type: 'mention'; text: string; mentioned: { id: string; name: string } }[];
  [property: string]: unknown;
}

/**
 * Whether the message may have arrived although the call failed:
 * `no`: the request never left; `answered`: the service said so; `unknown`: the answer was lost.
 */
export type Arrival = 'no' | 'answered' | 'unknown';

export class ConnectorFault extends Error {
  readonly arrival: Arrival;
  readonly status: number | null;
  /** The service's own word, for example `BotNotInConversationRoster`. */
  readonly code: string | null;
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    facts: { arrival: Arrival; status?: number; code?: string | null; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.name = 'ConnectorFault';
    this.arrival = facts.arrival;
    this.status = facts.status ?? null;
    this.code = facts.code ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

/** Node's codes for a connection that was never made. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

interface HttpClientFault {
  name?: string;
  code?: unknown;
  statusCode?: unknown;
  response?: { headers?: { get(name: string): string | undefined }; bodyAsText?: string | null };
}

/** Reads what the SDK's HTTP client throws. */
export function connectorFault(error: unknown, now: number): ConnectorFault {
  if (error instanceof ConnectorFault) return error;
  const fault = (error ?? {}) as HttpClientFault;
  if (typeof fault.statusCode === 'number' && fault.statusCode >= 300)
    return new ConnectorFault(`The connector answered ${fault.statusCode}`, {
      arrival: 'answered',
      status: fault.statusCode,
      code: serviceCode(fault.response?.bodyAsText),
      retryAfterMs: retryAfter(fault.response?.headers?.get('retry-after'), now),
      cause: error,
    });
  const code = typeof fault.code === 'string' ? fault.code : null;
  const fromHttpClient = fault.name === 'RestError' || fault.name === 'AbortError';
  // What the HTTP client did not throw came from before it: the bot's own token could not be had.
  const arrival = !fromHttpClient || (code !== null && neverConnected.has(code)) ? 'no' : 'unknown';
  return new ConnectorFault(arrival === 'no' ? 'The connector was not reached' : 'The connector did not answer', {
    arrival,
    code,
    cause: error,
  });
}

function serviceCode(body: string | null | undefined): string | null {
  try {
    const read: unknown = JSON.parse(body ?? '');
    const code = (read as { error?: { code?: unknown } } | null)?.error?.code;
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}

/** Seconds, or a date. */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
