import { Readable } from 'node:stream';
import type { Response } from 'undici';
import type { Outbound } from '../network/outbound.ts';
import { assertFile, discard, followLink, type LinkAnswer, linkProblem, strongEtag } from './follow-link.ts';
import { contentLength, parseContentRange, parseLink, tooLarge } from './probe-link.ts';

export interface LinkDownload {
  fileName: string;
  /** Bytes, or null where the host does not say. */
  size: number | null;
  /** Lets a broken download go on, for `resumeDownload`; null where nothing would prove that the bytes are the same. */
  validator: string | null;
  /** Fails when the body is cut, or longer than allowed. */
  stream: Readable;
}

export interface DownloadOptions {
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/** The whole file in one go, for hosts that cannot serve parts of it; the bytes have to be kept by the caller. */
export async function downloadLink(
  outbound: Outbound,
  link: URL | string,
  options: DownloadOptions,
): Promise<LinkDownload> {
  const answer = await followLink(outbound, parseLink(link), { signal: options.signal });
  await assertFile(answer);
  const { response, url, fileName } = answer;
  const size = response.headers.has('content-encoding') ? null : contentLength(response.headers);
  if (size === 0) throw linkProblem('linkEmpty', url, fileName);
  if (size !== null && size > options.maxBytes) {
    await response.body?.cancel();
    throw tooLarge(url, fileName, size, options.maxBytes);
  }
  const stream = Readable.from(boundedBody(answer, size, options), { objectMode: false, highWaterMark: 1024 * 1024 });
  return { fileName, size, validator: validatorOf(response), stream };
}

export interface ResumeOptions extends DownloadOptions {
  /** Where to go on, and what the first answer said. */
  from: { position: number; size: number; validator: string };
}

/** The rest of a download that broke off; null where the host starts from the beginning or has other bytes by now. */
export async function resumeDownload(
  outbound: Outbound,
  link: URL | string,
  options: ResumeOptions,
): Promise<Readable | null> {
  const { position, size, validator } = options.from;
  const headers = { range: `bytes=${position}-`, 'if-range': validator };
  const answer = await followLink(outbound, parseLink(link), { headers, signal: options.signal });
  const { response } = answer;
  const range = parseContentRange(response.headers.get('content-range'));
  if (response.status === 416 || (response.ok && !(range?.start === position && range.total === size))) {
    await discard(response);
    return null;
  }
  await assertFile(answer);
  return Readable.from(boundedBody(answer, size - position, options), {
    objectMode: false,
    highWaterMark: 1024 * 1024,
  });
}

/** A date counts as strong when the file was not changed in the second it was served (RFC 9110, section 8.8.2.2). */
function validatorOf(response: Response): string | null {
  const modified = response.headers.get('last-modified');
  const served = Date.parse(response.headers.get('date') ?? '');
  const isStrong = modified !== null && served - Date.parse(modified) >= 1000;
  return strongEtag(response) ?? (isStrong ? modified : null);
}

async function* boundedBody(answer: LinkAnswer, size: number | null, options: DownloadOptions): AsyncGenerator<Buffer> {
  const { response, url, fileName } = answer;
  const reader = response.body?.getReader();
  let received = 0;
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        options.signal?.throwIfAborted();
        throw linkProblem('linkBroken', url, fileName, { cause: error });
      });
      if (done) break;
      const chunk: Uint8Array = value;
      received += chunk.byteLength;
      if (received > options.maxBytes) throw tooLarge(url, fileName, null, options.maxBytes);
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
  if (size !== null && received !== size) throw linkProblem('linkBroken', url, fileName);
  if (received === 0) throw linkProblem('linkEmpty', url, fileName);
}
