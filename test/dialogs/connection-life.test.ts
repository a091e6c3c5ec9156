import { X509Certificate } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { type AppRegistration, appIds, newSecretValue, tenantIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { publishJobs, releases, secrets, templates } from '../../src/store/schema.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;
let shown: FakeMessage & { card: Card };
let id: string;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});
beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  shown = await rig.connect(alex, general, 'Contoso production');
  id = JSON.stringify(shown.card).match(/"connection":"([0-9a-f-]{36})"/)![1]!;
});
afterAll(() => rig.close());

const publisher = (): AppRegistration =>
  rig.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;
const addSecret = () => {
  const value = newSecretValue();
  publisher().secrets.push({
    keyId: crypto.randomUUID(),
    displayName: 'Next',
    value,
    endsAt: Date.now() + 90 * 86_400_000,
  });
  return value;
};
const words = (pressed: { card: Card | null }) => (pressed.card === null ? '' : cardText(pressed.card));
const press = (verb: string, data: Record<string, unknown> = {}) =>
  rig.teams.press(alex, shown, verb, { connection: id, ...data });
const stored = async () => (await rig.service.parts.connections.get(id))!;

it('keeps three actions in sight and the rest behind More', async () => {
  const more = await press('connection.more');

  expect(words(more)).toMatch(/Update connection[\s\S]*Enter a new credential[\s\S]*Rename[\s\S]*Disable[\s\S]*Delete/);
  expect(cardFaults(more.card!)).toEqual([]);
});

describe('renaming', () => {
  it('changes the name and nothing else', async () => {
    const before = await stored();

    await press('connection.renameNow', { name: ' Contoso  live ' });

    await rig.card(general, /Contoso live[\s\S]*Contoso production is now Contoso live/);
    expect(await stored()).toMatchObject({
      name: 'Contoso live',
      revision: before.revision,
      credentialRevision: before.credentialRevision,
      lastTestedAt: before.lastTestedAt,
    });
  });

  it.each([
    ['an empty name', ' ', 'Give the connection a name'],
    ['a name that is too long', 'x'.repeat(61), 'up to 60 characters'],
  ])('refuses %s', async (_what, name, expected) => {
    const pressed = await press('connection.renameNow', { name });

    expect(words(pressed)).toContain(expected);
    expect((await stored()).name).toBe('Contoso production');
  });

  it('refuses a name that is taken', async () => {
    await rig.connect(alex, general, 'Other');

    const pressed = await press('connection.renameNow', { name: 'OTHER' });

    expect(words(pressed)).toContain('already has this name');
  });
});

describe('switching off', () => {
  it('stops every use, and on again tests first', async () => {
    const off = await press('connection.disable');
    expect(words(off)).toMatch(/Disabled[\s\S]*Disabled by Alex Wilber/);
    expect(words(off)).not.toContain('Test connection');

    const on = await press('connection.enable');

    expect(words(on)).toContain('Testing');
    await rig.card(general, '✓ Connected');
  });

  it('does nothing the second time', async () => {
    await press('connection.disable');
    const since = (await stored()).statusSince;

    await press('connection.disable');

    expect((await stored()).statusSince).toEqual(since);
  });
});

it('asks Microsoft anew with a fresh token on Update connection', async () => {
  const tokens = () => rig.cloud.state.requests('login').length;
  const before = tokens();
  const tested = (await stored()).lastTestedAt!;

  const pressed = await press('connection.refresh');

  expect(words(pressed)).toContain('fresh token');
  await waitFor(async () => (await stored()).lastTestedAt!.getTime() > tested.getTime());
  expect(tokens()).toBeGreaterThan(before);
  expect((await stored()).status).toBe('connected');
});

