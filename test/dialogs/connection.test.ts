import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

// A team for each test: cards that move in one conversation slow each other down, as they must in Teams.
beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
});

afterAll(() => rig.close());

const values = (change: Record<string, string> = {}) => {
  const { tenantId, clientId, secret } = rig.registration();
  return {
    name: `Connection ${Math.random()}`,
    cloud: 'custom',
    tenant: tenantId,
    authUrl: '',
    clientId,
    secret,
    ...change,
  };
};

const idOn = ({ card }: { card: unknown }) => JSON.stringify(card).match(/"connection":"([0-9a-f-]{36})"/)?.[1];

const form = async () => {
  await rig.teams.say(alex, general, 'connect');
  return rig.card(general, 'Step 1 of 2');
};

it('connects: saved at once, tested behind it, the same card changes', async () => {
  const message = await form();

  const pressed = await rig.teams.press(alex, message, 'connection.save', values({ name: 'Contoso production' }));

  expect(pressed.card && cardText(pressed.card)).toContain('Contoso production is saved.');
  const connected = await rig.card(general, '✓ Connected');
  expect(connected.id).toBe(message.id);
  expect(cardText(connected.card)).toContain('Publish apps');
  expect(cardFaults(connected.card)).toEqual([]);
});

it('takes an Auth URL instead of the tenant id', async () => {
  const message = await form();
  const { tenantId } = rig.registration();

  await rig.teams.press(
    alex,
    message,
    'connection.save',
    values({ name: 'By URL', tenant: '', authUrl: `${rig.cloud.loginUrl}/${tenantId}/oauth2/v2.0/token` }),
  );

  const connected = await rig.card(general, /By URL[\s\S]*✓ Connected/);
  expect(cardText(connected.card)).toContain(tenantId);
});

it('stores a domain as the tenant’s GUID', async () => {
  const message = await form();

  await rig.teams.press(alex, message, 'connection.save', values({ name: 'By domain', tenant: 'contoso.example' }));

  const connected = await rig.card(general, /By domain[\s\S]*✓ Connected/);
  expect(cardText(connected.card)).toContain(rig.registration().tenantId);
});

it.each([
  ['an empty name', { name: '' }, 'Give the connection a name'],
  ['no tenant at all', { tenant: '' }, 'Enter the Directory (tenant) ID'],
  ['a client id that is a name', { clientId: 'My publisher' }, 'looks like a name'],
  [
    'a URL that is no Microsoft login host',
    { tenant: '', authUrl: 'https://login.evil.example/x/oauth2/v2.0/token' },
    'One field needs a change',
  ],
  [
    'a contradiction',
    { authUrl: 'https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token' },
    'change',
  ],
  ['an empty secret', { secret: '' }, 'Enter the client secret'],
])('answers %s on the same card, with what was typed', async (_what, change, expected) => {
  const message = await form();
  const before = message.updates;

  const pressed = await rig.teams.press(alex, message, 'connection.save', values({ name: 'Kept name', ...change }));

  const words = pressed.card === null ? '' : cardText(pressed.card);
  expect(words).toContain(expected);
  if (!('name' in change)) expect(words).toContain('Kept name');
  expect(words).not.toContain(rig.registration().secret);
  expect(message.updates).toBe(before);
});

it('tells the secret’s id from its value before anything is sent to Microsoft', async () => {
  const message = await form();
  const requests = rig.cloud.state.requests().length;

  const pressed = await rig.teams.press(
    alex,
    message,
    'connection.save',
    values({ secret: rig.registration().secretId }),
  );

  expect(pressed.card && cardText(pressed.card)).toContain('Entra shows the value only once');
  expect(rig.cloud.state.requests()).toHaveLength(requests);
});

it.each([
  ['a tenant that does not exist', () => ({ tenant: '99999999-9999-4999-8999-999999999999' }), /tenant/i],
  ['an app that is not in the tenant', () => ({ clientId: '99999999-9999-4999-8999-999999999999' }), /app/i],
  ['a wrong secret', () => ({ secret: 'wrong~but-long-enough-to-be-one' }), /secret/i],
  [
    'an expired secret',
    () => ({ secret: rig.registration().secrets.find((entry) => entry.endsAt < Date.now())?.value ?? '' }),
    /expired/i,
  ],
])('explains %s, with who can fix it and a button that does', async (_what, change, expected) => {
  const message = await form();
  const name = `Broken ${Math.random()}`;

  await rig.teams.press(alex, message, 'connection.save', values({ name, ...change() }));

  const failed = await rig.card(general, new RegExp(`${name}[\\s\\S]*! Error`));
  const words = cardText(failed.card);
  expect(words).toMatch(expected);
  expect(words).toMatch(/can fix this|Nobody has to act/);
  expect(words).toContain('it-help@contoso.example');
  expect(words).toContain('AADSTS');
  expect(JSON.stringify(failed.card)).toContain('"title":"Fix');
  expect(cardFaults(failed.card)).toEqual([]);
});

