import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { inputsOf, on } from '../fakes/card-data.ts';
import { ownCertificate, pfxFile } from '../fakes/certificate-files.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

/** Secrets that can be told from everything else, pushed through every flow. None may come out anywhere. */
const linkToken = 'canary-link-token';
const wrongSecret = 'canary~wrong.secret-8Q';
const metricsToken = 'canary-metrics-token';
const filePassword = 'canary file password';
const certificate = await ownCertificate();
/** Of the private key, wherever it stands. */
const keyPiece = certificate.privateKeyPem.split('\n')[4] ?? '';
const vaultKey = randomBytes(32);

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let general: FakePlace;
let everywhere: Awaited<ReturnType<typeof everyPlace>>;
/** Everything people were shown as the answer to a press. */
const shown: string[] = [];
/** Links with a token in them, which may stand on one person's card and nowhere else. */
const oneTime: string[] = [];
/** What the page for certificates answered. */
const pages: string[] = [];

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({
    packageHosts: [new URL(files.origin).host],
    config: { metricsToken, vaultKeys: [{ id: 'k1', key: vaultKey }] },
  });
  alex = rig.teams.person('Alex Wilber');
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
  await rig.teams.install(rig.teams.personalChat(alex), alex);
  await everyFlow();
  everywhere = await everyPlace();
  // The flows wait for tests and jobs, one after the other.
}, 180_000);

afterAll(async () => {
  await rig.close();
  await files.close();
});

const press = async (message: FakeMessage, verb: string, data: Record<string, unknown> = {}) => {
  const pressed = await rig.teams.press(alex, message, verb, data);
  shown.push(pressed.raw);
  return pressed;
};

