import { randomUUID } from 'node:crypto';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { z } from 'zod';
import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import { Authenticating } from './chain/authenticating.ts';
import { Budgeting } from './chain/budgeting.ts';
import { ErrorKeeping, keptError } from './chain/error-keeping.ts';
import { GraphCall } from './chain/graph-call.ts';
import { Retrying } from './chain/retrying.ts';
import { type RequestRecord, Sending } from './chain/sending.ts';
import { type Cloud, graphScope } from './clouds.ts';
import type { GraphClient, GraphRequest, GraphVersion } from './graph-client.ts';
import { graphProblem } from './graph-errors.ts';
import type { RequestBudget } from './request-budget.ts';
import { backoffMs, wait as realWait, type Wait } from './retry-delay.ts';
import type { TokenSource } from './token-source.ts';

export type { RequestRecord };

export interface GraphClientOptions {
  cloud: Cloud;
  tokenSource: TokenSource;
  outbound: Pick<Outbound, 'fetch'>;
  onRequest?: (record: RequestRecord) => void;
  /** Shared by all who act as this app in this tenant. */
  budget?: RequestBudget;
  /** For all waits of one request together. */
  maxWaitMs?: number;
  attemptTimeoutMs?: number;
  wait?: Wait;
  random?: () => number;
  now?: () => number;
}