it.each([
  [
    'not consented',
    'Not finished',
    (entry: { homeTenantId: string }) => entry.homeTenantId === '8d1f4b62-2a7c-4f3b-9d55-31c7e0a4b920',
  ],
  [
    'without Intune',
    '! Error',
    (entry: { homeTenantId: string }) => entry.homeTenantId === 'b3e7c1d4-95a8-4c06-8e2a-6f4d90b7c530',
  ],
])('tells a tenant %s apart', async (_what, expected, wanted) => {
  const registration = rig.cloud.tenants.registrations.find(wanted);
  const message = await form();
  const name = `Tenant ${Math.random()}`;

  await rig.teams.press(
    alex,
    message,
    'connection.save',
    values({
      name,
      tenant: registration?.homeTenantId ?? '',
      clientId: registration?.appId ?? '',
      secret: registration?.secrets[0]?.value ?? '',
    }),
  );

  await rig.card(general, new RegExp(`${name}[\\s\\S]*${expected}`));
});

it('shows an error, and connects when asked again', async () => {
  const message = await form();
  rig.cloud.faults.set('noIntune');
  await rig.teams.press(alex, message, 'connection.save', values());
  const failed = await rig.card(general, '! Error');
  rig.cloud.faults.clear('noIntune');

  await rig.teams.press(alex, failed, 'connection.test', { connection: idOn(failed) });

  await rig.card(general, '✓ Connected');
});

it('refuses a name that is taken, whatever its case', async () => {
  await rig.connect(alex, general, 'Contoso production');
  const message = await form();

  const pressed = await rig.teams.press(alex, message, 'connection.save', values({ name: 'CONTOSO production' }));

  expect(pressed.card && cardText(pressed.card)).toContain('already has this name');
});

it('points out the same tenant and app twice', async () => {
  await rig.connect(alex, general, 'Contoso production');
  const message = await form();

  const pressed = await rig.teams.press(alex, message, 'connection.save', values({ name: 'Twin' }));

  expect(pressed.card && cardText(pressed.card)).toContain('also connected as');
});

it('lets a viewer look but not connect, and tells who can', async () => {
  const answered = await rig.teams.say(adele, general, 'connect');
  expect(answered.status).toBe(200);
  await rig.text(
    general,
    'this needs the admin role, or an own role with “Connect tenants and look after connections”. Admins: Alex Wilber',
  );

  const message = await form();
  const pressed = await rig.teams.press(adele, message, 'connection.save', values());

  expect(pressed.text).toContain('you may look here');
});

it('saves an update only over what the person saw', async () => {
  const shown = await rig.connect(alex, general, 'Contoso production');
  const id = idOn(shown);
  const edit = await rig.teams.press(alex, shown, 'connection.edit', { connection: id });
  const revision = Number(JSON.stringify(edit.card).match(/"revision":(\d+)/)?.[1]);
  const change = { connection: id, revision, ...values({ name: 'Contoso production', secret: '' }) };

  const first = await rig.teams.press(alex, shown, 'connection.save', change);
  const second = await rig.teams.press(alex, shown, 'connection.save', change);

  expect(first.card && cardText(first.card)).toContain('is saved.');
  expect(second.card && cardText(second.card)).toContain('changed this connection meanwhile');
});

it('knows no connection of another team', async () => {
  const id = idOn(await rig.connect(alex, general));
  const { general: elsewhere } = rig.teams.team('Elsewhere', [alex]);
  await rig.teams.install(elsewhere, alex);
  const welcome = await rig.card(elsewhere, 'Quartermaster');

  for (const verb of ['connection.show', 'connection.test', 'connection.edit', 'permissions.show']) {
    const pressed = await rig.teams.press(alex, welcome, verb, { connection: id });
    expect(pressed.text).toContain('not known here');
  }
});

it('puts no secret on a card or in the log', async () => {
  await rig.connect(alex, general);
  const { secret } = rig.registration();
  const said = JSON.stringify(
    rig.teams.messages(general).map(({ card, text, activity }) => ({ card, text, activity })),
  );

  expect(said).not.toContain(secret);
  expect(rig.logged.join('')).not.toContain(secret);
});