describe('deleting', () => {
  it('names what depends on it, asks, and erases the credential', async () => {
    const { secretId, workspaceId } = await stored();
    const [release] = await rig.database.db
      .insert(releases)
      .values({
        workspaceId,
        homeTenantId: rig.teams.homeTenantId,
        requesterId: alex.objectId,
        requesterName: alex.name,
        requesterTeamsId: alex.teamsId,
        place: {},
        state: 'started',
        origin: {},
      })
      .returning();
    await rig.database.db.insert(publishJobs).values({
      number: `t${Date.now()}`,
      releaseId: release!.id,
      workspaceId,
      connectionId: id,
      state: 'queued',
      step: 'createApp',
      progress: {},
    });

    await rig.database.db.insert(templates).values({
      workspaceId,
      kind: 'assignment',
      nameKey: 'everybody',
      content: { name: 'Everybody' },
      connectionId: id,
      createdById: alex.objectId,
      createdByName: alex.name,
      changedByName: alex.name,
    });

    const asked = await press('connection.delete');
    expect(words(asked)).toContain('1 publish job that is not done');
    expect(words(asked)).toContain('assignment template “Everybody”');
    expect(await stored()).not.toBeNull();
    const gone = await press('connection.deleteNow');

    expect(words(gone)).toContain('Contoso production is deleted');
    expect(await rig.service.parts.connections.get(id)).toBeNull();
    const left = await rig.database.db.select().from(secrets);
    expect(left.some((row) => row.id === secretId)).toBe(false);
  });

  it('is content with being asked twice', async () => {
    await press('connection.deleteNow');

    expect((await press('connection.deleteNow')).text).toContain('deleted already');
  });

  it('frees the name', async () => {
    await press('connection.deleteNow');

    await rig.connect(alex, general, 'Contoso production');
  });
});

