import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, personIds, tenantIds } from '../../demo/tenants.ts';
import {
  commit,
  encrypt,
  exchange,
  fileInState,
  goodForm,
  openUpload,
  secretOf,
  tokenFor,
  tokenRequest,
  uploadAll,
} from './cloud-client.ts';

const returnTo = 'http://127.0.0.1:3978/consent/callback';
const sample = randomBytes(10_000);
let folder: string;
let cloud: LocalCloud;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portal-test-'));
  await writeFile(join(folder, 'sample.apk'), sample);
  cloud = await startLocalCloud({ redirectUris: [returnTo], packages: { 'sample.apk': join(folder, 'sample.apk') } });
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

const press = (action: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${cloud.portalUrl}/${action}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(fields),
  });
const state = async () => (await fetch(`${cloud.portalUrl}/state`)).json() as Promise<Record<string, never>>;

describe('the page of the local cloud', () => {
  it('shows apps with what became of their content, and the values for the connect form', async () => {
    const token = await tokenFor(cloud);
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    await uploadAll(cloud, upload);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
    const answer = await fetch(cloud.portalUrl);
    const text = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('Inventory');
    expect(text).toContain('digest and MAC right');
    const secret = secretOf(cloud, appIds.contosoPublisher);
    for (const value of [tenantIds.contoso, appIds.contosoPublisher, secret.value, secret.keyId])
      expect(text).toContain(value);
    expect(text).toContain(`${cloud.loginUrl}/${tenantIds.contoso}/oauth2/v2.0/token`);
    const labels = [...text.matchAll(/<label for="([^"]+)"/g)].map((match) => match[1]);
    for (const [, id] of text.matchAll(/<(?:select|input)(?![^>]*type="hidden")[^>]* id="([^"]+)"/g))
      expect(labels).toContain(id);
    expect(text).not.toMatch(/(?:src|href)="https?:\/\/(?!127\.0\.0\.1)/);
  });

  it('shows names as text, whatever they contain', async () => {
    const name = '<img src=x onerror=alert(1)>"&';
    const apps = cloud.state.intune(tenantIds.contoso).apps;
    const [app] = apps.values();
    app!.properties.displayName = name;
    const text = await (await fetch(cloud.portalUrl)).text();
    expect(text).not.toContain('<img');
    expect(text).toContain('&#60;img');
  });

  it('tells the same as JSON', async () => {
    const seen = await state();
    expect(seen).toMatchObject({
      urls: { login: cloud.loginUrl, graph: cloud.graphUrl },
      signedIn: { id: personIds.megan },
      tenants: [{ id: tenantIds.contoso }, { id: tenantIds.fabrikam }, { id: tenantIds.northwind, hasIntune: false }],
    });
  });

  it('switches faults on, for a number of times or for good, and off', async () => {
    expect((await press('faults', { name: 'graph503', times: '3' })).status).toBe(303);
    await press('faults', { name: 'noIntune' });
    expect(cloud.faults.list()).toEqual([
      { name: 'graph503', times: 3 },
      { name: 'noIntune', times: null },
    ]);
    await press('faults', { name: 'graph503', switch: 'off' });
    await press('faults', { name: 'noIntune', switch: 'off' });
    expect(cloud.faults.list()).toEqual([]);
    expect((await press('faults', { name: 'constructor' })).status).toBe(400);
  });

  it('takes consent away and gives it back', async () => {
    const of = { tenant: tenantIds.contoso, app: appIds.contosoReader };
    const roles = () => cloud.tenants.tenants[0]!.servicePrincipals.find((one) => one.appId === of.app)!.grants.length;
    await press('grants', { ...of, decision: 'revoke' });
    expect(roles()).toBe(0);
    await press('grants', { ...of, decision: 'grant' });
    expect(roles()).toBe(1);
  });

  it('lets secrets expire and makes new ones', async () => {
    const of = { app: appIds.contosoReader };
    await press('secrets', { ...of, decision: 'expire' });
    const expired = await tokenRequest(cloud, tenantIds.contoso, goodForm(cloud, of.app));
    expect(expired.json.error_codes).toEqual([7000222]);
    await press('secrets', { ...of, decision: 'new' });
    const newest = cloud.tenants.registrations.find((one) => one.appId === of.app)!.secrets.at(-1)!;
    const form = { ...goodForm(cloud, of.app), client_secret: newest.value };
    expect((await tokenRequest(cloud, tenantIds.contoso, form)).status).toBe(200);
  });

  it('brings a request for approval from somebody without the right to the administrator', async () => {
    await press('people', { id: personIds.alex });
    const query = new URLSearchParams({
      client_id: appIds.fabrikamPublisher,
      scope: `${cloud.graphUrl}/.default`,
      redirect_uri: returnTo,
    });
    const link = `${cloud.portalUrl}/login/${tenantIds.fabrikam}/v2.0/adminconsent?${query}`;
    const ticket = /name="ticket" value="([^"]+)"/.exec(await (await fetch(link)).text())?.[1] ?? '';
    const back = await fetch(link, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ticket, decision: 'request' }),
    });
    expect(back.headers.get('location')).toContain('error=access_denied');
    await press('people', { id: personIds.megan });
    expect(await (await fetch(cloud.portalUrl)).text()).toContain('Alex Wilber asks');
    const [asked] = (await state()).consentRequests as unknown as { id: string }[];
    await press('consent', { id: asked!.id, decision: 'approve' });
    const grants = cloud.tenants.tenants[1]!.servicePrincipals[0]!.grants;
    expect(grants.map((grant) => grant.role)).toContain('DeviceManagementApps.ReadWrite.All');
    expect((await press('consent', { id: asked!.id, decision: 'approve' })).status).toBe(400);
  });

  it.each([
    ['a form of another origin', { origin: 'https://elsewhere.example' }],
    ['a form without origin', { origin: 'null' }],
    ['another name for this machine', { host: 'rebound.example' }],
  ])('refuses %s', async (_what, headers) => {
    const { hostname, port } = new URL(cloud.portalUrl);
    const status = await new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path: '/faults', method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once('error', reject);
      sent.end('name=noIntune');
    });
    expect(status).toBe(403);
    expect(cloud.faults.isOn('noIntune')).toBe(false);
  });

  it('serves the front page for links that name a tenant first, and nothing for other paths', async () => {
    expect((await fetch(`${cloud.portalUrl}/${tenantIds.contoso}`)).status).toBe(200);
    expect((await fetch(`${cloud.portalUrl}/elsewhere`)).status).toBe(404);
  });
});

