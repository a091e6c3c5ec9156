import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server, type ServerOptions } from '@tus/server';
import type { Logger } from 'pino';
import { largestIconFile } from '../../packages/icon.ts';
import { asProblemError, ProblemError } from '../../problems/problem.ts';
import type { UploadTicket, UploadTickets } from '../../publishing/upload-tickets.ts';
import { sentences, statusOf } from './problem-answer.ts';
import type { ReceiveUpload } from './receive-upload.ts';
import type { UnfinishedUploads } from './unfinished-uploads.ts';
import { createUploadLocker } from './upload-lock.ts';

export interface TusEndpointOptions {
  tickets: UploadTickets;
  unfinished: UnfinishedUploads;
  receive: ReceiveUpload;
  maxBytes: number;
  clock: () => Date;
  log: Logger;
}

type TusRequest = Parameters<NonNullable<ServerOptions['onUploadCreate']>>[0];

const path = '/files';
const withoutDashes = (ticketId: string) => ticketId.replaceAll('-', '');

/** The id of an upload starts with its ticket's, so that it is an upload of this ticket or of none. */
const uploadPrefix = (ticket: UploadTicket) => `${withoutDashes(ticket.id)}-`;
const uploadShape = /^[0-9a-f]{32}-[0-9a-f]{32}$/;

export function isUploadOf(ticket: UploadTicket, uploadId: string): boolean {
  return uploadShape.test(uploadId) && uploadId.startsWith(uploadPrefix(ticket));
}

const refusal = (error: ProblemError) => ({
  status_code: statusOf(error.problem.code),
  body: sentences(error.problem),
});

/** Resumable uploads by the tus protocol, for a ticket that the caller has checked. */
export function createTusEndpoint({ tickets, unfinished, receive, maxBytes, clock, log }: TusEndpointOptions) {
  const ticketOf = new WeakMap<IncomingMessage, UploadTicket>();

  const ticketBehind = (request: TusRequest): UploadTicket => {
    const message = request.runtime?.node?.req;
    const ticket = message === undefined ? undefined : ticketOf.get(message as IncomingMessage);
    if (ticket === undefined) throw new ProblemError('uploadLinkUnknown');
    return ticket;
  };

  const tus = new Server({
    path,
    datastore: unfinished,
    locker: createUploadLocker(),
    // How long a connection that has to let go may still write what it has.
    lockDrainTimeout: 500,
    maxSize: maxBytes,
    // Same origin only: no answer allows another page to read it.
    allowedOrigins: [],
    namingFunction: (request) => uploadPrefix(ticketBehind(request)) + randomBytes(16).toString('hex'),
    generateUrl: (request, { id }) => `${path}/${ticketBehind(request).id}/${id}`,
    getFileIdFromRequest: (request, lastPart) =>
      lastPart !== undefined && isUploadOf(ticketBehind(request), lastPart) ? lastPart : undefined,
    onUploadCreate: async (request, upload) => {
      const ticket = ticketBehind(request);
      if (upload.size === undefined || !Number.isSafeInteger(upload.size)) throw new ProblemError('uploadUnreadable');
      if (upload.size === 0) throw new ProblemError('packageEmpty');
      if (ticket.wanted !== null && upload.size > largestIconFile) throw new ProblemError('pictureTooLarge');
      await unfinished.assertRoomFor(upload.size);
      if (!(await tickets.begin(ticket.id))) throw new ProblemError('uploadReceived');
      await unfinished.removeAll(uploadPrefix(ticket));
      await unfinished.sweep(clock());
      return { metadata: { filename: upload.metadata?.filename ?? '' } };
    },
    onUploadFinish: async (request, upload) => {
      await receive.settle(ticketBehind(request), upload.id);
      return {};
    },
    onResponseError: (_request, error) => {
      if (error instanceof ProblemError) return refusal(error);
      if ('status_code' in error)
        return { status_code: error.status_code, body: wordsFor(error.status_code, maxBytes) };
      log.error({ err: error }, 'an upload request failed');
      return refusal(asProblemError(error));
    },
  });

  return {
    async handle(ticket: UploadTicket, request: IncomingMessage, response: ServerResponse): Promise<void> {
      ticketOf.set(request, ticket);
      await tus.handle(request, response);
    },

    /** True when every byte is here, whether or not they have become an artifact yet. */
    async isComplete(ticket: UploadTicket, uploadId: string): Promise<boolean> {
      if (!isUploadOf(ticket, uploadId)) return false;
      const upload = await unfinished.getUpload(uploadId).catch(() => null);
      return upload !== null && upload.offset === upload.size;
    },
  };
}

/** The protocol's own refusals, in words for the page. */
function wordsFor(status: number, maxBytes: number): string {
  if (status === 413) return sentences(new ProblemError('uploadTooLarge', { detail: limitText(maxBytes) }).problem);
  if (status === 404 || status === 410) return sentences(new ProblemError('uploadUnknown').problem);
  return sentences(new ProblemError('uploadUnreadable').problem);
}

const limitText = (bytes: number) =>
  `The limit is ${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB.`;
