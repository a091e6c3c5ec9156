import type { Context } from '@microsoft/microsoft-graph-client';
import { ProblemError } from '../../problems/problem.ts';
import { isTokenRefused } from '../graph-errors.ts';
import type { TokenSource } from '../token-source.ts';
import { callOf, Link } from './graph-call.ts';

export interface AuthenticatingOptions {
  tokenSource: TokenSource;
  scope: string;
  /** The only origin that ever sees a token. */
  graphOrigin: string;
}

/** A token for each attempt: a job outlives its first one. A refused token is replaced once. */
export class Authenticating extends Link {
  readonly #options: AuthenticatingOptions;

  constructor(options: AuthenticatingOptions) {
    super();
    this.#options = options;
  }

  async execute(context: Context): Promise<void> {
    if (new URL(String(context.request)).origin !== this.#options.graphOrigin)
      throw new ProblemError('graphHostRefused');
    await this.#send(context, false);
    const { failure } = callOf(context);
    if (failure !== null && isTokenRefused(failure)) await this.#send(context, true);
  }

  async #send(context: Context, fresh: boolean): Promise<void> {
    const call = callOf(context);
    const token = await this.#options.tokenSource.getToken(this.#options.scope, {
      fresh,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    call.failure = null;
    call.retryAfterMs = null;
    context.options = {
      ...context.options,
      headers: { ...(context.options?.headers as Record<string, string>), authorization: `Bearer ${token.value}` },
    };
    await this.passOn(context);
  }
}
