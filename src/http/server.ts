import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Next, type Request, type Response, type Server } from 'restify';
import type { Bot } from '../bot/bot.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Readiness } from './health.ts';

export interface HttpServer {
  /** For routes of other parts, as the upload page. They read their bodies themselves. */
  addRoutes(add: (server: Server) => void): void;
  listen(address: { host: string; port: number }): Promise<{ port: number }>;
  /** Takes no new connection and lets running turns end, within 20 seconds. */
  drain(): Promise<void>;
}

export interface HttpServerOptions {
  bot: Pick<Bot, 'messages' | 'drain'>;
  readiness: Readiness;
  metrics: Metrics;
  metricsToken: string | undefined;
  /** Until then only health and figures are answered: what people send has to find the queue there. */
  isOpen: () => boolean;
  log: Logger;
}

const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
};

const alwaysAnswered = new Set(['/healthz', '/readyz', '/metrics']);

/** A request that trickles in ties up a connection; a package on its way to the upload page is such a request. */
const headersWithin = 15_000;
const keepAlive = 75_000;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { bot, readiness, metrics, metricsToken, isOpen, log } = options;
  // Without a name restify sends no Server header.
  const server = createServer({ name: '', log: log as never, handleUncaughtExceptions: false });
  server.server.headersTimeout = headersWithin;
  server.server.requestTimeout = 0;
  server.server.keepAliveTimeout = keepAlive;

  server.pre((request: Request, response: Response, next: Next) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (isOpen() || alwaysAnswered.has(request.path())) return next();
    response.setHeader('Retry-After', '5');
    response.send(503, { error: 'Starting' });
    next(false);
  });

  server.post('/api/messages', (request: Request, response: Response, next: Next) => {
    bot.messages(request, response).then(
      () => next(false),
      () => next(false),
    );
  });

  server.get('/healthz', (_request: Request, response: Response, next: Next) => {
    sendJson(response, 200, { status: 'alive' });
    next(false);
  });

  server.get('/readyz', (_request: Request, response: Response, next: Next) => {
    readiness().then(
      ({ ready, missing }) => {
        sendJson(response, ready ? 200 : 503, ready ? { status: 'ready' } : { status: 'not ready', missing });
        next(false);
      },
      () => {
        sendJson(response, 503, { status: 'not ready', missing: [] });
        next(false);
      },
    );
  });

  server.get('/metrics', (request: Request, response: Response, next: Next) => {
    if (metricsToken !== undefined && !isBearer(request.headers.authorization, metricsToken)) {
      sendJson(response, 401, { error: 'Unauthorized' });
      return next(false);
    }
    metrics.registry.metrics().then(
      (text) => {
        response.setHeader('Content-Type', metrics.registry.contentType);
        response.statusCode = 200;
        response.end(text);
        next(false);
      },
      () => {
        sendJson(response, 500, { error: 'InternalServerError' });
        next(false);
      },
    );
  });

  // Unknown paths, wrong methods and handlers that failed: a short word, never a path, a message or a stack.
  server.on('restifyError', (_request: Request, response: Response, error: RestifyError, done: () => void) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'A request failed');
    // restify answers by itself after `done` unless its own `send` was used, and a second answer ends the process.
    if (response.headersSent) return;
    response.send(status, { error: errorWord(status) });
    done();
  });

  return {
    addRoutes: (add) => add(server),
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
        server.listen(port, host, () => {
          server.server.off('error', reject);
          resolve({ port: (server.server.address() as AddressInfo).port });
        });
      }),
    async drain() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await bot.drain();
      server.server.closeAllConnections();
      await closed;
    },
  };
}

interface RestifyError extends Error {
  statusCode?: number;
}

const words: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
};
const errorWord = (status: number) => words[status] ?? (status >= 500 ? 'InternalServerError' : 'BadRequest');

function sendJson(response: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** Compared as digests of one length, in constant time. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
