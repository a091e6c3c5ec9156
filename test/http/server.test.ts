import { request } from 'node:http';
import type { Server } from 'restify';
import { createReadiness } from '../../src/http/health.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { commandThat, help, says } from '../bot/routes.ts';
import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

const log = createLog({ level: 'silent' });

describe('the server', () => {
  let server: HttpServer;
  let url: string;
  let missing: Set<string>;
  let open = true;

  beforeAll(async () => {
    missing = new Set();
    const dependency = (name: string) => ({
      name,
      check: async () => {
        if (missing.has(name)) throw new Error('away');
      },
    });
    server = createHttpServer({
      bot: {
        messages: async (_request, response) => {
          response.end('{}');
        },
        drain: async () => undefined,
      },
      readiness: createReadiness(['database', 'migrations', 'queue'].map(dependency)),
      metrics: createMetrics(),
      metricsToken: 'figures',
      isOpen: () => open,
      log,
    });
    server.addRoutes((restify: Server) => {
      restify.get('/broken', async () => {
        throw new Error('the path /secret and a stack');
      });
    });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => server.drain());

  it('takes nothing from people before it has started, and says so', async () => {
    open = false;

    const refused = await fetch(`${url}/api/messages`, { method: 'POST', body: '{}' });
    const health = await fetch(`${url}/healthz`);

    open = true;
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(health.status).toBe(200);
    expect((await fetch(`${url}/api/messages`, { method: 'POST', body: '{}' })).status).toBe(200);
  });

  it('is alive', async () => {
    const answer = await fetch(`${url}/healthz`);

    expect([answer.status, await answer.json()]).toEqual([200, { status: 'alive' }]);
  });

  it('is ready when everything it needs is there, and names what is not', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    for (const name of ['database', 'queue']) missing.add(name);
    const answer = await fetch(`${url}/readyz`);
    missing.clear();

    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', missing: ['database', 'queue'] },
    ]);
  });

  it('gives its figures to whoever has the token', async () => {
    const open = await fetch(`${url}/metrics`);
    const wrong = await fetch(`${url}/metrics`, { headers: { Authorization: 'Bearer guess' } });
    const right = await fetch(`${url}/metrics`, { headers: { Authorization: 'Bearer figures' } });

    expect([open.status, wrong.status, right.status]).toEqual([401, 401, 200]);
    expect(await right.text()).toContain('quartermaster_turns_total');
  });

  it.each([
    ['GET', '/nothing-here?token=abc', 404, 'NotFound'],
    ['GET', '/api/messages', 405, 'MethodNotAllowed'],
    ['GET', '/broken', 500, 'InternalServerError'],
  ])('answers %s %s with %i and a short word', async (method, path, status, error) => {
    const answer = await fetch(`${url}${path}`, { method });

    expect([answer.status, await answer.json()]).toEqual([status, { error }]);
  });

  it.each(['/healthz', '/nothing-here'])('sends security headers and no banner with %s', async (path) => {
    const { headers } = await fetch(`${url}${path}`);

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the end of the process', () => {
  let rig: BotRig;
  let open: () => void;
  const start = async () => {
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    rig = await startBotRig({
      routes: [
        help,
        commandThat('slow', async () => {
          await gate;
          return says('done in the end');
        }),
      ],
    });
    const alex = rig.teams.person('Alex');
    const chat = rig.teams.personalChat(alex);
    await rig.teams.install(chat, alex);
    return { alex, chat };
  };
  afterEach(() => rig.close());

  it('waits for the turn that is running, and takes no new one', async () => {
    const { alex, chat } = await start();
    const asked = rig.teams.say(alex, chat, 'slow');
    await waitFor(async () => /turns_running(\{[^}]*\})? [1-9]/.test(await rig.metrics.registry.metrics()));

    const stopped = rig.stop();
    const late = await rig.teams.say(alex, chat, 'help').then(
      ({ status }) => status,
      () => 'no connection',
    );
    open();
    await stopped;

    expect((await asked).status).toBe(200);
    expect([503, 'no connection']).toContain(late);
    expect(rig.teams.messages(chat).map((message) => message.text)).toEqual(['done in the end']);
  });

  it('sends what is on its way before it ends, and keeps the rest', async () => {
    const { chat } = await start();
    const place = {
      homeTenantId: rig.teams.homeTenantId,
      conversationKind: 'personal' as const,
      conversationId: chat.conversationId,
      serviceUrl: rig.teams.serviceUrl,
    };
    for (let count = 0; count < 4; count += 1)
      await rig.messenger.enqueue(rig.database.db, `k${count}`, { kind: 'reply', place, text: `m${count}` });
    rig.teams.failNext('send', { delayMs: 200 });
    rig.messenger.nudge();
    await waitFor(async () =>
      (await rig.database.db.query.outbox.findMany()).some((row) => row.lastError === 'sending'),
    );

    await rig.stop();

    const waiting = (await rig.database.db.query.outbox.findMany()).filter((row) => row.state === 'waiting').length;
    expect(rig.teams.messages(chat).length + waiting).toBe(4);
    expect(rig.teams.messages(chat).length).toBeGreaterThan(0);
  });

  it('ends connections that are only kept open', async () => {
    await start();
    const idle = request(`${rig.url}/healthz`, { headers: { Connection: 'keep-alive' } });
    await new Promise<void>((resolve) => {
      idle.once('response', (response) => response.resume().once('end', resolve));
      idle.end();
    });

    await rig.stop();

    await expect(fetch(`${rig.url}/healthz`)).rejects.toThrow();
  });
});

it('counts turns by route and outcome, and what went out', async () => {
  const rig = await startBotRig({ routes: [help] });
  const alex = rig.teams.person('Alex');
  const chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
  await rig.teams.say(alex, chat, 'help');
  await rig.teams.deliver({}, { authorization: null });

  const figures = await rig.metrics.registry.metrics();

  expect(figures).toContain('quartermaster_turns_total{route="help",outcome="answered"} 1');
  expect(figures).toContain('quartermaster_turn_seconds_count{route="help"} 1');
  expect(figures).toContain('quartermaster_outbound_total{operation="send",result="ok"} 1');
  expect(figures).toContain('quartermaster_refused_requests_total{reason="token: no token"} 1');
  expect(figures).toMatch(/quartermaster_outbox_waiting(\{[^}]*\})? 0/);
  await rig.close();
});
