import { builtInClouds } from '../../src/graph/clouds.ts';
import { createSecretCredential } from '../../src/graph/credentials/secret-credential.ts';
import { ProblemError } from '../../src/problems/problem.ts';
import { problemOf } from '../fakes/problem-of.ts';
import {
  connectionRefused,
  type HttpAnswer,
  recordedWaits,
  type ScriptedAnswer,
  ScriptedOutbound,
} from '../fakes/scripted-outbound.ts';

const scope = 'https://graph.microsoft.com/.default';
const granted = (token: string, expiresIn = 3599): ScriptedAnswer => ({
  status: 200,
  body: { token_type: 'Bearer', expires_in: expiresIn, access_token: token },
});
const refused = (status: number, number: number, error = 'invalid_client'): HttpAnswer => ({
  status,
  body: {
    error,
    error_description: `AADSTS${number}: raw service text`,
    error_codes: [number],
    trace_id: 'the-trace',
    correlation_id: 'the-correlation',
  },
});

function credential(outbound: ScriptedOutbound, secret = 'a+b&c=d/é', more: { timeoutMs?: number } = {}) {
  const { wait, waited } = recordedWaits();
  const source = createSecretCredential({
    cloud: builtInClouds[0]!,
    tenantId: 'contoso.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    secret: async () => secret,
    outbound,
    wait,
    random: () => 0,
    ...more,
  });
  return { source, waited };
}

describe('a client secret', () => {
  it('is exchanged for a token with one request to the tenant, escaped as a form field', async () => {
    const outbound = new ScriptedOutbound(granted('token'));
    const { source } = credential(outbound);

    const token = await source.getToken(scope);

    expect(token.value).toBe('token');
    expect(token.expiresAt).toBeGreaterThan(Date.now() + 3_000_000);
    expect(outbound.sent).toHaveLength(1);
    const [request] = outbound.sent;
    expect(request?.url.origin + request!.url.pathname).toBe(
      'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token',
    );
    const form = new URLSearchParams(request?.body);
    expect(Object.fromEntries(form)).toMatchObject({
      grant_type: 'client_credentials',
      client_id: '22222222-2222-4222-8222-222222222222',
      client_secret: 'a+b&c=d/é',
      scope,
    });
    expect(request?.url.search).not.toContain('secret');
  });

  it('serves from memory until the token nears its end', async () => {
    const outbound = new ScriptedOutbound(granted('short', 200), granted('long'));
    const { source } = credential(outbound);

    const values: string[] = [];
    for (let call = 0; call < 3; call += 1) values.push((await source.getToken(scope)).value);

    expect(values).toEqual(['short', 'long', 'long']);
  });

  it('goes past its memory when a fresh token is wanted, and remembers that one', async () => {
    const outbound = new ScriptedOutbound(granted('first'), granted('second'));
    const { source } = credential(outbound);

    await source.getToken(scope);

    expect((await source.getToken(scope, { fresh: true })).value).toBe('second');
    expect((await source.getToken(scope)).value).toBe('second');
  });

  it('asks once for callers at the same time, once for each scope', async () => {
    const outbound = new ScriptedOutbound(granted('one'), granted('other'));
    const { source } = credential(outbound);

    const tokens = await Promise.all([
      source.getToken(scope),
      source.getToken(scope, { fresh: true }),
      source.getToken('https://api.manage.microsoft.com/.default'),
    ]);

    expect(outbound.sent).toHaveLength(2);
    expect(tokens[0]).toBe(tokens[1]);
  });

  it("does not let one caller's cancellation end the others' request", async () => {
    const outbound = new ScriptedOutbound(granted('token'));
    const { source } = credential(outbound);
    const gone = new AbortController();

    const first = source.getToken(scope, { signal: gone.signal });
    const second = source.getToken(scope);
    gone.abort(new Error('no longer wanted'));

    await expect(first).rejects.toThrow('no longer wanted');
    expect((await second).value).toBe('token');
  });

  it("explains a refusal with Microsoft's ids and without Microsoft's text or the secret", async () => {
    const { source } = credential(new ScriptedOutbound(refused(401, 7000222)), 'the~secret');

    const failure = await source.getToken(scope).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ProblemError);
    const { problem, cause } = failure as ProblemError;
    expect(problem).toMatchObject({
      code: 'secretExpired',
      ids: { serviceCode: 'AADSTS7000222', traceId: 'the-trace', correlationId: 'the-correlation' },
    });
    const everything = `${(failure as Error).stack} ${JSON.stringify(problem)} ${(cause as Error).stack}`;
    expect(everything).not.toMatch(/raw service text|the~secret/);
  });

  it("recognises the secret's id by its form", async () => {
    const { source } = credential(new ScriptedOutbound(refused(401, 7000215)), '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001');

    expect((await problemOf(source.getToken(scope))).code).toBe('secretIdPasted');
  });

  it('explains what Microsoft calls an interaction like any other refusal', async () => {
    const { source } = credential(new ScriptedOutbound(refused(400, 53003, 'interaction_required')));

    expect((await problemOf(source.getToken(scope))).code).toBe('conditionalAccess');
  });

  it.each<[string, ScriptedAnswer, number]>([
    ['429 with Retry-After', { ...refused(429, 90055), headers: { 'retry-after': '1.5' } }, 1500],
    ['503', { status: 503, text: '<html>busy</html>' }, 500],
    ['temporarily_unavailable', refused(400, 1, 'temporarily_unavailable'), 500],
    ['a broken connection', connectionRefused(), 500],
  ])('tries again after %s', async (_, answer, waitedMs) => {
    const { source, waited } = credential(new ScriptedOutbound(answer, granted('token')));

    expect((await source.getToken(scope)).value).toBe('token');
    expect(waited).toEqual([waitedMs]);
  });

  it('gives up after two repetitions and works again with the next call', async () => {
    const busy: ScriptedAnswer = { status: 503, body: { error: 'temporarily_unavailable' } };
    const outbound = new ScriptedOutbound(busy, busy, busy, granted('token'));
    const { source } = credential(outbound);

    expect((await problemOf(source.getToken(scope))).code).toBe('entraBusy');
    expect(outbound.sent).toHaveLength(3);
    expect((await source.getToken(scope)).value).toBe('token');
  });

  it('says it is throttled rather than wait for minutes', async () => {
    const { source, waited } = credential(
      new ScriptedOutbound({ ...refused(429, 90055), headers: { 'retry-after': '120' } }),
    );

    expect(await problemOf(source.getToken(scope))).toMatchObject({ code: 'entraThrottled', retryable: true });
    expect(waited).toEqual([]);
  });

  it('reports a network that stays away', async () => {
    const { source } = credential(new ScriptedOutbound(connectionRefused(), connectionRefused(), connectionRefused()));

    expect(await problemOf(source.getToken(scope))).toMatchObject({ code: 'networkDown', retryable: true });
  });

  it('ends a request that is never answered', async () => {
    const { source } = credential(new ScriptedOutbound('silence'), 'secret', { timeoutMs: 20 });

    expect((await problemOf(source.getToken(scope))).code).toBe('networkDown');
  });

  it('passes on that a host is not allowed', async () => {
    const { source } = credential(new ScriptedOutbound(new ProblemError('hostRefused')));

    expect((await problemOf(source.getToken(scope))).code).toBe('hostRefused');
  });
});