describe('the sample package', () => {
  const url = () => `${cloud.portalUrl}/packages/sample.apk`;
  const get = (headers: Record<string, string> = {}) => fetch(url(), { headers });

  it('comes whole with a strong ETag', async () => {
    const answer = await get();
    expect(answer.headers.get('etag')).toMatch(/^"[0-9a-f]+"$/);
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(Buffer.from(await answer.arrayBuffer()).equals(sample)).toBe(true);
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=9990-', 9_990, 10_000],
    ['bytes=-22', 9_978, 10_000],
    ['bytes=5000-99999', 5_000, 10_000],
  ])('comes in parts: %s', async (range, start, end) => {
    const answer = await get({ range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/10000`);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(createHash('sha256').update(body).digest('hex')).toBe(
      createHash('sha256').update(sample.subarray(start, end)).digest('hex'),
    );
  });

  it('answers conditions', async () => {
    const etag = (await get()).headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    expect((await get({ range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range: 'bytes=20000-' })).status).toBe(416);
    expect((await fetch(`${cloud.portalUrl}/packages/..%2Fsecret`)).status).toBe(404);
  });
});

it('is reached by plain http on this machine only, and its cloud by https', async () => {
  expect(new URL(cloud.portalUrl)).toMatchObject({ protocol: 'http:', hostname: '127.0.0.1' });
  for (const url of [cloud.loginUrl, cloud.graphUrl])
    expect(new URL(url)).toMatchObject({ protocol: 'https:', hostname: 'localhost' });
  await expect(fetch(`${cloud.loginUrl}/common/discovery/instance`)).rejects.toThrow();
  expect((await exchange(cloud, 'GET', `${cloud.loginUrl}/common/discovery/instance`)).status).toBe(200);
});
