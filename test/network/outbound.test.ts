import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { request } from 'undici';
import { createOutbound, type LookupAll, type Outbound } from '../../src/network/outbound.ts';
import { ProblemError } from '../../src/problems/problem.ts';

const resolvesTo =
  (...addresses: string[]): LookupAll =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error instanceof ProblemError ? error.problem.code : `another error: ${String(error)}`;
  }
  return 'nothing thrown';
}

describe('the way out', () => {
  const seen: string[] = [];
  let server: Server;
  let port: number;
  let outbound: Outbound;

  beforeAll(async () => {
    server = createServer((req, res) => {
      seen.push(req.url ?? '');
      if (req.url === '/moved') res.writeHead(302, { location: 'http://127.0.0.1:1/secret' });
      res.end(req.url === '/moved' ? '' : 'bytes');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());
  beforeEach(() => seen.splice(0));
  afterEach(() => outbound.close());

  describe('without private hosts', () => {
    it.each([
      'https://localhost/a',
      'https://localhost./a',
      'https://LOCALHOST/a',
      'https://bot.localhost/a',
      'https://bot.localhost./a',
      'https://127.0.0.1/a',
      'https://127.1/a',
      'https://127.0.0.1./a',
      'https://2130706433/a',
      'https://0x7f000001/a',
      'https://0177.0.0.1/a',
      'https://0x7f.1/a',
      'https://0.0.0.0/a',
      'https://0/a',
      'https://[::]/a',
      'https://[::1]/a',
      'https://[::ffff:127.0.0.1]/a',
      'https://[::ffff:7f00:1]/a',
      'https://[fe80::1]/a',
      'https://[fd00:ec2::254]/a',
      'https://10.0.0.1/a',
      'https://192.168.0.1:8443/a',
      'https://169.254.169.254/metadata/instance',
      'https://168.63.129.16/machine',
      'https://①②⑦.0.0.1/a',
    ])('refuses %s before any connection', async (url) => {
      outbound = createOutbound();

      expect(await codeOf(() => outbound.check(new URL(url)))).toBe('hostRefused');
      expect(await codeOf(outbound.fetch(url))).toBe('hostRefused');
      expect(await codeOf(request(url, { dispatcher: outbound.dispatcher }))).toBe('hostRefused');
    });

    it.each([
      'http://example.com/a',
      'ftp://example.com/a',
      'file:///etc/passwd',
      'https://user@example.com/a',
      'https://user:secret@example.com/a',
      'not an address',
    ])('refuses %s as no link to fetch', async (url) => {
      outbound = createOutbound();

      expect(await codeOf(outbound.fetch(url))).toBe('urlRefused');
    });

    it.each([
      ['a private address', ['10.0.0.7']],
      ['loopback', ['127.0.0.1']],
      ['mapped loopback', ['::ffff:127.0.0.1']],
      ['the metadata address', ['169.254.169.254']],
      ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
      ['nothing', []],
    ])('refuses a name that resolves to %s', async (_what, addresses) => {
      outbound = createOutbound({ lookup: resolvesTo(...addresses) });

      expect(await codeOf(outbound.fetch(`https://packages.example:${port}/a`))).toBe('hostRefused');
      expect(await codeOf(request(`https://packages.example:${port}/a`, { dispatcher: outbound.dispatcher }))).toBe(
        'hostRefused',
      );
      expect(seen).toEqual([]);
    });

    it('leaves a failure of the network to its caller, without the path', async () => {
      const fault = Object.assign(new Error('getaddrinfo ENOTFOUND packages.example'), { code: 'ENOTFOUND' });
      outbound = createOutbound({ lookup: (_hostname, _options, callback) => callback(fault, []) });

      const error = await outbound.fetch('https://packages.example/a?token=s3cret').catch((thrown) => thrown);

      expect(error.cause).toBe(fault);
      expect(inspect(error, { depth: 10 })).not.toContain('s3cret');
    });

    it('leaves an aborted request an aborted request', async () => {
      outbound = createOutbound({ lookup: () => undefined });
      const stop = new AbortController();

      const fetched = outbound.fetch('https://packages.example/a', { signal: stop.signal });
      stop.abort();

      await expect(fetched).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  describe('with private hosts of the operator', () => {
    it.each([
      ['host', () => '127.0.0.1'],
      ['host:port', () => `127.0.0.1:${port}`],
    ])('reaches one that is allowed by %s', async (_how, entry) => {
      outbound = createOutbound({ privateHosts: [entry()] });

      const fetched = await outbound.fetch(`http://127.0.0.1:${port}/a`);
      const requested = await request(`http://127.0.0.1:${port}/b`, { dispatcher: outbound.dispatcher });

      expect(await fetched.text()).toBe('bytes');
      expect(await requested.body.text()).toBe('bytes');
      expect(seen).toEqual(['/a', '/b']);
    });

    it('reaches a name of any spelling that is allowed', async () => {
      outbound = createOutbound({ privateHosts: [`Packages.Example:${port}`], lookup: resolvesTo('127.0.0.1') });

      const fetched = await outbound.fetch(`http://packages.example.:${port}/a`);

      expect(await fetched.text()).toBe('bytes');
    });

    it.each(['[::1]:8443', '::1', '[::1]'])('understands %s', (entry) => {
      outbound = createOutbound({ privateHosts: [entry] });

      expect(() => outbound.check(new URL('https://[::1]:8443/a'))).not.toThrow();
    });

    it('does not reach another port of a host allowed by host:port', async () => {
      outbound = createOutbound({ privateHosts: ['127.0.0.1:1'] });

      expect(await codeOf(outbound.fetch(`https://127.0.0.1:${port}/a`))).toBe('hostRefused');
    });

    it('does not let another name use the allowed address', async () => {
      outbound = createOutbound({ privateHosts: ['127.0.0.1'], lookup: resolvesTo('127.0.0.1') });

      expect(await codeOf(outbound.fetch(`https://packages.example:${port}/a`))).toBe('hostRefused');
      expect(seen).toEqual([]);
    });

    it('hands a redirect back instead of following it', async () => {
      outbound = createOutbound({ privateHosts: ['127.0.0.1'] });

      const answer = await outbound.fetch(`http://127.0.0.1:${port}/moved`);

      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toBe('http://127.0.0.1:1/secret');
      expect(seen).toEqual(['/moved']);
    });
  });
});
