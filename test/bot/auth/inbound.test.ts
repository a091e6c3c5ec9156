import { SignJWT } from 'jose';
import { type BotRig, startBotRig } from '../../fakes/bot-rig.ts';
import type { FakePlace, Person, TokenOptions } from '../../fakes/connector.ts';
import { commandThat, says } from '../routes.ts';

let rig: BotRig;
let alex: Person;
let chat: FakePlace;
let turns = 0;

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      commandThat('help', async () => {
        turns += 1;
        return says('help');
      }),
    ],
  });
  alex = rig.teams.person('Alex');
  chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
});
afterAll(() => rig.close());
beforeEach(() => {
  turns = 0;
});

const message = (rest: Record<string, unknown> = {}) =>
  rig.teams.activity(chat, alex, { type: 'message', text: 'help', ...rest });

const deliver = async (options: TokenOptions, activity = message()) =>
  rig.teams.deliver(activity, { authorization: `Bearer ${await rig.teams.token(options)}` });

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it('takes a message with a good token', async () => {
  const told = await deliver({});

  expect(told.status).toBe(200);
  expect(turns).toBe(1);
});

describe('a token that is not Teams’ own is refused with 401 and silence', () => {
  it.each<[string, TokenOptions]>([
    ['signed by another key under a published id', { key: 'foreign', kid: 'teams-key' }],
    ['signed by a key nobody published', { key: 'foreign' }],
    ['signed by a key for another channel', { key: 'unendorsed' }],
    ['not valid yet', { notBefore: 6 * 60 }],
    ['expired', { notBefore: -7200, expires: -6 * 60 }],
    ['for another bot', { audience: 'another-bot' }],
    ['from another issuer', { issuer: 'https://sts.windows.net/evil/' }],
    [
      'from the Emulator',
      { issuer: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', extra: { ver: '1.0', appid: 'x' } },
    ],
    [
      'from another bot (a skill)',
      {
        issuer: 'https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0',
        extra: { ver: '2.0', azp: 'x' },
      },
    ],
    ['without a serviceurl claim', { serviceUrl: null }],
    ['huge', { extra: { padding: 'x'.repeat(9_000) } }],
  ])('%s', async (_what, options) => {
    const told = await deliver(options);

    expect(told).toEqual({ status: 401, raw: '' });
    expect(turns).toBe(0);
  });

  it('tampered', async () => {
    const [header, , signature] = (await rig.teams.token()).split('.');
    const claims = {
      iss: 'https://api.botframework.com',
      aud: rig.teams.bot.appId,
      exp: 4e9,
      serviceurl: rig.teams.serviceUrl,
    };

    const told = await rig.teams.deliver(message(), { authorization: `Bearer ${header}.${part(claims)}.${signature}` });

    expect(told).toEqual({ status: 401, raw: '' });
  });

  it('without an algorithm', async () => {
    const claims = {
      iss: 'https://api.botframework.com',
      aud: rig.teams.bot.appId,
      exp: 4e9,
      serviceurl: rig.teams.serviceUrl,
    };
    const token = `${part({ alg: 'none', kid: 'teams-key' })}.${part(claims)}.`;

    expect(await rig.teams.deliver(message(), { authorization: `Bearer ${token}` })).toEqual({ status: 401, raw: '' });
  });

  it('signed with the public key as a shared secret (HS256)', async () => {
    const token = await new SignJWT({ serviceurl: rig.teams.serviceUrl })
      .setProtectedHeader({ alg: 'HS256', kid: 'teams-key' })
      .setIssuer('https://api.botframework.com')
      .setAudience(rig.teams.bot.appId)
      .setExpirationTime('1h')
      .sign(Buffer.from(JSON.stringify(rig.teams.keys.own.jwk)));

    expect(await rig.teams.deliver(message(), { authorization: `Bearer ${token}` })).toEqual({ status: 401, raw: '' });
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['another scheme', 'Basic YTpi'],
    ['no token behind the scheme', 'Bearer '],
    ['not a token', 'Bearer nonsense'],
    ['more than one token', 'Bearer a.b.c d.e.f'],
  ])('%s', async (_what, authorization) => {
    expect(await rig.teams.deliver(message(), { authorization })).toEqual({ status: 401, raw: '' });
  });
});

it('allows five minutes between the clocks', async () => {
  const late = await deliver({ notBefore: -7200, expires: -4 * 60 });
  const early = await deliver({ notBefore: 4 * 60 });

  expect([late.status, early.status]).toEqual([200, 200]);
});

it('knows the claim under its other spelling', async () => {
  const told = await deliver({ serviceUrl: null, extra: { serviceUrl: rig.teams.serviceUrl } });

  expect(told.status).toBe(200);
});

describe('an activity that does not fit its token is refused with 403', () => {
  it.each<[string, Record<string, unknown>]>([
    ['another service url', { serviceUrl: 'https://smba.trafficmanager.net/emea/' }],
    ['no service url', { serviceUrl: undefined }],
    ['another channel', { channelId: 'webchat' }],
    ['an empty channel', { channelId: '' }],
    ['no channel', { channelId: undefined }],
    ['a tenant that is not allowed', { channelData: { tenant: { id: '99999999-0000-4000-8000-000000000000' } } }],
    ['no tenant', { channelData: {} }],
  ])('%s', async (_what, rest) => {
    const told = await rig.teams.deliver(message(rest));

    expect(told).toEqual({ status: 403, raw: '' });
    expect(turns).toBe(0);
  });

  it('a service host that is neither Teams’ nor configured, even if the token says so', async () => {
    const serviceUrl = 'https://teams.evil.example/';

    const told = await deliver({ serviceUrl }, message({ serviceUrl }));

    expect(told.status).toBe(403);
  });
});

describe('a body that is no activity', () => {
  it.each<[string, number, unknown]>([
    ['larger than 256 KB', 413, { type: 'message', text: 'x'.repeat(257 * 1024) }],
    ['not JSON', 400, '{"type":'],
    ['a list', 400, []],
    ['a word', 400, '"message"'],
    ['without a type', 400, { text: 'help' }],
  ])('%s is refused with %s', async (_what, status, body) => {
    const told = await rig.teams.deliver(body);

    expect(told).toEqual({ status, raw: '' });
  });

  it('sent in pieces beyond the limit is refused while it comes', async () => {
    const piece = new TextEncoder().encode('x'.repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 40) controller.close();
        else controller.enqueue(piece);
      },
    });
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${await rig.teams.token()}` };

    const answer = await fetch(`${rig.url}/api/messages`, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);

    expect(answer.status).toBe(413);
  });

  it('of another type is refused', async () => {
    const told = await rig.teams.deliver(message(), { contentType: 'text/plain' });

    expect(told.status).toBe(400);
  });
});

it('says why only in the log', async () => {
  await deliver({ audience: 'another-bot' });

  expect(rig.logged).toContainEqual(expect.objectContaining({ status: 401, reason: 'token: audience' }));
});

it('ignores activities it has no use for, with 200', async () => {
  for (const type of ['messageReaction', 'typing', 'event', 'endOfConversation']) {
    const told = await rig.teams.deliver(message({ type }));
    expect(told.status).toBe(200);
  }
  expect(turns).toBe(0);
});
