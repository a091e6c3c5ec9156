import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { type CloudState, Demo } from './demo.ts';
import { type AnotherPerson, openBrowser, Playground, type Press, type SentCard } from './playground.ts';

const general = '19:mobile-general@thread.tacv2';
const hers = 'Megan’s own view, drawn by the Playground’s renderer';
const pictures = new URL('../../docs/pictures/', import.meta.url).pathname;

let folder: string;
let demo: Demo;
let browser: Browser;
let chat: Playground;
let state: CloudState;
let megan: AnotherPerson;
let adele: AnotherPerson;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-e2e-'));
  demo = await Demo.start(folder);
  browser = await openBrowser();
  chat = await Playground.open(browser, demo.playgroundUrl);
  state = await demo.state();
  [megan, adele] = await Promise.all([chat.person('Megan Bowen'), chat.person('Adele Vance')]);
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(tenantName: string, name: string): Promise<Locator> {
  const tenant = state.tenants.find(({ displayName }) => displayName === tenantName);
  const app = state.credentials.find((entry) => entry.tenantId === tenant?.id && /publisher$/.test(entry.displayName));
  await chat.say('connect');
  const choice = await chat.card('Step 1 of 2');
  await choice.getByRole('radio', { name: /^Client secret:/ }).check();
  await chat.press(choice, 'Continue');
  const form = await chat.card('Setting name');
  await chat.fill(form, {
    'Setting name': name,
    'Directory (tenant) ID': app?.tenantId ?? '',
    'Application (client) ID': app?.clientId ?? '',
    'Client secret': app?.secrets[0]?.value ?? '',
  });
  await chat.press(form, 'Connect');
  return chat.card(new RegExp(`^${name}[\\s\\S]*(✓ Connected|Request consent)`));
}

async function ask(message: string): Promise<SentCard> {
  await chat.press(await chat.card('Request consent'), 'Request consent');
  const form = await chat.card('Send request');
  await form.getByText('See group names').click();
  await chat.fill(form, { 'A word to them': message });
  await chat.press(form, 'Send request');
  return chat.sentCard(message);
}

/** What a button of a card sends, with what was typed. */
function pressOf(card: unknown, verb: string, fields: Record<string, unknown> = {}): Press {
  const found = everyNode(card).find((node) => node.type === 'Action.Execute' && node.verb === verb);
  if (found === undefined) throw new Error(`The card has no ${verb}`);
  return { verb, data: { ...(found.data as object), ...fields } };
}

function everyNode(value: unknown): Record<string, unknown>[] {
  if (value === null || typeof value !== 'object') return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(everyNode)];
}

const viewOf = (person: AnotherPerson, message: SentCard) =>
  chat.pressAs(person, message, pressOf(message.card, 'consent.view'), 'automatic');

it('asks an approver to agree, with everything there is to decide by', async () => {
  await chat.openChannel('General', general);
  await chat.sayMentioning('roles approver', megan);
  await connect('Fabrikam', 'Fabrikam production');

  const request = await ask('For the release on Friday');

  const shown = await chat.card('For the release on Friday');
  await chat.picture(shown, 'consent-request');
  const view = await viewOf(megan, request);
  await chat.pictureOfView(view, hers, 'consent-approver');
  expect(await shown.getByRole('button').allInnerTexts()).toEqual(['Review']);
  for (const verb of ['consent.review', 'consent.questionForm', 'consent.someoneElse', 'consent.denyForm'])
    expect(pressOf(view, verb).data).toMatchObject(pressOf(request.card, 'consent.view').data);
  const stranger = await viewOf(adele, request);
  expect(() => pressOf(stranger, 'consent.review')).toThrow('no consent.review');
});

it('tells whoever asked of a denial, with its reason', async () => {
  const request = await chat.sentCard('For the release on Friday');
  const form = await chat.pressAs(megan, request, pressOf(await viewOf(megan, request), 'consent.denyForm'));
  const reason = 'Try it in the test tenant first, please.';

  await chat.pressAs(megan, request, pressOf(form, 'consent.deny', { reason }));

  const denied = await chat.card('Denied by Megan Bowen');
  await chat.page.getByText(`Megan Bowen denied the consent for Fabrikam production: ${reason}`).waitFor();
  await chat.picture(denied, 'consent-denied');
});

it('grants by a link, a code and Microsoft’s page, and every card says so by itself', async () => {
  const request = await ask('The test tenant is done');
  const view = await viewOf(megan, request);
  const review = await chat.pressAs(megan, request, pressOf(view, 'consent.review'));
  await chat.pictureOfView(review, hers, 'consent-link');
  const words = JSON.stringify(review);
  const url = /"url":"([^"]+\/consent\/go\/[^"]+)"/.exec(words)?.[1] ?? '';
  const code = /Your code: (\d{3} \d{3})/.exec(words)?.[1] ?? '';
  // The local cloud's certificate is its own.
  const herBrowser = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 760, height: 1000 } });
  const page = await herBrowser.newPage();
  await page.goto(url);
  await page.getByLabel('Code').fill(code);
  await page.screenshot({ path: `${pictures}consent-page.png`, fullPage: true });

  await page.getByRole('button', { name: 'Continue to Microsoft' }).click();
  await page.getByRole('button', { name: 'Accept' }).click();

  await page.getByText('Microsoft says it is granted').waitFor();
  await herBrowser.close();
  const waiting = await chat.card('Granted by Megan Bowen, waiting for Microsoft to pass it on');
  await chat.picture(waiting, 'consent-waiting');
  const granted = await chat.card('Granted by Megan Bowen and verified', 40_000);
  await chat.page.getByText('Fabrikam production is connected: Megan Bowen granted the consent.').first().waitFor();
  await chat.picture(granted, 'consent-granted');
  const connected = await chat.card(/^Fabrikam production[\s\S]*✓ Connected/);
  expect(await connected.innerText()).toMatch(/Connected by\s+Megan Bowen/);
});

it('says in the presser’s own chat what a connection may do, permission by permission', async () => {
  await connect('Contoso', 'Contoso production');
  await chat.say('permissions Contoso production');
  await chat.page.getByText('I sent it to you in our chat').first().waitFor();
  await chat.openPersonalChat();

  const lens = await chat.card('What Contoso production may do');
  await chat.picture(lens, 'lens');
  expect(await lens.innerText()).toContain('wipe, retire, lock and restart devices');

  await chat.press(lens, 'Everything it may do');
  const everything = await chat.card('Everything Contoso production may do');
  await chat.picture(everything, 'lens-everything');
  expect(await everything.innerText()).toMatch(/See scope tags\s+✓ works/);
  expect(await everything.innerText()).toMatch(/See group names for assignments\s+✗ missing/);

  await chat.press(everything, 'Intune API permissions');
  const intuneApi = await chat.card('Permissions of the Microsoft Intune API');
  expect(await intuneApi.innerText()).toContain('another resource than Microsoft Graph');
  await chat.press(intuneApi, 'Back');
  await chat.press(await chat.card('Everything Contoso production may do'), 'Show manifest');
  await chat.picture(await chat.card('requiredResourceAccess'), 'lens-manifest');
});

it('says for one purpose what is missing, and what a permission means', async () => {
  await chat.say('permissions Contoso production for groups');
  const groups = await chat.card('It may not see group names for assignments yet');
  await chat.picture(groups, 'lens-groups');
  expect(await groups.innerText()).toContain('For this alone GroupMember.Read.All would be enough');

  await chat.say('permissions DeviceManagementApps.ReadWrite.All');
  await chat.picture(await chat.card('Enable Access'), 'lens-permission');
});