async function everyFlow(): Promise<void> {
  const { tenantId, clientId, secret, secretId } = rig.registration();
  const values = { name: 'Broken', cloud: 'custom', tenant: tenantId, authUrl: '', clientId };

  // Connections: what is refused at the form, what Entra refuses, what works and is tested and renewed.
  await rig.teams.say(alex, general, 'connect');
  const form = rig.teams.lastMessage(general);
  await press(form, 'connection.save', { ...values, secret: secretId });
  await press(form, 'connection.save', { ...values, name: '', secret });
  await press(form, 'connection.save', { ...values, secret: wrongSecret });
  await rig.card(general, '! Error');
  const card = await rig.connect(alex, general, 'Contoso production');
  const connection = on(card.card, 'connection');
  for (const verb of ['connection.test', 'permissions.show', 'connection.edit', 'connection.more', 'connection.rotate'])
    await press(card, verb, { connection });
  await press(card, 'connection.save', { ...values, connection, revision: 1, secret: wrongSecret });
  await press(card, 'connection.save', { ...values, name: 'Contoso production', connection, revision: 1, secret });
  await rig.card(general, '✓ Connected');

  // A certificate of one's own: refused, taken, tested in vain.
  const link = (await press(card, 'connection.upload', { connection })).raw;
  const [, address = ''] = /\/credential\/([A-Za-z0-9_-]{43})/.exec(link) ?? [];
  const [code = ''] = /\d{3} \d{3}/.exec(link) ?? [];
  oneTime.push(address);
  for (const password of [`${filePassword} not`, filePassword]) {
    const file = new FormData();
    file.set('file', new Blob([new Uint8Array(pfxFile(certificate, filePassword))]), 'own.pfx');
    file.set('password', password);
    file.set('code', code);
    const answer = await fetch(`${rig.url}/credential/${address}`, { method: 'POST', body: file });
    pages.push(await answer.text());
  }
  await rig.card(general, 'did not pass its test');

  // Packages by link: refused, broken, and published through faults of Graph and storage.
  await rig.teams.say(alex, general, `publish http://10.0.0.1/a.apk?sig=${linkToken}`);
  await rig.teams.say(alex, general, `publish https://user:${linkToken}@files.example/a.apk`);
  files.answer = (_request, response) => {
    response.statusCode = 500;
    response.end(linkToken);
  };
  await rig.teams.say(alex, general, `publish ${files.origin}/broken.apk?sig=${linkToken}`);
  await rig.card(general, /broken\.apk/);
  files.answer = serveFile(buildApk());
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk?sig=${linkToken}`);
  const draft = await rig.card(general, 'Show the plan');
  const release = on(draft.card, 'release');
  await press(draft, 'publish.plan', {
    ...inputsOf(draft.card),
    connectionId: connection,
    release,
    revision: Number(on(draft.card, 'revision')),
  });
  const plan = await rig.card(general, 'What will happen');
  await press(plan, 'publish.confirm', { release, revision: Number(on(plan.card, 'revision')), action: 'create' });
  const done = await rig.card(general, '✓ Published');
  await press(done, 'job.steps', { job: on(done.card, 'job') });

  // Links for one person: an upload and an audit file.
  const upload = await press(done, 'publish.start');
  oneTime.push(...(upload.raw.match(/\/u\/([A-Za-z0-9_-]{43})/)?.slice(1) ?? []));
  const download = await press(done, 'audit.export', { filter: '' });
  oneTime.push(...(download.raw.match(/\/audit\/([A-Za-z0-9_-]{43})/)?.slice(1) ?? []));
  for (const command of ['audit', 'whoami', 'jobs', 'connections', 'roles'])
    await rig.teams.say(alex, general, command);
}

async function everyPlace() {
  const { messages } = rig.teams.world.places.reduce(
    (all, place) => ({ messages: [...all.messages, ...rig.teams.messages(place)] }),
    { messages: [] as FakeMessage[] },
  );
  const metrics = await fetch(`${rig.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  const [address = ''] = oneTime.slice(-1);
  const file = await fetch(`${rig.url}/audit/${address}`, { method: 'POST' });
  return {
    messages: JSON.stringify(messages.map(({ card, text, summary, activity }) => [card, text, summary, activity])),
    answers: shown.join('\n'),
    log: rig.logged.join(''),
    metrics: await metrics.text(),
    'audit file': await file.text(),
    pages: pages.join('\n'),
    'addresses of requests': JSON.stringify(rig.cloud.state.requests()),
    database: await everyTable(),
  };
}

async function everyTable(): Promise<string> {
  const { db } = rig.database;
  const found = await db.execute(sql`select table_name from information_schema.tables where table_schema = 'public'`);
  const tables = (found as unknown as { rows: { table_name: string }[] }).rows.map((row) => row.table_name);
  const dumps: string[] = [];
  for (const table of tables) {
    const rows = await db.execute(
      sql`select coalesce(json_agg(t), '[]')::text as rows from ${sql.identifier(table)} t`,
    );
    dumps.push(`${table}: ${(rows as unknown as { rows: { rows: string }[] }).rows[0]?.rows}`);
  }
  return dumps.join('\n');
}

const places = (holds: (text: string) => boolean) =>
  Object.entries(everywhere).flatMap(([place, text]) => (holds(text) ? [place] : []));

it('went through the flows: a connection works, a package was published, links were given', () => {
  expect(everywhere.messages).toContain('✓ Published');
  expect(everywhere['audit file']).toContain('job ended');
  expect(everywhere.database).toContain('Contoso production');
  expect(everywhere.log.length).toBeGreaterThan(1_000);
  expect(everywhere.pages).toMatch(/does not open it[\s\S]*Done, go back to Teams/);
  expect(oneTime).toHaveLength(3);
});

it.each<[string, () => string]>([
  ['the connection’s secret', () => rig.registration().secret],
  ['a wrong secret', () => wrongSecret],
  ['the token of a link', () => linkToken],
  ['the bot’s own password', () => rig.config.bot.appPassword ?? ''],
  ['the vault’s key', () => vaultKey.toString('base64')],
  ['the token for the figures', () => metricsToken],
  ['the password of a certificate’s file', () => filePassword],
  ['a private key that was uploaded', () => keyPiece],
])('%s is nowhere', (_what, secret) => {
  expect(secret()).not.toBe('');
  const encoded = encodeURIComponent(secret());

  expect(places((text) => text.includes(secret()) || text.includes(encoded))).toEqual([]);
});

it('no access token, private key or signature of storage is anywhere', () => {
  const secretLooks = /\beyJ[\w-]{10,}\.[\w-]{10,}\.|PRIVATE KEY|[?&]sig=[\w%]{8,}/;

  expect(places((text) => secretLooks.test(text))).toEqual([]);
});

it('a link for one person stands on that person’s card alone, and only its digest is stored', () => {
  for (const token of oneTime) {
    const found = places((text) => text.includes(token));
    expect(found).toEqual(['answers']);
  }
});
