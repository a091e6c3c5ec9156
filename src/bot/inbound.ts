import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { InboundActivity } from './activity.ts';
import type { TeamsAdapter } from './adapter.ts';
import { TokenRefused } from './auth/channel-token.ts';
import type { Gate } from './auth/gate.ts';
import type { Clock } from './clock.ts';
import type { Turns } from './turns.ts';

export const largestBody = 256 * 1024;
const bodyWithin = 10_000;

export interface InboundOptions {
  gate: Gate;
  adapter: TeamsAdapter;
  turns: Turns;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
  isDraining: () => boolean;
}

/** Ends the request with a status and nothing else: whoever is refused is not told why. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** `POST /api/messages`: everything is verified here, before the SDK sees any of it. */
export function createInbound({ gate, adapter, turns, metrics, clock, log, isDraining }: InboundOptions) {
  const receive = async (request: IncomingMessage): Promise<object> => {
    const receivedAt = clock.now();
    if (isDraining()) throw new Refusal(503, 'draining');
    if (Number(request.headers['content-length'] ?? 0) > largestBody) throw new Refusal(413, 'too large');
    const token = await gate.admitRequest(request);
    const raw = await readJson(request);
    const read = InboundActivity.safeParse(raw);
    if (!read.success) throw new Refusal(400, 'not an activity');
    const admitted = gate.admitActivity(read.data, token);
    if ('refused' in admitted) throw new Refusal(403, admitted.refused);
    const turn = () => turns.handle(read.data, admitted.homeTenantId, receivedAt);
    return (await adapter.run(token, raw as object, turn)) ?? {};
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      answer(response, 200, JSON.stringify(await receive(request)));
    } catch (error) {
      const { status, reason } = refusalOf(error);
      if (status === 500) log.error({ err: error }, 'A request to the messaging endpoint failed');
      else log.info({ status, reason }, 'A request to the messaging endpoint was refused');
      metrics.refusal(reason);
      if (status === 413) response.setHeader('Connection', 'close');
      answer(response, status, '');
    }
  };
}

function refusalOf(error: unknown): { status: number; reason: string } {
  if (error instanceof TokenRefused) return { status: 401, reason: `token: ${error.message}` };
  if (error instanceof Refusal) return { status: error.status, reason: error.message };
  return { status: 500, reason: 'failed' };
}

function answer(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  response.setHeader('Content-Length', Buffer.byteLength(body));
  if (body !== '') response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // A browser sends this type to a foreign host only after asking, and it is never told yes.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw new Refusal(400, 'not json');
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'not json');
  }
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const stop = (refusal: Refusal) => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      request.resume();
      reject(refusal);
    };
    const timer = setTimeout(() => stop(new Refusal(408, 'too slow')), bodyWithin);
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > largestBody) stop(new Refusal(413, 'too large'));
      else parts.push(part);
    });
    request.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString('utf8'));
    });
    request.once('error', () => stop(new Refusal(400, 'broken off')));
  });
}
