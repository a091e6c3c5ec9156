import type { z } from 'zod';

export type GraphVersion = 'v1.0' | 'beta';

export interface GraphRequest<T> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version, for example `/deviceAppManagement/mobileApps`. */
  path: string;
  version?: GraphVersion;
  query?: Record<string, string>;
  /** Beside those of every request. */
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Reads the answer at the door; without it the answer's body is ignored. */
  schema?: z.ZodType<T>;
  /** A request that may be sent twice: GET always, others only where the caller says so. */
  repeatable?: boolean;
  /** How long all waits between attempts may take together; the client's own limit without it. */
  maxWaitMs?: number;
  signal?: AbortSignal;
}

export interface GraphPage<T> {
  items: T[];
  /** Opaque; where the next page is, null behind the last one. */
  next: string | null;
}

/**
 * The one door to Microsoft Graph for one connection. Failures are ProblemErrors; a request whose signal was aborted ends
 * with the signal's reason.
 */
export interface GraphClient {
  /** Of Graph in this cloud, for addresses inside bodies. */
  readonly url: string;
  send<T>(request: GraphRequest<T>): Promise<T>;
  /** One page of a listing, for lists that people leaf through; `next` of an earlier page asks for the one behind it. */
  page<T>(
    request: Omit<GraphRequest<T>, 'method' | 'body'> & { schema: z.ZodType<T>; next?: string },
  ): Promise<GraphPage<T>>;
  /** Follows `@odata.nextLink` lazily; after a 503 it goes on with a page size of 20. */
  pages<T>(request: Omit<GraphRequest<T>, 'method' | 'body'> & { schema: z.ZodType<T> }): AsyncIterable<T[]>;
}
