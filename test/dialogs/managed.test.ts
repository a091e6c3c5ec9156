import { randomUUID } from 'node:crypto';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { type AppRegistration, personIds, tenantIds } from '../../demo/tenants.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { type FakePlace, FakeTeams, type Person } from '../fakes/connector.ts';
import {
  Browser,
  codeOn,
  dataOf,
  hasVerb,
  pressOn,
  type ShownCard,
  servicePrincipalOf,
  shownBy,
  urlOn,
} from '../fakes/consent-walk.ts';
import { createFastClock } from '../fakes/fast-clock.ts';
import { ProductRig, redirectUris } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

let teams: FakeTeams;
let cloud: LocalCloud;
let rig: ProductRig;
let app: AppRegistration;
let inPersonsName: AppRegistration;
let alex: Person;
let megan: Person;
let general: FakePlace;

beforeAll(async () => {
  teams = await FakeTeams.start({ homeTenantId: tenantIds.contoso, clock: createFastClock() });
  cloud = await startLocalCloud({ storage: 'memory', pace: 'instant', redirectUris });
  const model = cloud.tenants.registrations[0];
  if (model === undefined) throw new Error('The local cloud has no app');
  const secret = `m8Q~${randomUUID()}`;
  app = {
    ...model,
    appId: randomUUID(),
    displayName: 'Quartermaster',
    multiTenant: true,
    requestedRoles: ['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All'],
    secrets: [{ keyId: randomUUID(), displayName: 'Operator', value: secret, endsAt: Date.now() + 1e10 }],
  };
  cloud.tenants.registrations.push(app);
  inPersonsName = {
    ...app,
    appId: randomUUID(),
    displayName: 'Quartermaster in your name',
    requestedRoles: [],
    requestedScopes: ['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All'],
  };
  cloud.tenants.registrations.push(inPersonsName);
  alex = teams.person('Alex Wilber');
  megan = teams.person('Megan Bowen');
  rig = await ProductRig.start({
    teams,
    cloud,
    config: {
      administrators: [{ homeTenantId: tenantIds.contoso, objectId: alex.objectId }],
      managedApps: [
        {
          id: 'quartermaster',
          name: 'Quartermaster’s app',
          clientId: app.appId,
          cloud: 'custom',
          permissions: 'application',
          capabilities: ['seeGroupNames'],
          credential: { kind: 'secret', secret },
        },
        {
          id: 'in-your-name',
          name: 'Quartermaster in your name',
          clientId: inPersonsName.appId,
          cloud: 'custom',
          permissions: 'delegated',
          capabilities: ['seeGroupNames'],
          credential: { kind: 'secret', secret },
        },
      ],
    },
  });
});

beforeEach(async () => {
  ({ general } = teams.team('Mobile', [alex, megan]));
  await teams.install(general, alex);
  await teams.say(alex, general, 'roles admin Megan', { people: [megan] });
  await rig.card(general, 'Megan Bowen is now admin here.');
  app.tellsDirectoryRoles = true;
});

afterAll(async () => {
  await rig.close();
  await teams.close();
  await cloud.stop();
});

/** The tenant agreed to the app once, for whomever. */
function consentedIn(tenantId: string): void {
  const tenant = cloud.tenants.tenants.find(({ id }) => id === tenantId);
  const known = tenant?.servicePrincipals.find(({ appId }) => appId === app.appId);
  if (tenant === undefined || known !== undefined) return;
  const model = tenant.servicePrincipals[0];
  if (model === undefined) throw new Error('The tenant has no app');
  const grants = app.requestedRoles.map((role) => ({ role, assignmentId: randomUUID(), createdAt: 0 }));
  tenant.servicePrincipals.push({ ...model, id: randomUUID(), appId: app.appId, enabled: true, grants });
}

async function connected(tenant: string, { person = alex, app: id = 'quartermaster' } = {}) {
  const name = `Managed ${Math.random().toString(36).slice(2, 8)}`;
  await teams.say(person, general, 'connect');
  const choice = await rig.card(general, 'Use Quartermaster’s app');
  const form = shownBy(await pressOn(rig, person, choice, choice.card, 'managed.form', { app: id }));
  await pressOn(rig, person, choice, form, 'managed.save', { name, tenant });
  return { name, card: (words: string) => rig.card(general, new RegExp(`^${name}[\\s\\S]*${words}`)), form };
}

/** The person whom Microsoft knows goes the whole way. */
async function proven(made: { card(words: string): Promise<ShownCard> }, personId: string, browser = new Browser(rig)) {
  const unproven = await made.card('has to stand up for it');
  const prove = shownBy(await pressOn(rig, alex, unproven, unproven.card, 'managed.prove'));
  const started = await browser.open(urlOn(prove, '/signin/start/'), { code: codeOn(prove) });
  const { location, text } = await browser.atMicrosoft(started.location ?? '', 'continue', personId);
  return {
    prove,
    callback: location,
    atMicrosoft: text,
    page: location === null ? null : await browser.open(location),
  };
}

