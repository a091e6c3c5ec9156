import { personIds, tenantIds } from '../../demo/tenants.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import {
  Browser,
  codeOn,
  dataOf,
  hasVerb,
  pressOn,
  type ShownCard,
  servicePrincipalOf,
  shownBy,
  unfinishedConnection,
  urlOn,
} from '../fakes/consent-walk.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

let rig: ProductRig;
let alex: Person;
let megan: Person;
let adele: Person;
let general: FakePlace;
let megansChat: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  megan = rig.teams.person('Megan Bowen');
  adele = rig.teams.person('Adele Vance');
  megansChat = rig.teams.personalChat(megan);
  await rig.teams.install(megansChat, megan);
});

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, megan, adele]));
  await rig.teams.install(general, alex);
  await rig.teams.say(alex, general, 'roles approver Megan', { people: [megan] });
  await rig.card(general, 'Megan Bowen is now approver here.');
});

afterAll(() => rig.close());

/** Alex has asked; the card stands in the channel. */
async function asked(fields: Record<string, string> = {}) {
  const made = await unfinishedConnection(rig, alex, general, { name: `Fabrikam ${Math.random()}` });
  const form = shownBy(await pressOn(rig, alex, made.message, made.message.card, 'consent.form'));
  await pressOn(rig, alex, made.message, form, 'consent.ask', {
    approver: 'all',
    capabilities: '',
    message: '',
    ...fields,
  });
  return { ...made, base: await rig.card(general, `Consent for ${made.name}`) };
}

/** What a person's own client shows in place of a message. */
async function viewOf(person: Person, message: ShownCard) {
  const refresh = message.card.refresh?.action as unknown as { verb: string; data: Record<string, unknown> };
  return shownBy(await rig.teams.press(person, message, refresh.verb, refresh.data, { trigger: 'automatic' }));
}

/** Megan has pressed Review and grant. */
async function reviewed(base: ShownCard) {
  const view = await viewOf(megan, base);
  const review = shownBy(await pressOn(rig, megan, base, view, 'consent.review'));
  return { url: urlOn(review, '/consent/go/'), code: codeOn(review), review };
}

/** With the code, on Microsoft's page, and back. */
async function grantedBy(base: ShownCard, decision: 'accept' | 'cancel' | 'request' = 'accept') {
  const { url, code } = await reviewed(base);
  const browser = new Browser(rig);
  const entered = await browser.open(url, { code });
  const { location } = await browser.atMicrosoft(entered.location ?? '', decision);
  return { browser, callback: location ?? '', page: await browser.open(location ?? '') };
}

it('asks, reviews, grants and connects: every card says so and the person who asked is told', async () => {
  const { base, name } = await asked({ message: 'For the release on Friday' });
  expect(cardText(base.card)).toContain('For the release on Friday');
  expect(cardFaults(base.card)).toEqual([]);
  expect(base.card.refresh?.userIds).toEqual([alex.teamsId, megan.teamsId]);
  const inChat = await rig.card(megansChat, `Consent for ${name}`);

  const { page } = await grantedBy(base);

  expect(page.text).toContain('Microsoft says it is granted');
  await rig.card(general, new RegExp(`Consent for ${name}[\\s\\S]*Granted by Megan Bowen and verified`));
  const copy = await rig.card(
    megansChat,
    new RegExp(`Consent for ${name}[\\s\\S]*Granted by Megan Bowen and verified`),
  );
  expect(copy.id).toBe(inChat.id);
  expect(copy.card.refresh).toBeUndefined();
  const told = await rig.text(general, `${name} is connected: Megan Bowen granted the consent.`);
  expect(told.mentions).toEqual([alex.teamsId]);
  const connected = await rig.card(
    general,
    new RegExp(`${name}[\\s\\S]*✓ Connected[\\s\\S]*Connected by\\s+Megan Bowen`),
  );
  expect(cardText(connected.card)).toContain('Publish apps');
});

it('shows the approver what to decide with, the person who asked what to do meanwhile, and everybody else the facts', async () => {
  const { base } = await asked();

  const [hers, his, other] = [await viewOf(megan, base), await viewOf(alex, base), await viewOf(adele, base)];

  for (const verb of ['consent.review', 'consent.denyForm', 'consent.questionForm', 'consent.someoneElse'])
    expect(hasVerb(hers, verb)).toBe(true);
  expect(hasVerb(his, 'consent.review')).toBe(false);
  expect(hasVerb(his, 'consent.withdraw')).toBe(true);
  expect(hasVerb(other, 'consent.review')).toBe(false);
  for (const card of [hers, his, other]) {
    expect(cardFaults(card)).toEqual([]);
    expect(cardText(card)).toContain('add, change, assign and delete Intune apps');
    expect(cardText(card)).toContain(tenantIds.fabrikam);
  }
});

