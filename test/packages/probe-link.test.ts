import { createOutbound } from '../../src/network/outbound.ts';
import { probeLink } from '../../src/packages/probe-link.ts';
import { type Answer, type LinkServer, serveFile, startLinkServer } from './fixtures/link-server.ts';
import { problemOf } from './fixtures/problem-of.ts';

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers);
    response.end('body');
  };

const signInPage: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<html>Sign in</html>');
};

describe('probing a link', () => {
  let server: LinkServer;
  const probe = (path = '/files/app.apk?sig=secret', maxBytes = 1000) =>
    probeLink(server.outbound, server.origin + path, { maxBytes });

  beforeEach(async () => {
    server = await startLinkServer(serveFile(Buffer.alloc(100)));
  });
  afterEach(() => server.close());

  it('tells size, name, strong ETag and ranges with one small request', async () => {
    const found = await probe();

    expect(found).toEqual({
      link: `${server.origin}/files/app.apk?sig=secret`,
      finalUrl: `${server.origin}/files/app.apk?sig=secret`,
      fileName: 'app.apk',
      size: 100,
      etag: '"v1"',
      acceptsRanges: true,
    });
    expect(server.requests).toEqual([{ url: '/files/app.apk?sig=secret', range: 'bytes=0-0', ifMatch: undefined }]);
  });

  it('does not take a weak ETag for a proof', async () => {
    server.answer = serveFile(Buffer.alloc(100), { etag: 'W/"v1"' });

    const found = await probe();

    expect(found.etag).toBeNull();
  });

  it('notices a host without ranges', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 5 });
      response.end('whole');
    };

    const found = await probe();

    expect(found).toMatchObject({ acceptsRanges: false, size: 5 });
  });

  it('leaves the size open where the host does not say it', async () => {
    server.answer = (_, response) => {
      response.write('part');
      response.end('rest');
    };

    const found = await probe();

    expect(found.size).toBeNull();
  });

  it('does not take the size of an encoded answer for that of the file', async () => {
    server.answer = serveFile(Buffer.alloc(100), { headers: { 'content-encoding': 'br' } });

    const found = await probe();

    expect(found.acceptsRanges).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])('follows a redirect with status %i', async (code) => {
    const file = serveFile(Buffer.alloc(100));
    server.answer = (request, response) =>
      request.url === '/start.apk'
        ? status(code, { location: '/signed/4f2a?token=x' })(request, response)
        : file(request, response);

    const found = await probe('/start.apk');

    expect(found).toMatchObject({ finalUrl: `${server.origin}/signed/4f2a?token=x`, fileName: 'start.apk' });
  });

  it('accepts five redirects and no sixth', async () => {
    const file = serveFile(Buffer.alloc(100));
    server.answer = (request, response) => {
      const hops = Number(request.url?.slice(1));
      if (hops === 0) file(request, response);
      else status(302, { location: `/${hops - 1}` })(request, response);
    };

    await expect(probe('/5')).resolves.toMatchObject({ size: 100 });
    expect((await problemOf(probe('/6'))).code).toBe('linkRedirectsTooOften');
  });

  it('checks the target of every redirect', async () => {
    server.answer = status(302, { location: 'https://169.254.169.254/latest' });

    const found = await problemOf(probe());

    expect(found.code).toBe('hostRefused');
  });

  it.each<[string, Answer, string]>([
    ['401', status(401), 'linkNeedsSignIn'],
    ['403', status(403), 'linkForbidden'],
    ['404', status(404), 'linkNotFound'],
    ['410', status(410), 'linkNotFound'],
    ['418', status(418), 'linkRefused'],
    ['429', status(429), 'linkUnavailable'],
    ['503', status(503), 'linkUnavailable'],
    ['a web page', signInPage, 'linkIsWebPage'],
    [
      'a redirect to a sign-in host',
      status(302, { location: 'https://login.microsoftonline.com/common' }),
      'linkNeedsSignIn',
    ],
    ['a redirect to a sign-in page', status(302, { location: '/account/login?return=x' }), 'linkNeedsSignIn'],
    ['a redirect to nowhere', status(302), 'linkRefused'],
    ['a redirect to what is no address', status(302, { location: 'http://[' }), 'linkRefused'],
    ['an empty file', serveFile(Buffer.alloc(0)), 'linkEmpty'],
    [
      'an empty file without ranges',
      (_, response) => {
        response.writeHead(200, { 'content-length': 0 });
        response.end();
      },
      'linkEmpty',
    ],
    ['too large a file', serveFile(Buffer.alloc(1001)), 'linkTooLarge'],
  ])('explains %s', async (_, answer, code) => {
    server.answer = answer;

    const found = await problemOf(probe());

    expect(found.code).toBe(code);
    expect(found.detail).toContain('app.apk');
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('hands out a page that is sent as a file', async () => {
    server.answer = serveFile(Buffer.alloc(100), {
      headers: { 'content-type': 'text/html', 'content-disposition': 'attachment; filename="app.apk"' },
    });

    await expect(probe()).resolves.toMatchObject({ fileName: 'app.apk' });
  });

  it('explains a host that cannot be reached, without its query', async () => {
    const outbound = createOutbound({ privateHosts: ['127.0.0.1:1'] });
    try {
      const found = await problemOf(probeLink(outbound, 'http://127.0.0.1:1/app.apk?sig=secret', { maxBytes: 1000 }));

      expect(found).toMatchObject({ code: 'linkBroken', detail: 'The file is app.apk on 127.0.0.1:1.' });
    } finally {
      await outbound.close();
    }
  });

  it.each(['not a link', 'https://', 'app.apk'])('refuses %p as a link', async (text) => {
    const found = await problemOf(probeLink(server.outbound, text, { maxBytes: 1000 }));

    expect(found.code).toBe('urlRefused');
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    server.answer = () => stop.abort(new Error('cancelled'));

    await expect(
      probeLink(server.outbound, `${server.origin}/app.apk`, { maxBytes: 1000, signal: stop.signal }),
    ).rejects.toThrow('cancelled');
  });
});
