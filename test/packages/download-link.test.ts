import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { downloadLink } from '../../src/packages/download-link.ts';
import { type LinkServer, serveFile, startLinkServer } from './fixtures/link-server.ts';
import { problemOf } from './fixtures/problem-of.ts';

const bytes = randomBytes(500_000);

describe('downloading a link', () => {
  let server: LinkServer;
  const download = (maxBytes = 1e6) =>
    downloadLink(server.outbound, `${server.origin}/app.apk?sig=secret`, { maxBytes });

  beforeEach(async () => {
    server = await startLinkServer(serveFile(bytes));
  });
  afterEach(() => server.close());

  it('gives name, size and all bytes', async () => {
    const found = await download();

    expect(found).toMatchObject({ fileName: 'app.apk', size: bytes.length });
    expect((await buffer(found.stream)).equals(bytes)).toBe(true);
    expect(server.requests).toEqual([{ url: '/app.apk?sig=secret', range: undefined, ifMatch: undefined }]);
  });

  it('fails when the body is cut', async () => {
    server.answer = serveFile(bytes, { cutAfter: () => 1000 });

    const { stream } = await download();

    expect((await problemOf(buffer(stream))).code).toBe('linkBroken');
  });

  it('is refused when the size is over the limit', async () => {
    expect((await problemOf(download(1000))).code).toBe('linkTooLarge');
  });

  it('stops at the limit when the host does not say the size', async () => {
    server.answer = (_, response) => {
      response.write(bytes);
      response.end(bytes);
    };

    const { stream, size } = await download(600_000);

    expect(size).toBeNull();
    expect((await problemOf(buffer(stream))).code).toBe('linkTooLarge');
  });

  it.each([true, false])('is refused when nothing comes (size said: %s)', async (isSaid) => {
    server.answer = (_, response) => {
      if (isSaid) response.writeHead(200, { 'content-length': 0 });
      else response.flushHeaders();
      response.end();
    };
    const all = async () => buffer((await download()).stream);

    expect((await problemOf(all())).code).toBe('linkEmpty');
  });

  it('is refused when the link opens a web page', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    };

    expect((await problemOf(download())).code).toBe('linkIsWebPage');
  });
});
