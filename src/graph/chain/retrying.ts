import type { Context } from '@microsoft/microsoft-graph-client';
import { ProblemError } from '../../problems/problem.ts';
import { type GraphFailure, isPassingRefusal, isReplicaLag } from '../graph-errors.ts';
import { backoffMs, type Wait } from '../retry-delay.ts';
import { callOf, type GraphCall, Link } from './graph-call.ts';

export interface RetryingOptions {
  wait: Wait;
  random: () => number;
  /** One wait is never longer; who is asked to wait longer gives up. */
  longestWaitMs: number;
}

const mostRetries = { throttled: 8, away: 4, passing: 3 } as const;

/** Repeats what may be repeated, as long as the call's patience lasts. */
export class Retrying extends Link {
  readonly #options: RetryingOptions;

  constructor(options: RetryingOptions) {
    super();
    this.#options = options;
  }

  async execute(context: Context): Promise<void> {
    const call = callOf(context);
    for (let waited = 0; ; call.attempt += 1) {
      const lost = await this.#attempt(context, call);
      const retries = lost === null ? retriesFor(call) : call.repeatable ? mostRetries.away : 0;
      const delay = call.retryAfterMs ?? backoffMs(call.attempt, this.#options.random);
      const patient = delay <= this.#options.longestWaitMs && waited + delay <= call.maxWaitMs;
      if (call.attempt >= retries || !patient) {
        if (lost !== null) throw lost;
        return;
      }
      waited += delay;
      await this.#options.wait(delay, call.signal);
    }
  }

  /** Null when there was an answer, good or bad. */
  async #attempt(context: Context, call: GraphCall): Promise<ProblemError | null> {
    call.failure = null;
    call.retryAfterMs = null;
    try {
      await this.passOn(context);
      return null;
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof ProblemError) throw error;
      return new ProblemError('networkDown', { cause: error });
    }
  }
}

function retriesFor(call: GraphCall): number {
  const failure = call.failure;
  if (failure === null) return 0;
  if (failure.status === 429) return mostRetries.throttled;
  if (isPassingRefusal(failure) || isReplicaLag(failure)) return mostRetries.passing;
  if (failure.status === 503 && call.handsBack503) return 0;
  return isAway(failure) && call.repeatable ? mostRetries.away : 0;
}

function isAway({ status }: GraphFailure): boolean {
  return status === 502 || status === 503 || status === 504;
}
