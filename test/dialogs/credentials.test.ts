import { X509Certificate } from 'node:crypto';
import { type AppRegistration, appIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf } from '../fakes/card-data.ts';
import { keyAs, ownCertificate, pemFile, pfxFile } from '../fakes/certificate-files.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let general: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
});
beforeEach(async () => {
  alex = rig.teams.person('Alex Wilber');
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
});
afterAll(() => rig.close());

const publisher = (): AppRegistration =>
  rig.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;

const dataOf = (card: Card, title: string) =>
  (card.actions as unknown as { title: string; data: Record<string, unknown> }[]).find(
    (action) => action.title === title,
  )!.data;
const idOn = ({ card }: { card: unknown }) => JSON.stringify(card).match(/"connection":"([0-9a-f-]{36})"/)?.[1];
const words = (pressed: { card: Card | null }) => (pressed.card === null ? '' : cardText(pressed.card));
const urlOn = (card: Card | null, title: string) =>
  (card?.actions as { title: string; url?: string }[] | undefined)?.find((action) => action.title === title)?.url ?? '';

/** A link of this service, fetched where the service really is. */
const fetchOurs = (url: string) => fetch(url.replace('https://quartermaster.example', rig.url));

const begin = async (): Promise<FakeMessage> => {
  await rig.teams.say(alex, general, 'connect');
  return rig.card(general, 'Step 1 of 2');
};

const fill = (name: string, more: Record<string, string> = {}) => ({
  name,
  cloud: 'custom',
  tenant: publisher().homeTenantId,
  authUrl: '',
  clientId: publisher().appId,
  applicationPermissions: 'true',
  ...more,
});

/** Saved with a certificate made here, which Entra does not know yet. */
const withCertificate = async (name: string) => {
  const message = await begin();
  await rig.teams.press(
    alex,
    message,
    'connection.save',
    fill(name, { credential: 'madeCertificate', validMonths: '12' }),
  );
  const waiting = await rig.card(general, /has to be entered in Entra/);
  const setup = await rig.teams.press(alex, waiting, 'connection.setup', { connection: idOn(waiting) });
  return { waiting, setup };
};

it('asks for the kind of credential first, the strongest on top', async () => {
  const message = await begin();

  const step = await rig.teams.press(alex, message, 'connection.form', { credential: 'madeCertificate' });

  expect(cardText(message.card!)).toMatch(/Certificate made by me[\s\S]*Client secret/);
  expect(words(step)).toContain('Certificate made by me');
  expect(words(step)).toContain('Use application permissions');
  expect(cardFaults(step.card!)).toEqual([]);
});

it('leads back to the choice and keeps what was typed, the secret excepted', async () => {
  const message = await begin();
  const faulty = fill('Kept', { credential: 'secret', secret: 'a secret that is gone', clientId: 'not an id' });
  const refused = await rig.teams.press(alex, message, 'connection.save', faulty);

  const first = await rig.teams.press(alex, message, 'connection.form', dataOf(refused.card!, 'Back'));
  const second = await rig.teams.press(alex, message, 'connection.form', {
    ...dataOf(first.card!, 'Continue'),
    credential: 'madeCertificate',
  });

  expect(JSON.stringify(first.card)).not.toContain('a secret that is gone');
  expect(inputsOf(first.card!)).toMatchObject({ credential: 'secret' });
  expect(inputsOf(second.card!)).toMatchObject({
    name: 'Kept',
    tenant: publisher().homeTenantId,
    clientId: 'not an id',
  });
});

it('connects with a certificate made here: download, upload in Entra, test', async () => {
  const { waiting, setup } = await withCertificate('By certificate');
  expect(cardText(waiting.card)).not.toContain('! Error');

  const file = await fetchOurs(urlOn(setup.card, 'Download certificate'));
  const certificate = new X509Certificate(Buffer.from(await file.arrayBuffer()));
  expect(file.headers.get('content-disposition')).toContain('quartermaster-By-certificate.cer');
  expect(words(setup)).toContain(certificate.fingerprint.replaceAll(':', ''));

  publisher().certificates.push(certificate.toString());
  await rig.teams.press(alex, waiting, 'connection.test', { connection: idOn(waiting) });

  const connected = await rig.card(general, /By certificate[\s\S]*✓ Connected/);
  expect(cardText(connected.card)).toContain('Certificate, made here');
  expect(cardText(connected.card)).toMatch(/in 365 days|in 366 days/);
});

it('keeps the private key out of every card, link and log', async () => {
  const { waiting, setup } = await withCertificate('Key stays here');
  const said = JSON.stringify([waiting.card, setup.card]) + rig.logged.join('');

  expect(said).not.toContain('PRIVATE KEY');
});

it('hands out no certificate without its fingerprint', async () => {
  const { setup } = await withCertificate('Not guessed');
  const url = urlOn(setup.card, 'Download certificate');

  const guessed = await fetchOurs(url.replace(/[0-9A-F]{64}/, 'A'.repeat(64)));

  expect(guessed.status).toBe(404);
});

