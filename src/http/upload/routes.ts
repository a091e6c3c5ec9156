import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Request, Server } from 'restify';
import { largestIconFile } from '../../packages/icon.ts';
import { asProblemError, type Problem, ProblemError } from '../../problems/problem.ts';
import type { UploadTicket, UploadTickets } from '../../publishing/upload-tickets.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { findArtifact } from '../../store/artifacts.ts';
import type { Db } from '../../store/database.ts';
import { answering, type Handler } from '../answering.ts';
import { isFromOurPage } from '../same-origin.ts';
import { sendJson, sendPage, sendProblemPage, sendRedirect, sendTusComplete, sendTusProblem } from './answers.ts';
import { type Asset, readAssets } from './assets.ts';
import { doorPage, uploadPage } from './pages.ts';
import { sentences, statusOf } from './problem-answer.ts';
import { type OnReceived, ReceiveUpload } from './receive-upload.ts';
import { createSessionCookie } from './session-cookie.ts';
import { createTusEndpoint, isUploadOf } from './tus-endpoint.ts';
import { UnfinishedUploads } from './unfinished-uploads.ts';

export interface UploadRoutesOptions {
  db: Db;
  tickets: UploadTickets;
  artifacts: ArtifactStore;
  /** Unfinished uploads are kept in a folder of it. */
  dataDir: string;
  publicUrl: string;
  maxBytes: number;
  onReceived: OnReceived;
  /** After the transaction, for work that may be lost. */
  afterReceived?: () => void;
  clock?: () => Date;
  log: Logger;
}

export interface UploadRoutes {
  /** Removes uploads that were not gone on with for a day. */
  sweep(): Promise<number>;
}

const day = 24 * 3_600_000;
/** A ticket lives an hour until an upload starts, then a day. */
const cookieAgeMs = day + 2 * 3_600_000;

/**
 * The upload page and its tus endpoint. A link is looked at by GET and used by POST; the cookie from the POST is what
 * everything behind it asks for. The path of a link is a secret: nothing here logs a URL.
 */
export function addUploadRoutes(server: Server, options: UploadRoutesOptions): UploadRoutes {
  const { artifacts, db, tickets, maxBytes, publicUrl, log, onReceived, afterReceived } = options;
  const clock = options.clock ?? (() => new Date());
  const publicOrigin = new URL(publicUrl).origin;
  const cookie = createSessionCookie({ secure: publicUrl.startsWith('https:'), maxAgeMs: cookieAgeMs });
  const unfinished = new UnfinishedUploads({ folder: join(options.dataDir, 'uploads'), ttlMs: day });
  const receive = new ReceiveUpload({
    db,
    tickets,
    artifacts,
    unfinished,
    onReceived,
    log,
    ...(afterReceived === undefined ? {} : { afterReceived }),
  });
  const tus = createTusEndpoint({ tickets, unfinished, receive, maxBytes, clock, log });

  const explained = (error: unknown): Problem => {
    const { problem, cause } = asProblemError(error);
    if (problem.code === 'unexpected') log.error({ err: cause ?? error }, 'an upload page failed');
    return problem;
  };

  const answers = (handle: Handler, refuse: typeof sendProblemPage) =>
    answering((error) => {
      const problem = explained(error);
      return (response) => refuse(response, problem);
    })(handle);

  const ticketOf = (request: Request): Promise<UploadTicket> =>
    tickets.bySession(String(request.params.ticketId), cookie.read(request.headers.cookie));

  const assertOurPage = (request: IncomingMessage) => {
    if (!isFromOurPage(request, publicOrigin)) throw new ProblemError('uploadElsewhere');
  };

  for (const asset of readAssets()) server.get(asset.path, sendAsset(asset));

  const door = answers(async (request, response) => {
    const ticket = await tickets.look(String(request.params.token));
    sendPage(response, 200, (nonce) => doorPage(ticket, nonce));
  }, sendProblemPage);
  server.get('/u/:token', door);
  server.head('/u/:token', door);

  server.post(
    '/u/:token',
    answers(async (request, response) => {
      assertOurPage(request);
      const exchange = await tickets.exchange(String(request.params.token));
      // Whoever opened the link before has the cookie and goes on; everybody else is told there that it is taken.
      const cookies = exchange.kind === 'opened' ? cookie.set(exchange.ticketId, exchange.session) : [];
      sendRedirect(response, `/upload/${exchange.ticketId}`, cookies);
    }, sendProblemPage),
  );

  server.get(
    '/upload/:ticketId',
    answers(async (request, response) => {
      const ticket = await ticketOf(request);
      sendPage(response, 200, (nonce) => uploadPage(ticket, largestFor(ticket, maxBytes), nonce));
    }, sendProblemPage),
  );

  server.get(
    '/upload/:ticketId/state',
    answers(
      async (request, response) => {
        const ticket = await ticketOf(request);
        sendJson(response, 200, {
          state: ticket.state,
          expiresAt: ticket.expiresAt.toISOString(),
          received: await receivedBy(db, ticket),
        });
      },
      (response, problem) =>
        sendJson(response, statusOf(problem.code), { problem: { title: problem.title, text: sentences(problem) } }),
    ),
  );

  const openTicketOf = async (request: Request): Promise<UploadTicket> => {
    assertOurPage(request);
    const ticket = await ticketOf(request);
    if (ticket.state === 'received') throw new ProblemError('uploadReceived');
    return ticket;
  };
  const passOn = answers(
    async (request, response) => tus.handle(await openTicketOf(request), request, response),
    sendTusProblem,
  );
  server.post('/files/:ticketId', passOn);
  server.patch('/files/:ticketId/:uploadId', passOn);
  server.del('/files/:ticketId/:uploadId', passOn);

  server.head(
    '/files/:ticketId/:uploadId',
    answers(async (request, response) => {
      const ticket = await ticketOf(request);
      const uploadId = String(request.params.uploadId);
      // The answer to the last byte was lost, or this process ended while it computed the digest.
      if (ticket.state !== 'received') {
        if (!(await tus.isComplete(ticket, uploadId))) return tus.handle(ticket, request, response);
        await receive.settle(ticket, uploadId);
      }
      const announced = isUploadOf(ticket, uploadId) ? await unfinished.announced(uploadId) : null;
      if (announced === null) throw new ProblemError('uploadReceived');
      sendTusComplete(response, announced.size);
    }, sendTusProblem),
  );

  return { sweep: () => unfinished.sweep(clock()) };
}

/** A picture that is too large to be looked at is refused before it comes. */
const largestFor = ({ wanted }: UploadTicket, maxBytes: number) =>
  wanted === null ? maxBytes : Math.min(maxBytes, largestIconFile);

async function receivedBy(db: Db, ticket: UploadTicket) {
  if (ticket.state !== 'received' || ticket.artifactId === null) return null;
  const artifact = await findArtifact(db, ticket.artifactId);
  return artifact === null ? null : { fileName: artifact.fileName, size: artifact.size, sha256: artifact.sha256 };
}

function sendAsset({ bytes, type }: Asset) {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  return async (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': bytes.length });
    response.end(bytes);
  };
}