it('refreshes without sending or changing anything', async () => {
  const { base } = await asked();
  await waitFor(() => rig.teams.messages(megansChat).at(-1));
  const before = rig.teams.messages(general).length + base.updates;

  await viewOf(megan, base);
  await viewOf(alex, base);

  expect(rig.teams.messages(general).length + base.updates).toBe(before);
});

it('lets nobody decide on a request of their own, and nobody without the role', async () => {
  const { base } = await asked();

  const { request } = dataOf(base.card, 'consent.view');
  const byAlex = await rig.teams.press(alex, base, 'consent.review', { request });
  const byAdele = await rig.teams.press(adele, base, 'consent.deny', { request, reason: 'no' });

  expect(byAlex.text).toContain('somebody else decides');
  expect(byAdele.text).toContain('needs the approver role');
});

it('denies with a reason that the person who asked reads', async () => {
  const { base, name } = await asked();
  const view = await viewOf(megan, base);
  const form = shownBy(await pressOn(rig, megan, base, view, 'consent.denyForm'));

  const empty = shownBy(await pressOn(rig, megan, base, form, 'consent.deny', { reason: '  ' }));
  const denied = shownBy(
    await pressOn(rig, megan, base, form, 'consent.deny', { reason: 'Use the test tenant first' }),
  );

  expect(cardText(empty)).toContain('Say why');
  expect(cardText(denied)).toContain('Denied by Megan Bowen');
  await rig.card(general, new RegExp(`Consent for ${name}[\\s\\S]*Use the test tenant first`));
  const told = await rig.text(general, `Megan Bowen denied the consent for ${name}: Use the test tenant first`);
  expect(told.mentions).toEqual([alex.teamsId]);
  const connection = await rig.card(general, new RegExp(`${name}[\\s\\S]*Request consent`));
  expect(cardText(connection.card)).toContain('Not finished');
});

it('grants nothing for the link alone: the code from Teams is needed, five tries are all', async () => {
  const { base, name } = await asked();
  const { url, code } = await reviewed(base);
  const wrong = code === '000 000' ? '111111' : '000000';
  const stranger = new Browser(rig);

  const page = await stranger.open(url);
  const tries = [];
  for (let count = 0; count < 5; count += 1) tries.push(await stranger.open(url, { code: wrong }));
  const late = await stranger.open(url, { code });

  expect(page.text).toContain('Alex Wilber');
  expect(page.text).toContain(name);
  expect(page.text).toContain(tenantIds.fabrikam);
  expect(page.answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.answer.headers.get('content-security-policy')).not.toContain('script');
  expect(tries.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  expect(tries.at(-1)?.text).toContain('last try');
  expect(late.status).toBe(410);
  expect(late.location).toBeNull();
});

it('says what a return without a grant may mean, and finds the grant when it is made in Entra', async () => {
  const { base, name, app } = await asked();

  const { page } = await grantedBy(base, 'cancel');
  const waiting = await rig.card(
    general,
    new RegExp(`Consent for ${name}[\\s\\S]*Microsoft’s page was left without a grant`),
  );
  const view = await viewOf(megan, waiting);
  servicePrincipalOf(rig, app).grants.push({
    role: 'DeviceManagementApps.ReadWrite.All',
    assignmentId: 'a',
    createdAt: 0,
  });
  await pressOn(rig, megan, waiting, view, 'consent.check');

  expect(page.text).toContain('Not granted yet');
  const granted = await rig.card(general, new RegExp(`Consent for ${name}[\\s\\S]*Granted at Microsoft and verified`));
  expect(cardText(granted.card)).toContain('Exactly what was listed has been granted.');
});

it('sends somebody who may not grant to Entra’s own reviewers, and says that only they know', async () => {
  const { base, name } = await asked();
  const { url, code } = await reviewed(base);
  const browser = new Browser(rig);
  const { location } = await browser.open(url, { code });

  const returned = await browser.atMicrosoft(location ?? '', 'request', personIds.alex);
  await browser.open(returned.location ?? '');

  const shown = await rig.card(general, new RegExp(`Consent for ${name}[\\s\\S]*Only they and that e-mail know`));
  expect(cardFaults(shown.card)).toEqual([]);
});