it('makes a connection in the name of a person where application permissions are switched off', async () => {
  const message = await begin();

  const pressed = await rig.teams.press(
    alex,
    message,
    'connection.save',
    fill('Delegated', { credential: 'secret', secret: 'x'.repeat(30), applicationPermissions: 'false' }),
  );

  expect(words(pressed)).toContain('Delegated is saved.');
  expect(words(pressed)).toContain('Delegated permissions');
});

/** A form as the page sends it. */
const send = async (
  url: string,
  fields: { code?: string; password?: string; file?: Buffer },
  more: RequestInit = {},
) => {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(fields.file ?? Buffer.alloc(0))]), 'own.pfx');
  form.set('password', fields.password ?? '');
  form.set('code', fields.code ?? '');
  const answer = await fetch(url.replace('https://quartermaster.example', rig.url), {
    method: 'POST',
    body: form,
    ...more,
  });
  return { status: answer.status, text: await answer.text() };
};

const linkOn = (card: Card | null) => ({
  url: urlOn(card, 'Open the upload page'),
  code: cardText(card!).match(/\b\d{3} \d{3}\b/)?.[0] ?? '',
});

/** Saved with a certificate that is still to come, and the link for it. */
const awaiting = async (name: string) => {
  const message = await begin();
  await rig.teams.press(alex, message, 'connection.save', fill(name, { credential: 'uploadedCertificate' }));
  const waiting = await rig.card(general, new RegExp(`${name}[\\s\\S]*Your certificate has to be uploaded`));
  const pressed = await rig.teams.press(alex, waiting, 'connection.upload', { connection: idOn(waiting) });
  return { waiting, ...linkOn(pressed.card) };
};

it('connects with a certificate of one’s own, which comes by a page and never by a card', async () => {
  const own = await ownCertificate();
  publisher().certificates.push(own.facts.pem);
  const { url, code } = await awaiting('Own certificate');

  const page = await (await fetchOurs(url)).text();
  const wrong = await send(url, { code, file: pfxFile(own, 'right one'), password: 'wrong one' });
  const sent = await send(url, { code, file: pfxFile(own, 'right one'), password: 'right one' });
  const again = await send(url, { code, file: pfxFile(own, 'right one'), password: 'right one' });

  expect(page).toContain('Upload a certificate for Own certificate');
  expect(page).toContain('Alex Wilber');
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('this password does not open it') });
  expect(sent.status).toBe(200);
  expect(sent.text).toContain(own.facts.thumbprint);
  expect(sent.text).toContain(own.facts.notAfter.slice(0, 10));
  expect(again.status).toBe(410);
  const connected = await rig.card(general, /Own certificate[\s\S]*✓ Connected/);
  expect(cardText(connected.card)).toContain('Certificate, uploaded');
  expect(cardText(connected.card).replaceAll(' ', '')).toContain(own.facts.thumbprint);
});

it('shows the connection again where the link stood, in a chat of two', async () => {
  // Somebody without a part in any team: nothing has to be asked about the place.
  alex = rig.teams.person('Lynne Robbins');
  general = rig.teams.personalChat(alex);
  await rig.teams.install(general, alex);
  const own = await ownCertificate();
  publisher().certificates.push(own.facts.pem);
  const { waiting, url, code } = await awaiting('In a chat of two');

  await send(url, { code, file: pemFile(own.facts.pem, own.privateKeyPem) });

  const connected = await rig.card(general, /In a chat of two[\s\S]*✓ Connected/);
  expect(connected.id).toBe(waiting.id);
});

it('shows how a certificate of one’s own gets into Entra where it is not there', async () => {
  const own = await ownCertificate();
  const { url, code } = await awaiting('Not in Entra');

  await send(url, { code, file: pemFile(own.facts.pem, own.privateKeyPem) });
  const waiting = await rig.card(general, /Not in Entra[\s\S]*has to be entered in Entra/);
  const setup = await rig.teams.press(alex, waiting, 'connection.setup', { connection: idOn(waiting) });
  const file = await fetchOurs(urlOn(setup.card, 'Download certificate'));

  const certificate = new X509Certificate(Buffer.from(await file.arrayBuffer()));
  expect(certificate.fingerprint256.replaceAll(':', '')).toBe(own.facts.sha256);
});