it('gets nothing for a tenant’s id alone, although the tenant agreed to the app for somebody else', async () => {
  consentedIn(tenantIds.fabrikam);
  const before = cloud.state.requests('login').length;

  const made = await connected(tenantIds.fabrikam);

  const shown = await made.card('Somebody who administers the tenant has to stand up for it');
  expect(cardFaults(made.form)).toEqual([]);
  expect(hasVerb(shown.card, 'consent.form')).toBe(false);
  expect(cloud.state.requests('login')).toHaveLength(before);
});

it('works once somebody who administers the tenant has signed in', async () => {
  consentedIn(tenantIds.fabrikam);
  const made = await connected('fabrikam.example');

  const { page, prove } = await proven(made, personIds.megan);

  expect(cardFaults(prove)).toEqual([]);
  expect(page?.text).toContain('The tenant is proven');
  const shown = await made.card('✓ Connected');
  expect(cardText(shown.card)).toContain(tenantIds.fabrikam);
});

it('takes no account of the tenant that administers nothing', async () => {
  consentedIn(tenantIds.contoso);
  const made = await connected(tenantIds.contoso);

  const { page } = await proven(made, personIds.adele);

  expect(page?.text).toContain('That account is no administrator');
  await made.card('has to stand up for it');
});

it('takes no account of another tenant', async () => {
  consentedIn(tenantIds.fabrikam);
  const made = await connected(tenantIds.fabrikam);

  const { callback, atMicrosoft } = await proven(made, personIds.adele);

  expect(callback).toBeNull();
  expect(atMicrosoft).toContain('AADSTS50020');
  await made.card('has to stand up for it');
});

it('refuses a token that does not say what its person is, and tells the operator which setting delivers it', async () => {
  consentedIn(tenantIds.fabrikam);
  const made = await connected(tenantIds.fabrikam);
  app.tellsDirectoryRoles = false;

  const { page } = await proven(made, personIds.megan);

  expect(page?.text).toContain('groupMembershipClaims');
  expect(rig.logged.filter((line) => line.includes('"level":40')).join()).toContain('groupMembershipClaims');
  await made.card('has to stand up for it');
});

it('gets nothing by a forged answer, by another browser, or by a link whose code is not known', async () => {
  consentedIn(tenantIds.fabrikam);
  const made = await connected(tenantIds.fabrikam);
  const unproven = await made.card('has to stand up for it');
  const prove = shownBy(await pressOn(rig, alex, unproven, unproven.card, 'managed.prove'));
  const browser = new Browser(rig);
  const code = codeOn(prove);

  const forwarded = await new Browser(rig).open(urlOn(prove, '/signin/start/'), {
    code: code === '000 000' ? '111 111' : '000 000',
  });
  const started = await browser.open(urlOn(prove, '/signin/start/'), { code });
  const forged = await browser.open(`/signin/callback?state=${'a'.repeat(43)}&code=x`);
  const { location } = await browser.atMicrosoft(started.location ?? '', 'continue', personIds.megan);
  const elsewhere = await new Browser(rig).open(location ?? '');

  expect(forwarded.status).toBe(400);
  expect(forwarded.location).toBeNull();
  expect(forged.status).toBe(404);
  expect(elsewhere.status).toBe(403);
  await made.card('has to stand up for it');
});

it('lets a named administrator vouch for the tenant of the conversation, and for no other', async () => {
  consentedIn(tenantIds.contoso);
  consentedIn(tenantIds.fabrikam);
  const [home, foreign] = [await connected(tenantIds.contoso), await connected(tenantIds.fabrikam)];
  const [atHome, abroad] = [await home.card('stand up for it'), await foreign.card('stand up for it')];
  const prove = shownBy(await pressOn(rig, alex, atHome, atHome.card, 'managed.prove'));
  const proveAbroad = shownBy(await pressOn(rig, alex, abroad, abroad.card, 'managed.prove'));

  const byMegan = await teams.press(megan, atHome, 'managed.vouch', dataOf(prove, 'managed.vouch'));
  const forForeign = await teams.press(alex, abroad, 'managed.vouch', dataOf(abroad.card, 'managed.prove'));
  await pressOn(rig, alex, atHome, prove, 'managed.vouch');

  expect(hasVerb(proveAbroad, 'managed.vouch')).toBe(false);
  expect(byMegan.text).toContain('Only an administrator whom the operator named');
  expect(forForeign.text).toContain('Only an administrator whom the operator named');
  await home.card('✓ Connected');
  await foreign.card('has to stand up for it');
});

it('leaves the credential to the operator when Microsoft refuses it', async () => {
  consentedIn(tenantIds.contoso);
  const made = await connected(tenantIds.contoso);
  await proven(made, personIds.megan);
  const working = await made.card('✓ Connected');
  const [secret] = app.secrets;
  const good = secret!.endsAt;
  secret!.endsAt = Date.now() - 1000;

  await teams.press(alex, working, 'connection.test', dataOf(working.card, 'connection.test'));

  const failed = await made.card('The operator’s app cannot sign in');
  secret!.endsAt = good;
  expect(cardText(failed.card)).toContain('The operator of this bot can fix this.');
  expect(cardText(failed.card)).toContain('AADSTS7000222');
  expect(cardText(failed.card)).not.toMatch(/Enter a new credential|Certificates & secrets/);
});

