import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * Serves a sample package the way a good download server does: a strong ETag, single ranges, conditional requests
 * (https://www.rfc-editor.org/rfc/rfc9110#name-range-requests).
 */
export function packageServer(files: Readonly<Record<string, string>>) {
  const etags = new Map<string, Promise<string>>();
  const etagOf = (file: string) => {
    const known = etags.get(file) ?? digestOf(file);
    etags.set(file, known);
    return known;
  };
  return async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (file === undefined) {
      response.writeHead(404, { 'Content-Length': 0 });
      response.end();
      return;
    }
    const [{ size, mtime }, etag] = await Promise.all([stat(file), etagOf(file)]);
    const headers = {
      'Content-Type': 'application/vnd.android.package-archive',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Accept-Ranges': 'bytes',
      ETag: etag,
      'Last-Modified': mtime.toUTCString(),
    };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
    if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag) {
      response.writeHead(412, { 'Content-Length': 0 });
      response.end();
      return;
    }
    const ifRange = request.headers['if-range'];
    const isRangeWanted = ifRange === undefined || ifRange === etag;
    const range = isRangeWanted ? readRange(request.headers.range, size) : null;
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': 0 });
      response.end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range === null ? 200 : 206, {
      ...headers,
      'Content-Length': end - start + 1,
      ...(range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // A client that goes away in the middle is no failure of the server.
    await pipeline(createReadStream(file, { start, end }), response).catch(() => response.destroy());
  };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `"${hash.digest('hex').slice(0, 32)}"`;
}

/** Null when the whole file is meant: no range, several, or another unit. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || start > end) return 'unsatisfiable';
  return { start, end };
}