it('puts a certificate of one’s own in the place of a secret, without a gap', async () => {
  const connection = await rig.connect(alex, general, 'Rotated by upload');
  const own = await ownCertificate();
  const id = idOn(connection);
  const form = await rig.teams.press(alex, connection, 'connection.rotate', {
    connection: id,
    credential: 'uploadedCertificate',
  });
  const pressed = await rig.teams.press(alex, connection, 'connection.rotateNow', {
    connection: id,
    credential: 'uploadedCertificate',
  });
  const { url, code } = linkOn(pressed.card);

  const sent = await send(url, { code, file: pemFile(own.facts.pem, keyAs(own, 'pkcs8', 'word')), password: 'word' });
  const failed = await rig.card(general, /did not pass its test/);
  publisher().certificates.push(own.facts.pem);
  await rig.teams.press(alex, failed, 'connection.rotateTest', { connection: id });

  expect(words(form)).toContain('Upload certificate');
  expect(sent.text).toContain('The present credential stays in use');
  expect(cardText(failed.card)).toContain('✓ Connected');
  const switched = await rig.card(general, /In use since the test passed: Certificate, uploaded/);
  expect(cardText(switched.card).replaceAll(' ', '')).toContain(own.facts.thumbprint);
});

describe('a link for a certificate', () => {
  const file = async () => {
    const own = await ownCertificate();
    return pemFile(own.facts.pem, own.privateKeyPem);
  };

  it('is worth nothing without the code, and closes after five wrong ones', async () => {
    const { url, code } = await awaiting('Code');
    const bytes = await file();
    const wrong = code === '000 000' ? '111111' : '000000';

    const tries = await Promise.all([1, 2, 3, 4, 5].map(() => send(url, { code: wrong, file: bytes })));
    const late = await send(url, { code, file: bytes });

    expect(tries.map(({ status }) => status).filter((status) => status === 200)).toEqual([]);
    expect(tries.some(({ text }) => text.includes('The code does not fit this link.'))).toBe(true);
    expect(late.status).toBe(410);
  });

  it('is over when the connection was changed meanwhile', async () => {
    const { url, code, waiting } = await awaiting('Changed');
    const connection = idOn(waiting);
    await rig.teams.press(
      alex,
      waiting,
      'connection.save',
      fill('Changed twice', { connection: connection!, revision: '1' }),
    );

    const sent = await send(url, { code, file: await file() });

    expect(sent).toMatchObject({ status: 410, text: expect.stringContaining('not valid any more') });
  });

  it('is over when the person may not change connections any more', async () => {
    const megan = rig.teams.person('Megan Bowen');
    ({ general } = rig.teams.team('Two admins', [alex, megan]));
    await rig.teams.install(general, megan);
    await rig.teams.say(megan, general, `roles admin ${alex.name}`, { people: [alex] });
    const { url, code } = await awaiting('Role lost');
    await rig.teams.say(megan, general, `roles remove ${alex.name}`, { people: [alex] });
    await rig.card(general, `${alex.name} has no role`);

    const sent = await send(url, { code, file: await file() });

    expect(sent).toMatchObject({ status: 403, text: expect.stringContaining('You may not change this connection') });
  });

  it('is over when the person has left the team, whose role nobody took back', async () => {
    const { url, code } = await awaiting('Left');
    await rig.teams.leave(general, alex);

    const sent = await send(url, { code, file: await file() });

    expect(sent).toMatchObject({ status: 403, text: expect.stringContaining('You may not change this connection') });
  });

  it('takes nothing that is too large, empty, or from another page', async () => {
    const { url, code } = await awaiting('Sizes');

    const large = await send(url, { code, file: Buffer.alloc(300_000, 65) });
    const larger = await send(url, { code, file: Buffer.alloc(3_000_000, 65) });
    const none = await send(url, { code });
    const elsewhere = await send(url, { code, file: await file() }, { headers: { 'sec-fetch-site': 'cross-site' } });
    const noForm = await fetchOurs(url);

    expect(large).toMatchObject({ status: 400, text: expect.stringContaining('this file has more than 256') });
    expect(larger.text).toContain('this file has more than 256');
    expect(none.text).toContain('No file came with the form');
    expect(elsewhere.status).toBe(403);
    expect(noForm.status).toBe(200);
  });

  it.each(['GET', 'HEAD'])('is not used up by %s, and unknown ones say nothing', async (method) => {
    const { url } = await awaiting(`Looked at by ${method}`);
    const at = url.replace('https://quartermaster.example', rig.url);

    const looks = [await fetch(at, { method }), await fetch(at, { method })];
    const guessed = await fetch(`${at.slice(0, -1)}${at.endsWith('A') ? 'B' : 'A'}`, { method });

    expect(looks.map(({ status }) => status)).toEqual([200, 200]);
    expect(guessed.status).toBe(410);
  });

  it('is not given for a connection without a credential of its own', async () => {
    const { waiting } = await awaiting('For another place');
    const stranger = rig.teams.team('Elsewhere', [alex]).general;
    await rig.teams.install(stranger, alex);

    const pressed = await rig.teams.press(alex, { ...waiting, place: stranger } as FakeMessage, 'connection.upload', {
      connection: idOn(waiting),
    });

    expect(pressed.raw).not.toContain('/credential/');
  });
});
