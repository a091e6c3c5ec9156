import { z } from 'zod';
import { builtInClouds, createClouds } from '../../src/graph/clouds.ts';
import { createGraphClient, type RequestRecord } from '../../src/graph/http-graph-client.ts';
import type { TokenSource } from '../../src/graph/token-source.ts';
import { ProblemError } from '../../src/problems/problem.ts';
import { problemOf } from '../fakes/problem-of.ts';
import {
  connectionRefused,
  type HttpAnswer,
  recordedWaits,
  type ScriptedAnswer,
  ScriptedOutbound,
} from '../fakes/scripted-outbound.ts';

const appId = '591620b7-20b7-5916-b720-1659b7201659';
const apps = '/deviceAppManagement/mobileApps';
const withId = z.object({ id: z.string() });

const ok = (body: unknown = { id: 'x' }): HttpAnswer => ({ status: 200, body });
const bad = (status: number, code: string, headers: Record<string, string> = {}, message = ''): ScriptedAnswer => ({
  status,
  body: { error: { code, message } },
  headers,
});
const proxyRefusal = bad(
  401,
  'UnknownError',
  {},
  JSON.stringify({ ErrorCode: 'Forbidden', Message: 'Application is not authorized' }),
);

function client(outbound: ScriptedOutbound, more: { maxWaitMs?: number; attemptTimeoutMs?: number } = {}) {
  const { wait, waited } = recordedWaits();
  const asked: boolean[] = [];
  const records: RequestRecord[] = [];
  const tokenSource: TokenSource = {
    async getToken(scope, options = {}) {
      expect(scope).toBe('https://graph.microsoft.com/.default');
      asked.push(options.fresh ?? false);
      return { value: `token-${asked.length}`, expiresAt: Number.POSITIVE_INFINITY };
    },
  };
  const graph = createGraphClient({
    cloud: builtInClouds[0]!,
    tokenSource,
    outbound,
    wait,
    random: () => 0,
    onRequest: (record) => records.push(record),
    ...more,
  });
  return { graph, waited, asked, records };
}

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[][]> {
  const seen: T[][] = [];
  for await (const page of pages) seen.push(page);
  return seen;
}

