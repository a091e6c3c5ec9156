import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import type { GraphFailure } from '../graph-errors.ts';

export interface GraphCallOptions {
  /** May be sent again although the first attempt may have had an effect. */
  repeatable: boolean;
  /** For all waits together. */
  maxWaitMs: number;
  /** A 503 goes back at once, to a caller that knows something better than the same request again. */
  handsBack503: boolean;
  signal: AbortSignal | undefined;
}

/** What one request carries through the chain, and what the chain learned of it. */
export class GraphCall implements MiddlewareOptions, GraphCallOptions {
  readonly repeatable: boolean;
  readonly maxWaitMs: number;
  readonly handsBack503: boolean;
  readonly signal: AbortSignal | undefined;
  /** Counts from 0. */
  attempt = 0;
  /** The answer of the last attempt, read, if it was no good one. */
  failure: GraphFailure | null = null;
  /** What the last failed answer asked for. */
  retryAfterMs: number | null = null;

  constructor(options: GraphCallOptions) {
    this.repeatable = options.repeatable;
    this.maxWaitMs = options.maxWaitMs;
    this.handsBack503 = options.handsBack503;
    this.signal = options.signal;
  }
}

export function callOf(context: Context): GraphCall {
  const call = context.middlewareControl?.getMiddlewareOptions(GraphCall);
  if (!(call instanceof GraphCall)) throw new Error('A Graph request went out without its call');
  return call;
}

/** One link of our chain; the client library joins the links with `setNext`. */
export abstract class Link implements Middleware {
  #next: Middleware | undefined;

  setNext(next: Middleware): void {
    this.#next = next;
  }

  abstract execute(context: Context): Promise<void>;

  protected async passOn(context: Context): Promise<void> {
    if (this.#next === undefined) throw new Error('The Graph chain has no end');
    await this.#next.execute(context);
  }
}
