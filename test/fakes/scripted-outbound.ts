import { type RequestInit, Response } from 'undici';

export interface SentRequest {
  url: URL;
  method: string;
  headers: Headers;
  body: string | undefined;
}

export interface HttpAnswer {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

export type ScriptedAnswer =
  | HttpAnswer
  /** No answer at all. */
  | Error
  /** Never answers; ends when the request is aborted. */
  | 'silence';

/** Answers requests from a list and remembers them; asking for more than the list holds is a failure of the test. */
export class ScriptedOutbound {
  readonly sent: SentRequest[] = [];
  readonly #answers: ScriptedAnswer[];

  constructor(...answers: ScriptedAnswer[]) {
    this.#answers = answers;
  }

  add(...answers: ScriptedAnswer[]): void {
    this.#answers.push(...answers);
  }

  async fetch(target: URL | string, init: RequestInit = {}): Promise<Response> {
    this.sent.push({
      url: new URL(target),
      method: init.method ?? 'GET',
      headers: new Headers(init.headers as Record<string, string>),
      body: init.body === undefined || init.body === null ? undefined : String(init.body),
    });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`The script has no answer for ${init.method ?? 'GET'} ${target}`);
    init.signal?.throwIfAborted();
    if (answer === 'silence')
      return new Promise((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
      });
    if (answer instanceof Error) throw answer;
    const body = answer.text ?? (answer.body === undefined ? null : JSON.stringify(answer.body));
    return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
  }
}

/** As undici reports a connection that could not be made. */
export const connectionRefused = () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });

/** Waits that take no time and are remembered. */
export function recordedWaits(): { wait: (ms: number, signal?: AbortSignal) => Promise<void>; waited: number[] } {
  const waited: number[] = [];
  return {
    waited,
    wait: async (ms, signal) => {
      signal?.throwIfAborted();
      waited.push(ms);
    },
  };
}