it('is not led anywhere by the form for own apps, and would need another proof', async () => {
  consentedIn(tenantIds.contoso);
  consentedIn(tenantIds.fabrikam);
  const made = await connected(tenantIds.contoso);
  await proven(made, personIds.megan);
  const working = await made.card('✓ Connected');
  const { connection } = dataOf(working.card, 'connection.test');
  const id = String(connection);
  const stored = (await rig.service.parts.connections.get(id))!;
  const values = { name: made.name, cloud: 'custom', tenant: tenantIds.fabrikam, clientId: app.appId };
  const { workspaceId, revision } = stored;

  const edit = await teams.press(alex, working, 'connection.edit', { connection });
  const save = await teams.press(alex, working, 'connection.save', { ...values, connection, revision, secret: '' });
  const unchanged = await rig.service.parts.connections.get(id);
  await rig.service.parts.connections.update({
    ...{ workspaceId, id, revision, values, credential: null },
    by: { objectId: alex.objectId, name: alex.name },
  });

  for (const { raw } of [edit, save]) expect(raw).toContain('there are no values of your own to change');
  expect(unchanged).toMatchObject({ tenantId: tenantIds.contoso, revision });
  await waitFor(async () => (await rig.service.parts.connections.get(id))?.statusReason === 'proofNeeded');
});

it('asks for consent with the operator’s list where the tenant has not agreed yet', async () => {
  const tenant = cloud.tenants.tenants.find(({ id }) => id === tenantIds.fabrikam);
  if (tenant === undefined) throw new Error('There is no Fabrikam');
  tenant.servicePrincipals = tenant.servicePrincipals.filter(({ appId }) => appId !== app.appId);
  const made = await connected(tenantIds.fabrikam);
  await proven(made, personIds.megan);
  // The sign-in made the enterprise application; it was granted nothing.
  const unfinished = await made.card('Request consent');
  const form = shownBy(await pressOn(rig, alex, unfinished, unfinished.card, 'consent.form'));
  await pressOn(rig, alex, unfinished, form, 'consent.ask', { approver: 'all', capabilities: '', message: '' });
  const request = await rig.card(general, `Consent for ${made.name}`);
  const review = shownBy(await teams.press(megan, request, 'consent.review', dataOf(request.card, 'consent.view')));
  const browser = new Browser(rig);

  const page = await browser.open(urlOn(review, '/consent/go/'));
  const entered = await browser.open(urlOn(review, '/consent/go/'), { code: codeOn(review) });
  const { location } = await browser.atMicrosoft(entered.location ?? '', 'accept');
  await browser.open(location ?? '');

  expect(cardText(request.card)).toContain('GroupMember.Read.All');
  expect(page.text).toContain(`Quartermaster’s app (${app.appId})`);
  expect(cardText(review)).not.toContain('AADSTS50011');
  await made.card('✓ Connected[\\s\\S]*Megan Bowen');
  expect(servicePrincipalOf(rig, app).grants).toHaveLength(2);
});

describe('an app that works in a person’s name', () => {
  const inName = (tenant: string) => connected(tenant, { app: 'in-your-name' });
  const signIn = async (made: { card(words: string): Promise<ShownCard> }, personId: string, capabilities: string) => {
    const waiting = await made.card('Somebody has to sign in once');
    const ask = shownBy(await pressOn(rig, alex, waiting, waiting.card, 'signin.ask'));
    const fields = { capabilities, forWorkspace: 'false' };
    const link = shownBy(await pressOn(rig, alex, waiting, ask, 'signin.link', fields));
    const browser = new Browser(rig);
    const code = /\d{3} \d{3}/.exec(cardText(link))?.[0] ?? '';
    const started = await browser.open(urlOn(link, '/signin/start/'), { code });
    const { location } = await browser.atMicrosoft(started.location ?? '', 'continue', personId);
    return { ask, started, page: location === null ? null : await browser.open(location) };
  };

  it('asks for the proof of the tenant first, then for the person, and works in that name', async () => {
    const made = await inName(tenantIds.fabrikam);
    const unproven = await made.card('has to stand up for it');
    const { connection } = dataOf(unproven.card, 'managed.prove');
    const offersSignIn = hasVerb(unproven.card, 'signin.ask');
    const early = await teams.press(alex, unproven, 'signin.link', { connection, capabilities: 'publishApps' });
    await proven(made, personIds.megan);

    const { ask, started, page } = await signIn(made, personIds.megan, 'publishApps,seeGroupNames,listDevices');

    expect(offersSignIn).toBe(false);
    expect(early.text).toContain('stands up for it');
    expect(cardText(ask)).not.toContain('Redirect URI');
    expect(cardText(ask)).not.toContain('Use application permissions');
    const scope = new URL(started.location ?? '').searchParams.get('scope');
    expect(scope).toContain('GroupMember.Read.All');
    expect(scope).not.toContain('DeviceManagementManagedDevices');
    expect(page?.text).toContain('is being tested now');
    const shown = await made.card('✓ Connected');
    expect(cardText(shown.card)).toContain('Delegated permissions');
  });
});
