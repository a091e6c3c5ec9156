import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ByteSource } from '../../src/packages/byte-source.ts';
import { createHttpRangeSource, openHttpRangeSource } from '../../src/packages/http-range-source.ts';
import { readPackage } from '../../src/packages/read-package.ts';
import { buildApk } from './fixtures/apk-file.ts';
import { type FileBehaviour, type LinkServer, serveFile, startLinkServer } from './fixtures/link-server.ts';
import { problemOf } from './fixtures/problem-of.ts';

const bytes = randomBytes(3_000_000);
const file = (behaviour?: FileBehaviour) => serveFile(bytes, behaviour);
const secret = '?sig=secret';

describe('bytes behind a link', () => {
  let server: LinkServer;
  let waits: number[];
  const sources: ByteSource[] = [];
  const open = async (options: { path?: string; pinned?: { size: number; etag: string } } = {}) => {
    const source = await openHttpRangeSource({
      outbound: server.outbound,
      link: `${server.origin}${options.path ?? '/app.apk'}${secret}`,
      maxBytes: 1e9,
      wait: async (milliseconds) => void waits.push(milliseconds),
      ...(options.pinned === undefined ? {} : { pinned: options.pinned }),
    });
    sources.push(source);
    return source;
  };

  beforeEach(async () => {
    waits = [];
    server = await startLinkServer(file());
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
    await server.close();
  });

  it.each([
    ['at the start', 0, 10],
    ['across pages', 65_530, 20],
    ['larger than a page', 100, 200_000],
    ['larger than the cache', 1, 2_900_000],
    ['at the end', 2_999_990, 10],
    ['beyond the end', 2_999_990, 100],
    ['after the end', 3_000_000, 10],
  ])('are read %s', async (_, offset, length) => {
    const source = await open();

    const read = await source.read(offset, length);

    expect(source.size).toBe(bytes.length);
    expect(read.equals(bytes.subarray(offset, offset + length))).toBe(true);
  });

  it('are asked for with the ETag that pins them', async () => {
    const source = await open();

    await source.read(0, 10);

    expect(server.requests.at(-1)).toMatchObject({ range: 'bytes=0-65535', ifMatch: '"v1"' });
  });

  it('come from memory when they were read before', async () => {
    const source = await open();
    await source.read(0, 10);
    const before = server.requests.length;

    await source.read(500, 1000);

    expect(server.requests).toHaveLength(before);
  });

  it('are fetched ahead in growing steps while reading goes straight on', async () => {
    const source = await open();

    for (let offset = 0; offset < 1_500_000; offset += 10_000) {
      const read = await source.read(offset, 10_000);
      expect(read.equals(bytes.subarray(offset, offset + 10_000))).toBe(true);
    }

    expect(server.requests.length).toBeLessThan(10);
  });

  it('are streamed whole, and from the middle', async () => {
    const source = await open();

    expect((await buffer(source.stream())).equals(bytes)).toBe(true);
    expect((await buffer(source.stream(1_234_567))).equals(bytes.subarray(1_234_567))).toBe(true);
  });

  it('are streamed on from where a connection was cut', async () => {
    server.answer = file({ cutAfter: (request) => (request >= 1 && request <= 3 ? 400_000 : null) });
    const source = await open();

    const streamed = await buffer(source.stream());

    expect(streamed.equals(bytes)).toBe(true);
    expect(server.requests.filter(({ range }) => range !== 'bytes=0-0').length).toBeGreaterThan(1);
    expect(server.requests.every(({ url }) => url.endsWith(secret))).toBe(true);
  });

  it.each([408, 429, 500, 503])('are asked for again after %i', async (status) => {
    const good = file();
    let failures = 2;
    const source = await open();
    server.answer = (request, response) => {
      failures -= 1;
      if (failures >= 0) {
        response.writeHead(status, { 'retry-after': '2' });
        response.end();
      } else good(request, response);
    };

    const read = await source.read(0, 10);

    expect(read.equals(bytes.subarray(0, 10))).toBe(true);
    expect(waits).toEqual([2000, 2000]);
  });

  it('are given up after several tries without a byte', async () => {
    const source = await open();
    server.answer = (request) => request.socket.destroy();

    const found = await problemOf(source.read(0, 10));

    expect(found.code).toBe('linkBroken');
    expect(server.requests).toHaveLength(1 + 4);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('fail a stream that is cut again and again without a byte', async () => {
    const source = await open();
    server.answer = (request) => request.socket.destroy();

    const found = await problemOf(buffer(source.stream()));

    expect(found.code).toBe('linkBroken');
  });

  it.each<[string, FileBehaviour]>([
    ['answers 412', { etag: '"v2"' }],
    ['ignores If-Match and sends another ETag', { headers: { etag: '"v2"' } }],
  ])('have changed when the host %s', async (_, behaviour) => {
    const source = await open();
    server.answer = file(behaviour);

    const found = await problemOf(source.read(0, 10));

    expect(found.code).toBe('packageChanged');
  });

  it('have changed when the file has another size', async () => {
    const source = await open();
    server.answer = serveFile(bytes.subarray(0, 2_000_000));

    const found = await problemOf(source.read(0, 10));

    expect(found.code).toBe('packageChanged');
  });

  it.each([
    ['size', { size: 5, etag: '"v1"' }],
    ['ETag', { size: bytes.length, etag: '"v0"' }],
  ])('have changed when the %s is not the one remembered', async (_, pinned) => {
    const found = await problemOf(open({ pinned }));

    expect(found.code).toBe('packageChanged');
  });

  it('are not taken from a host that stops serving parts', async () => {
    const source = await open();
    server.answer = (_, response) => {
      response.writeHead(200, { etag: '"v1"' });
      response.end(bytes);
    };

    const found = await problemOf(source.read(0, 10));

    expect(found.code).toBe('linkWithoutRanges');
  });

  it.each([
    ['no ranges', { acceptsRanges: false }],
    ['no strong ETag', { etag: null }],
    ['no size', { size: null }],
  ])('need more than a host with %s', async (_, lack) => {
    const probed = {
      link: `${server.origin}/app.apk`,
      finalUrl: `${server.origin}/app.apk`,
      fileName: 'app.apk',
      size: 10,
      etag: '"v1"',
      acceptsRanges: true,
    };

    expect(() => createHttpRangeSource({ ...probed, ...lack }, { outbound: server.outbound })).toThrow(
      'does not serve parts',
    );
  });

  it('are found again when the address behind a redirect has expired', async () => {
    const good = file();
    let current = 1;
    server.answer = (request, response) => {
      if (request.url?.startsWith('/start')) {
        response.writeHead(302, { location: `/signed/${current}` });
        response.end();
      } else if (request.url === `/signed/${current}`) good(request, response);
      else {
        response.writeHead(403);
        response.end();
      }
    };
    const source = await open({ path: '/start/app.apk' });
    current = 2;

    const read = await source.read(0, 10);

    expect(read.equals(bytes.subarray(0, 10))).toBe(true);
    expect(server.requests.at(-1)?.url).toBe('/signed/2');
  });

  it('are refused with the host when access ends', async () => {
    const source = await open();
    server.answer = (_, response) => {
      response.writeHead(403);
      response.end();
    };

    const found = await problemOf(source.read(0, 10));

    expect(found).toMatchObject({ code: 'linkForbidden', detail: expect.stringContaining('app.apk') });
  });

  it('are no longer read after the signal', async () => {
    const source = await open();
    const stop = new AbortController();
    server.answer = () => stop.abort(new Error('cancelled'));

    await expect(source.read(0, 10, stop.signal)).rejects.toThrow('cancelled');
  });

  it('are no longer read after closing', async () => {
    const source = await open();
    await source.close();

    await expect(source.read(0, 10)).rejects.toThrow('closed');
  });

  it('free their connection when a stream is left early', async () => {
    const source = await open();
    let closed = false;
    server.answer = (request, response) => {
      response.on('close', () => {
        closed = true;
      });
      file()(request, response);
    };

    for await (const _ of source.stream()) break;

    await waitFor(() => closed);
  });

  it('are enough to read a large package with few requests', async () => {
    const film = { name: 'assets/film.mp4', content: randomBytes(8_000_000), method: 0 };
    server.answer = serveFile(buildApk({ application: { label: 'Film' } }, [film]));
    const source = await open();

    const facts = await readPackage(source, 'app.apk');

    expect(facts.displayName).toBe('Film');
    expect(server.requests.length).toBeLessThan(8);
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