interface Outgoing {
  method: GraphRequest<unknown>['method'];
  /** Below the version, with the query; or a whole next link. */
  address: string;
  version: GraphVersion;
  headers: Readonly<Record<string, string>> | undefined;
  body?: unknown;
  /** Otherwise the answer's body does not matter. */
  isRead: boolean;
  repeatable: boolean;
  handsBack503?: boolean;
  maxWaitMs: number | undefined;
  signal: AbortSignal | undefined;
}

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });
const identified = z.object({ id: z.string() });
const smallPage = 20;

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { cloud, tokenSource, outbound } = options;
  const { maxWaitMs = 90_000, attemptTimeoutMs = 60_000, wait = realWait, random = Math.random } = options;
  const { now = Date.now, onRequest = () => undefined } = options;
  const graphOrigin = new URL(cloud.graphUrl).origin;
  const client = Client.initWithMiddleware({
    baseUrl: cloud.graphUrl,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(cloud.graphUrl).hostname]),
    middleware: [
      new ErrorKeeping(),
      new Retrying({ wait, random, longestWaitMs: 30_000 }),
      ...(options.budget === undefined ? [] : [new Budgeting(options.budget)]),
      new Authenticating({ tokenSource, scope: graphScope(cloud), graphOrigin }),
      new Sending({ outbound, attemptTimeoutMs, onRequest, now }),
    ],
  });

  /** The answer's JSON, undefined where there is none or nobody reads it. */
  const call = async (outgoing: Outgoing): Promise<unknown> => {
    outgoing.signal?.throwIfAborted();
    const state = new GraphCall({
      repeatable: outgoing.repeatable,
      maxWaitMs: outgoing.maxWaitMs ?? maxWaitMs,
      handsBack503: outgoing.handsBack503 ?? false,
      signal: outgoing.signal,
    });
    const response = await respond(client, outgoing, state);
    if (state.failure !== null) throw graphProblem(state.failure, state.retryAfterMs);
    if (outgoing.isRead) return readJson(response, outgoing.signal);
    // Read to its end, so that the connection serves again.
    await response.text().catch(() => undefined);
    return undefined;
  };

  const read = <T>(schema: z.ZodType<T>, value: unknown): T => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const place = result.error.issues[0]?.path.join('.') ?? '';
    throw new ProblemError('graphAnswerUnexpected', {
      ...(place === '' ? {} : { detail: `It stumbled over ${place}.` }),
      cause: result.error,
    });
  };

  const nextAddress = (link: string | null | undefined, asked: ReadonlySet<string>): string | null => {
    if (!link) return null;
    if (!URL.canParse(link) || new URL(link).origin !== graphOrigin) throw new ProblemError('graphHostRefused');
    if (asked.has(link)) throw new ProblemError('graphAnswerUnexpected', { detail: 'Its pages go round in a circle.' });
    return link;
  };

  return {
    url: cloud.graphUrl,

    async send(request) {
      const answer = await call({
        method: request.method,
        address: addressOf(request.path, request.query),
        version: request.version ?? 'v1.0',
        headers: request.headers,
        body: request.body,
        isRead: request.schema !== undefined,
        repeatable: request.repeatable ?? request.method === 'GET',
        maxWaitMs: request.maxWaitMs,
        signal: request.signal,
      });
      return request.schema === undefined ? (undefined as never) : read(request.schema, answer);
    },

    async page({ path, query, headers, next, schema, version = 'v1.0', signal, maxWaitMs }) {
      const address = next === undefined ? addressOf(path, query) : nextAddress(next, new Set());
      const answer = await call({
        method: 'GET',
        address: address ?? path,
        version,
        headers,
        isRead: true,
        repeatable: true,
        maxWaitMs,
        signal,
      });
      const { value, '@odata.nextLink': link } = read(page, answer);
      return { items: value.map((item) => read(schema, item)), next: nextAddress(link, new Set([address ?? path])) };
    },

    async *pages(request) {
      const { query = {}, signal, schema, version = 'v1.0' } = request;
      // Intune answers 503 to large pages of apps; Microsoft's advice is a page size of 20 or fewer:
      // https://learn.microsoft.com/intune/intune-service/developer/intune-graph-apis
      let small = Number(query.$top ?? Number.POSITIVE_INFINITY) <= smallPage;
      let seen: Set<string> | null = new Set();
      let address: string | null = addressOf(request.path, query);
      const asked = new Set<string>();
      while (address !== null) {
        asked.add(address);
        let answer: unknown;
        try {
          answer = await call({
            method: 'GET',
            address,
            version,
            headers: request.headers,
            isRead: true,
            repeatable: true,
            handsBack503: !small,
            maxWaitMs: request.maxWaitMs,
            signal,
          });
        } catch (error) {
          if (small || seen === null || !(error instanceof ProblemError) || error.problem.code !== 'graphDown')
            throw error;
          // A next link is opaque, so smaller pages start over; what was already handed out is left out below.
          small = true;
          address = addressOf(request.path, { ...query, $top: String(smallPage) });
          await wait(backoffMs(0, random), signal);
          continue;
        }
        const { value, '@odata.nextLink': link } = read(page, answer);
        const fresh: unknown[] = value.filter((item) => {
          const id = identified.safeParse(item).data?.id;
          // Items without an id cannot be told apart, so a listing of them cannot start over.
          if (id === undefined) seen = null;
          if (id === undefined || seen === null) return true;
          if (seen.has(id)) return false;
          seen.add(id);
          return true;
        });
        yield fresh.map((item) => read(schema, item));
        address = nextAddress(link, asked);
      }
    },
  };
}

function addressOf(path: string, query: Record<string, string> = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

async function respond(client: Client, outgoing: Outgoing, state: GraphCall): Promise<Response> {
  const request = client
    .api(outgoing.address)
    .headers({ ...outgoing.headers, 'client-request-id': randomUUID() })
    .responseType(ResponseType.RAW)
    .middlewareOptions([state]);
  if (!outgoing.address.startsWith('https://')) request.version(outgoing.version);
  try {
    switch (outgoing.method) {
      case 'GET':
        return await request.get();
      case 'POST':
        return await request.post(outgoing.body);
      case 'PATCH':
        return await request.patch(outgoing.body);
      case 'DELETE':
        return await request.delete();
    }
  } catch (error) {
    throw keptError(error);
  }
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ProblemError('networkDown', { cause: error });
  }
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new ProblemError('graphAnswerUnexpected', { cause: error });
  }
}
