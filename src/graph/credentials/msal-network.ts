import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { Response } from 'undici';
import type { Outbound } from '../../network/outbound.ts';
import { type TokenErrorBody, tokenErrorBody } from '../entra-errors.ts';
import { backoffMs, retryAfterMs, type Wait } from '../retry-delay.ts';

export interface MsalNetworkOptions {
  outbound: Pick<Outbound, 'fetch'>;
  /** Ends every request and every wait of this token acquisition. */
  signal: AbortSignal;
  wait: Wait;
  random: () => number;
}

const retries = 2;
const maxAnswerBytes = 1024 * 1024;
/** Somebody is looking at a card: who is asked to wait longer is told so instead. */
const longestWaitMs = 8_000;

/**
 * MSAL's way out, over the one outbound door. It serves one token acquisition and remembers what went wrong in it: MSAL
 * replaces network failures by an error of its own and reports only part of a refusal. Retrying happens here because MSAL
 * answers repeated requests from its own throttling cache for a minute after a 429 or 5xx.
 */
export class MsalNetwork implements INetworkModule {
  /** The refusal of the last request, if there was one. */
  refusal: { status: number; body: TokenErrorBody } | null = null;
  /** Why the last request got no usable answer. */
  failure: unknown = null;
  readonly #options: MsalNetworkOptions;

  constructor(options: MsalNetworkOptions) {
    this.#options = options;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send<T>('GET', url, options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send<T>('POST', url, options);
  }

  async #send<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> {
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt === retries;
      const answer = await this.#once(method, url, options, last);
      const asked = retryAfterMs(answer?.headers['retry-after'] ?? null, Date.now());
      if (answer !== null) {
        const remembered = this.#remembered<T>(answer);
        if (last || !isTransient(answer) || (asked ?? 0) > longestWaitMs) return remembered;
      }
      await this.#options.wait(asked ?? backoffMs(attempt, this.#options.random), this.#options.signal);
    }
  }

  /** Null when there was no answer and another attempt is allowed. */
  async #once(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions,
    last: boolean,
  ): Promise<Answer | null> {
    const { outbound, signal } = this.#options;
    try {
      const response = await outbound.fetch(url, {
        method,
        signal,
        ...(options.headers === undefined ? {} : { headers: options.headers }),
        ...(options.body === undefined ? {} : { body: options.body }),
      });
      this.failure = null;
      return await readAnswer(response);
    } catch (error) {
      this.failure = error;
      if (last || signal.aborted || !isConnectionFailure(error)) throw error;
      return null;
    }
  }

  #remembered<T>(answer: Answer): NetworkResponse<T> {
    const refused = tokenErrorBody.safeParse(answer.body);
    this.refusal = refused.success ? { status: answer.status, body: refused.data } : null;
    if (!refused.success && answer.status >= 400)
      this.refusal = { status: answer.status, body: { error: `http_${answer.status}` } };
    return { status: answer.status, headers: answer.headers, body: answer.body as T };
  }
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  if (text.length > maxAnswerBytes) throw new Error('The answer of the login host is too long');
  return { status: response.status, headers: Object.fromEntries(response.headers), body: asJson(text) };
}

/** A proxy's error page is no JSON; MSAL expects an object. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

function isTransient(answer: Answer): boolean {
  if (answer.status === 429 || answer.status >= 500) return true;
  const body = tokenErrorBody.safeParse(answer.body);
  return body.success && body.data.error === 'temporarily_unavailable';
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof TypeError;
}
