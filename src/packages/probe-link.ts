import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import { assertFile, discard, followLink, linkProblem, strongEtag } from './follow-link.ts';

/** What a host says about the file behind a link, before it is fetched. */
export interface ProbedLink {
  /** As it was given; where a redirect leads may expire sooner. */
  link: string;
  /** Where the bytes are. May carry a token: never shown, never logged. */
  finalUrl: string;
  fileName: string;
  /** Bytes, or null where the host does not say. */
  size: number | null;
  /** Only a strong one; it pins the bytes. */
  etag: string | null;
  acceptsRanges: boolean;
}

export interface ProbeOptions {
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * Asks for the first byte and not with HEAD: links signed for downloading, like those of object stores, answer GET only.
 */
export async function probeLink(outbound: Outbound, link: URL | string, options: ProbeOptions): Promise<ProbedLink> {
  const start = parseLink(link);
  const answer = await followLink(outbound, start, { headers: { range: 'bytes=0-0' }, signal: options.signal });
  const { response, url, fileName } = answer;
  if (response.status === 416) {
    await discard(response);
    const empty = response.headers.get('content-range')?.trim() === 'bytes */0';
    throw linkProblem(empty ? 'linkEmpty' : 'linkRefused', url, fileName);
  }
  await assertFile(answer);
  const range = parseContentRange(response.headers.get('content-range'));
  const encoded = (response.headers.get('content-encoding') ?? 'identity') !== 'identity';
  const acceptsRanges = response.status === 206 && range?.start === 0 && range.total !== null && !encoded;
  const size = response.status === 206 ? (range?.total ?? null) : encoded ? null : contentLength(response.headers);
  await discard(response);

  if (size === 0) throw linkProblem('linkEmpty', url, fileName);
  if (size !== null && size > options.maxBytes) throw tooLarge(url, fileName, size, options.maxBytes);
  return { link: start.href, finalUrl: url.href, fileName, size, etag: strongEtag(response), acceptsRanges };
}

export function parseLink(link: URL | string): URL {
  if (typeof link !== 'string') return link;
  if (!URL.canParse(link)) throw new ProblemError('urlRefused');
  return new URL(link);
}

export function tooLarge(url: URL, fileName: string, size: number | null, maxBytes: number): ProblemError {
  const said = size === null ? '' : `It has ${inMebibytes(size)} MiB, and `;
  const note = `${said}${said === '' ? 'The' : 'the'} limit is ${inMebibytes(maxBytes)} MiB.`;
  return linkProblem('linkTooLarge', url, fileName, { note });
}

/** `bytes 0-99/1234`, with null for a size that is not told. */
export function parseContentRange(header: string | null): { start: number; end: number; total: number | null } | null {
  const match = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(header ?? '');
  if (match === null) return null;
  return { start: Number(match[1]), end: Number(match[2]), total: match[3] === '*' ? null : Number(match[3]) };
}

export function contentLength(headers: { get(name: string): string | null }): number | null {
  const header = headers.get('content-length');
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

const inMebibytes = (bytes: number) => (bytes / 1024 ** 2).toLocaleString('en-US', { maximumFractionDigits: 1 });