describe('a new credential', () => {
  it('takes the place of the old one when it has passed its test', async () => {
    const secret = addSecret();

    await press('connection.rotateNow', { credential: 'secret', secret, secretExpires: '2099-01-31' });

    const switched = await rig.card(general, 'In use since the test passed');
    const old = rig.registration().secret.slice(0, 3);
    expect(cardText(switched.card)).toContain(
      `remove the old one in Entra. It is the client secret that begins with ${old}`,
    );
    expect(cardText(switched.card)).not.toContain(secret);
    expect(cardFaults(switched.card)).toEqual([]);
    expect((await stored()).credentialExpiresAt?.toISOString()).toBe('2099-01-31T00:00:00.000Z');
    const removed = await press('connection.rotateDiscard');
    expect(words(removed)).not.toContain('Last step');
  });

  it('leaves the old one at work when it fails, and can be tried again', async () => {
    const { secretId } = await stored();
    const secret = newSecretValue();

    await press('connection.rotateNow', { credential: 'secret', secret });

    const failed = await rig.card(general, 'It did not pass its test');
    expect(cardText(failed.card)).toMatch(
      /✓ Connected[\s\S]*secret is wrong|Microsoft does not accept this client secret/,
    );
    expect(await stored()).toMatchObject({ status: 'connected', secretId });
    publisher().secrets.push({
      keyId: crypto.randomUUID(),
      displayName: 'Late',
      value: secret,
      endsAt: Date.now() + 1e9,
    });
    await press('connection.rotateTest');
    await rig.card(general, 'In use since the test passed');
    expect((await stored()).secretId).not.toBe(secretId);
  });

  it('can be another kind: from a secret to a certificate', async () => {
    await press('connection.rotateNow', { credential: 'madeCertificate', validMonths: '12' });
    await rig.card(general, 'It waits for you to enter it in Entra');
    const setup = await press('connection.rotateSetup');
    const download = (setup.card!.actions as { url?: string }[]).find(({ url }) => url?.endsWith('.cer'))!.url!;
    const file = await fetch(download.replace('https://quartermaster.example', rig.url));
    publisher().certificates.push(new X509Certificate(Buffer.from(await file.arrayBuffer())).toString());

    await press('connection.rotateTest');

    await rig.card(general, /In use since the test passed: Certificate, made here/);
    expect(await stored()).toMatchObject({ credentialKind: 'certificate', status: 'connected' });
  });

  it('is erased when it is discarded', async () => {
    await press('connection.rotateNow', { credential: 'madeCertificate', validMonths: '6' });
    const { change } = await stored();

    await press('connection.rotateDiscard');

    expect((await stored()).change).toBeNull();
    const left = await rig.database.db.select().from(secrets);
    expect(left.some((row) => row.id === change!.secretId)).toBe(false);
  });

  it.each([
    ['another tenant', () => ({ tenant: tenantIds.fabrikam })],
    ['another application', () => ({ clientId: appIds.contosoReader })],
  ])('is dropped when the connection is pointed to %s', async (_what, change) => {
    await press('connection.rotateNow', { credential: 'madeCertificate', validMonths: '12' });
    const { change: waiting, revision } = await stored();
    const { tenantId, clientId, secret } = rig.registration();
    const values = { name: 'Contoso production', cloud: 'custom', tenant: tenantId, authUrl: '', clientId, secret };

    await press('connection.save', { ...values, ...change(), revision });

    expect(waiting?.state).toBe('prepared');
    expect((await stored()).change).toBeNull();
    const kept = await rig.database.db.select().from(secrets).where(eq(secrets.id, waiting!.secretId!));
    expect(kept).toEqual([]);
    await press('connection.rotateTest');
    await waitFor(async () => (await stored()).testingSince === null);
    expect((await stored()).credential).toMatchObject({ source: 'typed' });
  });

  it('keeps what was typed, the secret excepted, when a field is wrong', async () => {
    const pressed = await press('connection.rotateNow', {
      credential: 'secret',
      secret: rig.registration().secretId,
      secretExpires: '2099-01-31',
    });

    expect(words(pressed)).toContain('Entra shows the value only once');
    expect(words(pressed)).toContain('2099-01-31');
    expect(words(pressed)).not.toContain(rig.registration().secretId);
  });

  it('fails no call of those who use the connection meanwhile', async () => {
    const { connections } = rig.service.parts;
    const opened = await connections.accessTo(id);
    const scope = `${opened.cloud.graphUrl}/.default`;
    let goOn = true;
    let calls = 0;
    const user = async () => {
      while (goOn) {
        await opened.tokenSource.getToken(scope, { fresh: true });
        const current = await connections.accessTo(id);
        await current.tokenSource.getToken(scope, { fresh: true });
        calls += 1;
      }
    };
    const users = [user(), user(), user()];

    for (let round = 0; round < 3; round += 1) {
      const before = (await stored()).secretId;
      await press('connection.rotateNow', { credential: 'secret', secret: addSecret() });
      while ((await stored()).secretId === before) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    goOn = false;

    await expect(Promise.all(users)).resolves.toBeDefined();
    expect(calls).toBeGreaterThan(3);
  });
});

it.each([
  'connection.refresh',
  'connection.rename',
  'connection.renameNow',
  'connection.disable',
  'connection.enable',
  'connection.delete',
  'connection.deleteNow',
  'connection.rotate',
  'connection.rotateNow',
  'connection.rotateSetup',
  'connection.rotateTest',
  'connection.rotateDiscard',
  'connection.setup',
])('%s is not for viewers', async (verb) => {
  const pressed = await rig.teams.press(adele, shown, verb, { connection: id, name: 'Mine' });

  expect(pressed.text).toContain('you may look here');
  expect(await stored()).toMatchObject({ name: 'Contoso production', status: 'connected' });
});

it('knows no connection of another team', async () => {
  const { general: elsewhere } = rig.teams.team('Elsewhere', [alex]);
  await rig.teams.install(elsewhere, alex);
  const welcome = await rig.card(elsewhere, 'Quartermaster');

  for (const verb of [
    'connection.more',
    'connection.refresh',
    'connection.disable',
    'connection.enable',
    'connection.delete',
    'connection.deleteNow',
    'connection.rotate',
    'connection.rotateTest',
    'connection.rotateDiscard',
    'connection.setup',
  ]) {
    const pressed = await rig.teams.press(alex, welcome, verb, { connection: id });
    expect(pressed.text).toMatch(/not known here|deleted already/);
  }
  expect(await stored()).toMatchObject({ status: 'connected' });
});
