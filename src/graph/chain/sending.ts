import type { Context } from '@microsoft/microsoft-graph-client';
import { type RequestInit, Response } from 'undici';
import type { Outbound } from '../../network/outbound.ts';
import { readGraphFailure } from '../graph-errors.ts';
import { retryAfterMs } from '../retry-delay.ts';
import { callOf, type GraphCall, Link } from './graph-call.ts';

/** One line of the request log; holds no id of an app or a person, no query, no token. */
export interface RequestRecord {
  method: string;
  version: string;
  /** With `{id}` for every id: `/deviceAppManagement/mobileApps/{id}`. */
  pathTemplate: string;
  /** Null when there was no answer. */
  status: number | null;
  requestId: string | null;
  clientRequestId: string | null;
  attempt: number;
  durationMs: number;
}

export interface SendingOptions {
  outbound: Pick<Outbound, 'fetch'>;
  attemptTimeoutMs: number;
  onRequest: (record: RequestRecord) => void;
  now: () => number;
}

/** The last link: sends over the one outbound door, reads a failed answer, and tells of every attempt. */
export class Sending extends Link {
  readonly #options: SendingOptions;

  constructor(options: SendingOptions) {
    super();
    this.#options = options;
  }

  async execute(context: Context): Promise<void> {
    const { outbound, attemptTimeoutMs, now } = this.#options;
    const call = callOf(context);
    const { method = 'GET', headers, body } = (context.options ?? {}) as unknown as RequestInit;
    const timeout = AbortSignal.timeout(attemptTimeoutMs);
    const startedAt = now();
    let response: Response | null = null;
    try {
      response = await outbound.fetch(String(context.request), {
        method,
        signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
      });
      if (!response.ok) response = await this.#readFailure(response, call);
    } finally {
      this.#record(context, call, method, response, now() - startedAt);
    }
    context.response = response as unknown as globalThis.Response;
  }

  async #readFailure(response: Response, call: GraphCall): Promise<Response> {
    const body = await response.text();
    const header = (name: string) => response.headers.get(name);
    call.failure = readGraphFailure({ status: response.status, header, body });
    call.retryAfterMs = retryAfterMs(header('retry-after'), this.#options.now());
    return new Response(null, { status: response.status, headers: response.headers });
  }

  #record(context: Context, call: GraphCall, method: string, response: Response | null, durationMs: number): void {
    const [, version = '', ...path] = new URL(String(context.request)).pathname.split('/');
    const headers = (context.options?.headers ?? {}) as Record<string, string>;
    this.#options.onRequest({
      method,
      version,
      pathTemplate: pathTemplate(path),
      status: response?.status ?? null,
      requestId: response?.headers.get('request-id') ?? null,
      clientRequestId: headers['client-request-id'] ?? null,
      attempt: call.attempt,
      durationMs,
    });
  }
}

function pathTemplate(segments: readonly string[]): string {
  const templates = segments.map((segment) => {
    const name = segment.replace(/\(.*\)$/, '');
    return /^(microsoft\.graph\.\w+|[A-Za-z$]+)$/.test(name) ? name : '{id}';
  });
  return `/${templates.join('/')}`;
}