describe('a request to Graph', () => {
  it('goes to v1.0 with a token, an id of its own and an escaped query', async () => {
    const outbound = new ScriptedOutbound(ok({ id: 'x', surplus: true }));
    const { graph } = client(outbound);

    const read = await graph.send({
      method: 'GET',
      path: apps,
      query: { $filter: "displayName eq 'A&B ''x'' + ü'", $top: '1' },
      schema: withId,
    });

    expect(read).toEqual({ id: 'x' });
    const [request] = outbound.sent;
    expect(request?.url.href.split('?')[0]).toBe(`https://graph.microsoft.com/v1.0${apps}`);
    expect(Object.fromEntries(request!.url.searchParams)).toEqual({
      $filter: "displayName eq 'A&B ''x'' + ü'",
      $top: '1',
    });
    expect(request?.headers.get('authorization')).toBe('Bearer token-1');
    expect(request?.headers.get('client-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('goes to beta where that is asked for, with its body as JSON', async () => {
    const outbound = new ScriptedOutbound({ status: 201, body: { id: 'new' } });
    const { graph } = client(outbound);

    await graph.send({ method: 'POST', path: apps, version: 'beta', body: { displayName: 'X' }, schema: withId });

    const [request] = outbound.sent;
    expect(request).toMatchObject({ method: 'POST', body: '{"displayName":"X"}' });
    expect(request?.url.href).toBe(`https://graph.microsoft.com/beta${apps}`);
    expect(request?.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    ['no content', { status: 204 }],
    ['an empty 200', { status: 200, text: '' }],
    ['anything', { status: 200, text: '<html>' }],
  ])('ignores an answer nobody reads: %s', async (_, answer) => {
    const { graph } = client(new ScriptedOutbound(answer));

    await expect(graph.send({ method: 'DELETE', path: `${apps}/${appId}` })).resolves.toBeUndefined();
  });

  it.each([
    ['another shape', ok({ id: 7 }), 'It stumbled over id.'],
    ['no JSON', { status: 200, text: '<html>' }, undefined],
    ['nothing', { status: 204 }, undefined],
  ])('does not accept %s', async (_, answer, detail) => {
    const { graph } = client(new ScriptedOutbound(answer as ScriptedAnswer));

    const found = await problemOf(graph.send({ method: 'GET', path: apps, schema: withId }));

    expect(found.code).toBe('graphAnswerUnexpected');
    expect(found.detail).toBe(detail);
  });

  it('replaces a refused token once', async () => {
    const outbound = new ScriptedOutbound(bad(401, 'InvalidAuthenticationToken'), ok());
    const { graph, asked } = client(outbound);

    await graph.send({ method: 'POST', path: apps, body: {}, schema: withId });

    expect(asked).toEqual([false, true]);
    expect(outbound.sent[1]?.headers.get('authorization')).toBe('Bearer token-2');
  });

  it('gives up when the new token is refused too', async () => {
    const refusal = bad(401, 'InvalidAuthenticationToken');
    const { graph, asked } = client(new ScriptedOutbound(refusal, refusal));

    expect((await problemOf(graph.send({ method: 'GET', path: apps }))).code).toBe('graphTokenRefused');
    expect(asked).toEqual([false, true]);
  });

  it('asks for a token before each attempt', async () => {
    const { graph, asked } = client(new ScriptedOutbound(bad(503, 'x'), ok()));

    await graph.send({ method: 'GET', path: apps });

    expect(asked).toEqual([false, false]);
  });

  it('keeps one client-request-id over all attempts', async () => {
    const outbound = new ScriptedOutbound(bad(503, 'x'), ok(), ok());
    const { graph } = client(outbound);

    await graph.send({ method: 'GET', path: apps });
    await graph.send({ method: 'GET', path: apps });

    const ids = outbound.sent.map((request) => request.headers.get('client-request-id'));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('lets a problem of the token pass as it is', async () => {
    const graph = createGraphClient({
      cloud: builtInClouds[0]!,
      tokenSource: { getToken: () => Promise.reject(new ProblemError('secretExpired')) },
      outbound: new ScriptedOutbound(),
    });

    expect((await problemOf(graph.send({ method: 'GET', path: apps }))).code).toBe('secretExpired');
  });

  it("reaches the operator's own cloud", async () => {
    const outbound = new ScriptedOutbound(ok());
    const custom = createClouds({
      label: 'Local cloud',
      loginUrl: 'https://localhost:1',
      graphUrl: 'https://localhost:7002',
      portalUrl: 'http://localhost:4',
      storageHosts: [],
      ca: undefined,
    }).find('custom')!;
    const scopes: string[] = [];
    const graph = createGraphClient({
      cloud: custom,
      outbound,
      tokenSource: {
        async getToken(scope) {
          scopes.push(scope);
          return { value: 't', expiresAt: 0 };
        },
      },
    });

    await graph.send({ method: 'GET', path: apps });

    expect(scopes).toEqual(['https://localhost:7002/.default']);
    expect(outbound.sent[0]?.url.href).toBe(`https://localhost:7002/v1.0${apps}`);
    expect(outbound.sent[0]?.headers.get('authorization')).toBe('Bearer t');
  });

  it('tells of every attempt without an id, a query or a token', async () => {
    const { graph, records } = client(
      new ScriptedOutbound(connectionRefused(), { ...ok(), headers: { 'request-id': 'r2' } }, ok()),
    );

    await graph.send({
      method: 'GET',
      path: `${apps}/${appId}/microsoft.graph.win32LobApp/contentVersions/1/files/${appId}`,
      query: { $filter: 'secret' },
    });
    await graph.send({ method: 'GET', path: `/servicePrincipals(appId='${appId}')/appRoleAssignments` });

    expect(records).toMatchObject([
      { method: 'GET', version: 'v1.0', status: null, requestId: null, attempt: 0 },
      {
        pathTemplate: `${apps}/{id}/microsoft.graph.win32LobApp/contentVersions/{id}/files/{id}`,
        status: 200,
        requestId: 'r2',
        attempt: 1,
      },
      { pathTemplate: '/servicePrincipals/appRoleAssignments', attempt: 0 },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/secret|token-|591620b7/);
  });
});

describe('repeating a request', () => {
  const get = { method: 'GET', path: apps } as const;
  const post = { method: 'POST', path: apps, body: {} } as const;

  it.each<[string, ScriptedAnswer, 'GET' | 'POST', number]>([
    ['429 with Retry-After', bad(429, 'TooManyRequests', { 'retry-after': '2' }), 'GET', 2000],
    ['429 with a fraction', bad(429, 'TooManyRequests', { 'retry-after': '0.25' }), 'POST', 250],
    ['429 without Retry-After', bad(429, 'TooManyRequests'), 'POST', 500],
    ['503', bad(503, 'ServiceUnavailable', { 'retry-after': '3' }), 'GET', 3000],
    ['504', bad(504, 'x'), 'GET', 500],
    ['a broken connection', connectionRefused(), 'GET', 500],
    ['a passing refusal of the proxy', proxyRefusal, 'POST', 500],
    ['replica lag', bad(412, 'ConditionNotMet'), 'POST', 500],
  ])('happens after %s', async (_, answer, method, waitedMs) => {
    const { graph, waited, asked } = client(new ScriptedOutbound(answer, ok()));

    await graph.send(method === 'GET' ? get : post);

    expect(waited).toEqual([waitedMs]);
    expect(asked).toEqual([false, false]);
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['503', bad(503, 'ServiceUnavailable'), 'graphDown'],
    ['504', bad(504, 'x'), 'graphDown'],
    ['a broken connection', connectionRefused(), 'networkDown'],
  ])('never happens after %s when the first attempt may have had an effect', async (_, answer, code) => {
    const outbound = new ScriptedOutbound(answer);
    const { graph } = client(outbound);

    expect((await problemOf(graph.send(post))).code).toBe(code);
    expect(outbound.sent).toHaveLength(1);
  });

  it('happens where the caller says that it may', async () => {
    const { graph } = client(new ScriptedOutbound(bad(503, 'x'), ok()));

    await expect(graph.send({ ...post, repeatable: true, schema: withId })).resolves.toEqual({ id: 'x' });
  });

  it.each([400, 403, 404, 409, 500])('does not happen after %d', async (status) => {
    const outbound = new ScriptedOutbound(bad(status, 'x'));
    const { graph } = client(outbound);

    await problemOf(graph.send(get));

    expect(outbound.sent).toHaveLength(1);
  });

  it('backs off further each time and gives up', async () => {
    const down = bad(503, 'ServiceUnavailable');
    const { graph, waited } = client(new ScriptedOutbound(down, down, down, down, down));

    expect((await problemOf(graph.send(get))).code).toBe('graphDown');
    expect(waited).toEqual([500, 1000, 2000, 4000]);
  });

  it('gives up at once when asked to wait longer than it may, and says so', async () => {
    const { graph, waited } = client(new ScriptedOutbound(bad(429, 'TooManyRequests', { 'retry-after': '31' })));

    const found = await problemOf(graph.send(get));

    expect(found).toMatchObject({ code: 'graphThrottled', detail: 'It asks to wait 31 seconds.', retryable: true });
    expect(waited).toEqual([]);
  });

  it("ends with the call's patience", async () => {
    const busy = bad(429, 'TooManyRequests', { 'retry-after': '20' });
    const { graph, waited } = client(new ScriptedOutbound(busy, busy, busy), { maxWaitMs: 50_000 });

    expect((await problemOf(graph.send(get))).code).toBe('graphThrottled');
    expect(waited).toEqual([20_000, 20_000]);
  });

  it("takes the request's own patience over the client's", async () => {
    const { graph, waited } = client(new ScriptedOutbound(bad(429, 'x', { 'retry-after': '5' })));

    expect((await problemOf(graph.send({ ...get, maxWaitMs: 4_000 }))).code).toBe('graphThrottled');
    expect(waited).toEqual([]);
  });

  it('gives up on a network that stays away', async () => {
    const outbound = new ScriptedOutbound(...Array.from({ length: 5 }, connectionRefused));
    const { graph } = client(outbound);

    expect(await problemOf(graph.send(get))).toMatchObject({ code: 'networkDown', retryable: true });
    expect(outbound.sent).toHaveLength(5);
  });

  it('counts an attempt that is never answered as a broken connection', async () => {
    const { graph } = client(new ScriptedOutbound('silence', ok()), { attemptTimeoutMs: 20 });

    await expect(graph.send({ ...get, schema: withId })).resolves.toEqual({ id: 'x' });
  });

  it('ends with the reason of an aborted signal', async () => {
    const outbound = new ScriptedOutbound('silence');
    const { graph } = client(outbound);
    const abort = new AbortController();

    const sending = graph.send({ ...get, signal: abort.signal });
    abort.abort(new Error('cancelled by Alex'));

    await expect(sending).rejects.toThrow('cancelled by Alex');
    await expect(graph.send({ ...get, signal: abort.signal })).rejects.toThrow('cancelled by Alex');
  });
});

describe('pages', () => {
  const next = `https://graph.microsoft.com/v1.0${apps}?$filter=isof(%27microsoft.graph.androidLobApp%27)&$skiptoken=abc%3d`;
  const page = (ids: string[], link?: string): ScriptedAnswer =>
    ok({ value: ids.map((id) => ({ id })), ...(link === undefined ? {} : { '@odata.nextLink': link }) });
  const listing = { path: apps, schema: withId };

  it('are asked for one at a time, as they are wanted', async () => {
    const outbound = new ScriptedOutbound(page(['1', '2'], next), page(['3']));
    const { graph } = client(outbound);

    const pages = graph.pages(listing)[Symbol.asyncIterator]();
    expect((await pages.next()).value).toEqual([{ id: '1' }, { id: '2' }]);
    expect(outbound.sent).toHaveLength(1);
    expect((await pages.next()).value).toEqual([{ id: '3' }]);
    expect((await pages.next()).done).toBe(true);

    expect(outbound.sent[1]?.url.href).toBe(next);
  });

  it.each([
    'https://evil.example/v1.0/x',
    'http://graph.microsoft.com/v1.0/x',
    'https://graph.microsoft.com.evil.example/v1.0/x',
    'https://graph.microsoft.com:444/v1.0/x',
    'not a url',
  ])('never lead away from Graph: %s', async (link) => {
    const outbound = new ScriptedOutbound(page(['1'], link));
    const { graph } = client(outbound);

    expect((await problemOf(all(graph.pages(listing)))).code).toBe('graphHostRefused');
    expect(outbound.sent).toHaveLength(1);
  });

  it('that go round in a circle end with an error', async () => {
    const { graph } = client(new ScriptedOutbound(page(['1'], next), page(['2'], next)));

    expect((await problemOf(all(graph.pages(listing)))).code).toBe('graphAnswerUnexpected');
  });

  it('become small after a 503, without the usual repetitions', async () => {
    const outbound = new ScriptedOutbound(bad(503, 'x'), page(['1']));
    const { graph } = client(outbound);

    expect(await all(graph.pages({ ...listing, query: { $filter: 'f', $top: '100' } }))).toEqual([[{ id: '1' }]]);

    expect(outbound.sent.map((request) => request.url.searchParams.get('$top'))).toEqual(['100', '20']);
    expect(outbound.sent[1]?.url.searchParams.get('$filter')).toBe('f');
  });

  it('start over small when a later one fails, and leave out what was there', async () => {
    const outbound = new ScriptedOutbound(
      page(['1', '2', '3'], next),
      bad(503, 'x'),
      page(['1', '2'], `${next}2`),
      page(['3', '4'], `${next}3`),
      page(['5']),
    );
    const { graph } = client(outbound);

    const seen = (await all(graph.pages(listing))).flat();

    expect(seen.map((item) => item.id)).toEqual(['1', '2', '3', '4', '5']);
    expect(outbound.sent[2]?.url.searchParams.get('$top')).toBe('20');
  });

  it('fail rather than end early when small ones fail too', async () => {
    const down = bad(503, 'x');
    const { graph } = client(new ScriptedOutbound(page(['1'], next), down, down, down, down, down, down));

    expect((await problemOf(all(graph.pages(listing)))).code).toBe('graphDown');
  });

  it('of things without an id are not started over', async () => {
    const outbound = new ScriptedOutbound(ok({ value: [{ name: 'a' }], '@odata.nextLink': next }), bad(503, 'x'));
    const { graph } = client(outbound);

    const found = await problemOf(all(graph.pages({ path: apps, schema: z.object({ name: z.string() }) })));

    expect(found.code).toBe('graphDown');
    expect(outbound.sent).toHaveLength(2);
  });

  it('without a list are an answer that is not understood', async () => {
    const { graph } = client(new ScriptedOutbound(ok({ id: 'x' })));

    expect((await problemOf(all(graph.pages(listing)))).code).toBe('graphAnswerUnexpected');
  });
});
