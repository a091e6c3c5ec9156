import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { XMLParser } from 'fast-xml-parser';
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { BodyTooLarge, readBody } from '../http.ts';
import type { BlockStore } from './block-store.ts';
import type { UploadUrls } from './upload-urls.ts';

export interface StorageServiceOptions {
  store: BlockStore;
  urls: UploadUrls;
  clock: Clock;
  faults: Faults;
  counters: StorageCounters;
  storageUrl: () => string;
}

export interface StorageCounters {
  blocks: number;
  bytes: number;
  blockLists: number;
  refused: number;
  /** Blocks that had been stored before under the same id. */
  repeated: number;
}

class StorageError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;

  constructor(status: number, code: string, message: string, detail?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

// Limits of block blobs at the version of the upload address: https://learn.microsoft.com/rest/api/storageservices/put-block
const largestBlock = 100 * 1024 * 1024;
const mostBlocks = 50_000;
const longestBlockId = 64;
const signature = ['sv', 'sr', 'si', 'se', 'sig'];
const knownHeaders = new Set([
  'x-ms-version',
  'x-ms-date',
  'x-ms-client-request-id',
  'x-ms-blob-type',
  'x-ms-blob-content-type',
  'x-ms-content-crc64',
]);

const authenticationFailed = (detail: string) =>
  new StorageError(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    detail,
  );

/** The storage that upload addresses lead to: blocks and block lists, and nothing else. */
export function storageService(options: StorageServiceOptions) {
  const idLengths = new Map<string, number>();
  const stored = new Set<string>();
  const begun = new Set<string>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const common = {
      Server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
      'x-ms-request-id': requestId,
      'x-ms-version': '2016-05-31',
      'Content-Length': 0,
    };
    try {
      await stall(options.faults, begun, request);
      await answer(options, idLengths, stored, request);
      response.writeHead(201, { ...common, 'x-ms-request-server-encrypted': 'true' });
      response.end();
    } catch (error) {
      const refusal =
        error instanceof BodyTooLarge
          ? new StorageError(413, 'RequestBodyTooLarge', 'The request body is too large.')
          : error;
      if (!(refusal instanceof StorageError)) throw error;
      options.counters.refused += 1;
      const time = new Date(options.clock.now()).toISOString();
      const detail = refusal.detail ? `<AuthenticationErrorDetail>${refusal.detail}</AuthenticationErrorDetail>` : '';
      const xml = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${refusal.code}</Code><Message>${refusal.message}\nRequestId:${requestId}\nTime:${time}</Message>${detail}</Error>`;
      request.resume();
      response.writeHead(refusal.status, {
        ...common,
        'Content-Type': 'application/xml',
        'Content-Length': Buffer.byteLength(xml),
        'x-ms-error-code': refusal.code,
      });
      response.end(xml);
    }
  };
}

async function stall(faults: Faults, begun: Set<string>, request: IncomingMessage): Promise<void> {
  const file = (request.url ?? '').split('?', 1)[0] ?? '';
  if (!faults.isOn('stalledStorage')) return;
  if (!begun.has(file)) begun.add(file);
  else while (faults.isOn('stalledStorage') && !request.destroyed) await wait(100, undefined, { ref: false });
}

async function answer(
  options: StorageServiceOptions,
  idLengths: Map<string, number>,
  stored: Set<string>,
  request: IncomingMessage,
): Promise<void> {
  const { urls, faults, clock, counters } = options;
  const url = new URL(request.url ?? '/', options.storageUrl());
  if (request.headers.authorization !== undefined)
    throw new StorageError(
      400,
      'InvalidAuthenticationInfo',
      'Authentication information is not given in the correct format. An upload address carries its own authorization.',
    );
  refuseUnknown(request, url.searchParams);
  if (urls.judge(url.pathname, url.searchParams) === 'forged') throw authenticationFailed('Signature did not match.');
  if (faults.take('expireUploadUrl')) urls.revoke(url.searchParams);
  if (urls.judge(url.pathname, url.searchParams) === 'expired')
    throw authenticationFailed(
      `Signed expiry time [${url.searchParams.get('se')}] has to be after signed start time [${new Date(clock.now()).toUTCString()}]`,
    );
  if (faults.take('storage403Once'))
    throw new StorageError(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.');
  if (faults.take('storage503'))
    throw new StorageError(
      503,
      'ServerBusy',
      'The server is currently unable to receive requests. Please retry your request.',
    );
  if (faults.take('slowStorage')) await wait(2_000);
  if (request.method !== 'PUT')
    throw new StorageError(
      403,
      'AuthorizationPermissionMismatch',
      'This request is not authorized to perform this operation using this permission.',
    );
  switch (url.searchParams.get('comp')) {
    case 'block':
      await putBlock(options, idLengths, stored, request, url);
      counters.blocks += 1;
      return;
    case 'blocklist':
      await putBlockList(options, request, url);
      counters.blockLists += 1;
      return;
    default:
      throw new StorageError(
        400,
        'InvalidQueryParameterValue',
        'Value for one of the query parameters specified in the request URI is invalid.',
      );
  }
}

function refuseUnknown(request: IncomingMessage, query: URLSearchParams): void {
  for (const name of new Set(query.keys()))
    if (![...signature, 'comp', 'blockid', 'timeout'].includes(name) || query.getAll(name).length > 1)
      throw new StorageError(
        400,
        'UnsupportedQueryParameter',
        'One of the query parameters specified in the request URI is not supported.',
      );
  for (const name of Object.keys(request.headers))
    if (name.startsWith('x-ms-') && !knownHeaders.has(name))
      throw new StorageError(400, 'UnsupportedHeader', 'One of the headers specified in the request is not supported.');
  const type = request.headers['x-ms-blob-type'];
  if (type !== undefined && type !== 'BlockBlob')
    throw new StorageError(
      400,
      'InvalidHeaderValue',
      'The value for one of the HTTP headers is not in the correct format.',
    );
}

function contentLength(request: IncomingMessage): number {
  const given = request.headers['content-length'];
  if (given === undefined || !/^\d+$/.test(given))
    throw new StorageError(411, 'MissingContentLengthHeader', 'Content-Length HTTP header is missing.');
  return Number(given);
}

async function putBlock(
  { store, counters }: StorageServiceOptions,
  idLengths: Map<string, number>,
  stored: Set<string>,
  request: IncomingMessage,
  url: URL,
): Promise<void> {
  const blockId = url.searchParams.get('blockid') ?? '';
  const decoded = Buffer.from(blockId, 'base64');
  if (blockId === '' || decoded.toString('base64') !== blockId || decoded.length > longestBlockId)
    throw new StorageError(
      400,
      'InvalidQueryParameterValue',
      'Value for one of the query parameters specified in the request URI is invalid.',
    );
  const known = idLengths.get(url.pathname) ?? blockId.length;
  if (known !== blockId.length)
    throw new StorageError(400, 'InvalidBlobOrBlock', 'The specified blob or block content is invalid.');
  const size = contentLength(request);
  if (size > largestBlock) throw new BodyTooLarge();
  if (size === 0)
    throw new StorageError(
      400,
      'InvalidHeaderValue',
      'The value for one of the HTTP headers is not in the correct format.',
    );
  idLengths.set(url.pathname, known);
  const block = `${url.pathname} ${blockId}`;
  await store.putBlock(url.pathname, blockId, request as AsyncIterable<Buffer>, size);
  counters.bytes += size;
  if (stored.has(block)) counters.repeated += 1;
  stored.add(block);
}

async function putBlockList({ store }: StorageServiceOptions, request: IncomingMessage, url: URL): Promise<void> {
  contentLength(request);
  const blockIds = readBlockList((await readBody(request, 8 * 1024 * 1024)).toString('utf8'));
  if (blockIds.length > mostBlocks)
    throw new StorageError(400, 'BlockListTooLong', 'The block list may not contain more than 50,000 blocks.');
  if (!(await store.putBlockList(url.pathname, blockIds)))
    throw new StorageError(400, 'InvalidBlockList', 'The specified block list is invalid.');
}

function readBlockList(xml: string): string[] {
  const malformed = new StorageError(400, 'InvalidXmlDocument', 'XML specified is not syntactically valid.');
  const parser = new XMLParser({
    processEntities: false,
    ignoreDeclaration: true,
    parseTagValue: false,
    isArray: (name) => name !== 'BlockList',
  });
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch {
    throw malformed;
  }
  const root = document as { BlockList?: Record<string, unknown> | '' };
  if (Object.keys(root).join() !== 'BlockList' || root.BlockList === '' || root.BlockList === undefined)
    throw malformed;
  // One kind at a time keeps the order; Intune's clients send Latest only.
  const kinds = Object.entries(root.BlockList);
  const [only] = kinds;
  if (kinds.length !== 1 || only === undefined || !['Latest', 'Uncommitted', 'Committed'].includes(only[0]))
    throw malformed;
  const ids = only[1];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw malformed;
  return ids as string[];
}
