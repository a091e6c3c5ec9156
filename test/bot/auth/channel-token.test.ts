import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ChannelTokens, createChannelTokens, TokenRefused } from '../../../src/bot/auth/channel-token.ts';
import { createSigningKeys, type SigningKeys } from '../../../src/bot/auth/signing-keys.ts';
import { createLog } from '../../../src/log.ts';
import { type ChannelKeys, channelKeys, signToken, type TokenShape } from '../../fakes/channel-keys.ts';

const minute = 60_000;
const log = createLog({ level: 'silent' });

let keys: ChannelKeys;
let server: Server;
let metadataUrl: string;
let published: unknown[];
let asked: number;
let broken: boolean;

let now: number;
let signingKeys: SigningKeys;
let tokens: ChannelTokens;

beforeAll(async () => {
  keys = await channelKeys();
  server = createServer((request, response) => {
    if (broken) {
      response.writeHead(503);
      response.end();
      return;
    }
    const port = (server.address() as AddressInfo).port;
    if (request.url === '/keys') asked += 1;
    response.end(
      JSON.stringify(request.url === '/keys' ? { keys: published } : { jwks_uri: `http://127.0.0.1:${port}/keys` }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  metadataUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  published = [keys.own.jwk];
  asked = 0;
  broken = false;
  now = Date.now();
  signingKeys = createSigningKeys({ metadataUrl, now: () => now, log });
  tokens = createChannelTokens({
    appId: 'app',
    issuer: 'https://issuer',
    channelId: 'msteams',
    keys: signingKeys,
    now: () => now,
  });
});

const bearer = async (shape: Partial<TokenShape> = {}) =>
  `Bearer ${await signToken({ issuer: 'https://issuer', audience: 'app', serviceUrl: 'https://s/', key: keys.own, ...shape })}`;

const isRefused = async (authorization: string) =>
  tokens.verify(authorization).then(
    () => false,
    (error) => error instanceof TokenRefused,
  );

it('keeps nothing of refused tokens, however many tenants they name', async () => {
  await tokens.verify(await bearer());
  const before = { tokens: tokens.remembered, keys: signingKeys.size, asked };

  for (let tenant = 0; tenant < 2_000; tenant += 1) {
    const issuer = `https://sts.windows.net/${tenant}/`;
    const shape = tenant % 2 === 0 ? { issuer } : { kid: `key-${tenant}`, extra: { tid: String(tenant) } };
    expect(await isRefused(await bearer(shape))).toBe(true);
  }

  expect({ tokens: tokens.remembered, keys: signingKeys.size, asked }).toEqual(before);
});

it('remembers a limited number of good tokens', async () => {
  for (let count = 0; count < 1_020; count += 1) await tokens.verify(await bearer({ extra: { jti: String(count) } }));

  expect(tokens.remembered).toBe(1_000);
});

it('checks a remembered token again when it expires', async () => {
  const authorization = await bearer({ expires: 60 });
  await tokens.verify(authorization);

  now += 7 * minute;

  expect(await isRefused(authorization)).toBe(true);
});

it('reads the keys once for many tokens', async () => {
  const many = await Promise.all(Array.from({ length: 5 }, (_, count) => bearer({ extra: { jti: String(count) } })));

  await Promise.all(many.map((authorization) => tokens.verify(authorization)));

  expect(asked).toBe(1);
});

it('looks for an unknown key at most every five minutes', async () => {
  published = [];
  const authorization = await bearer();
  expect(await isRefused(authorization)).toBe(true);
  published = [keys.own.jwk];

  now += 4 * minute;
  expect(await isRefused(await bearer())).toBe(true);
  expect(asked).toBe(1);
  now += 2 * minute;
  expect(await isRefused(await bearer({ expires: 7200 }))).toBe(false);
  expect(asked).toBe(2);
});

it('forgets a withdrawn key within a day', async () => {
  await tokens.verify(await bearer());
  published = [keys.unendorsed.jwk];

  now += 25 * 60 * minute;

  expect(await isRefused(await bearer({ expires: 26 * 3600, notBefore: -60 }))).toBe(true);
});

it('goes on with the known keys when they cannot be refreshed', async () => {
  await tokens.verify(await bearer());
  broken = true;

  now += 25 * 60 * minute;

  expect(await isRefused(await bearer({ expires: 26 * 3600 }))).toBe(false);
});

it('is no refusal when the keys were never read: the caller may come again', async () => {
  broken = true;

  expect(await isRefused(await bearer())).toBe(false);
  broken = false;
  now += minute;
  await expect(tokens.verify(await bearer())).resolves.toMatchObject({ serviceUrl: 'https://s/' });
});
