import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Demo } from './demo.ts';
import { type AnotherPerson, openBrowser, Playground } from './playground.ts';

const general = '19:mobile-general@thread.tacv2';

let folder: string;
let demo: Demo;
let browser: Browser;
let chat: Playground;
let megan: AnotherPerson;
let adele: AnotherPerson;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-e2e-'));
  demo = await Demo.start(folder);
  browser = await openBrowser();
  chat = await Playground.open(browser, demo.playgroundUrl);
  [megan, adele] = await Promise.all([chat.person('Megan Bowen'), chat.person('Adele Vance')]);
  await chat.openChannel('General', general);
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('puts an own role together and gives it to somebody', async () => {
  await chat.say('roles');
  await chat.press(await chat.card('Name a person'), 'Own roles');
  await chat.press(await chat.card('New role'), 'New role');
  const form = await chat.card('Whoever holds it may');
  await chat.fill(form, { Name: 'Release team' });
  await form.getByText('Publish apps').click();
  await form.getByText('Change, assign and retire apps').click();
  await chat.press(form, 'Save');
  await chat.card('Release team is saved.');

  await chat.sayMentioning('roles give Release team', adele);
  await chat.sayMentioning('roles approver', megan);

  await chat.say('roles');
  const roles = await chat.card(/Adele Vance[\s\S]*Release team[\s\S]*Megan Bowen/);
  await chat.picture(roles, 'roles');
});

it('opens a form for everybody’s role, and keeps the list where others see it', async () => {
  const roles = await chat.card(/Adele Vance[\s\S]*Release team/);
  await chat.press(roles, 'A role for everybody');
  const form = await chat.card('Everybody who is a member here gets it');
  await form.getByRole('radio', { name: /^publisher/ }).check();
  await chat.press(form, 'Give the role');

  await chat.card(/Everybody here: publisher from now on/);
});

it('lends a connection to every place, where it can be used and not changed', async () => {
  const state = await demo.state();
  const app = state.credentials.find(({ displayName }) => displayName === 'Quartermaster publisher');
  await chat.say('connect');
  const choice = await chat.card('Step 1 of 2');
  await choice.getByRole('radio', { name: /^Client secret:/ }).check();
  await chat.press(choice, 'Continue');
  const form = await chat.card('Setting name');
  await chat.fill(form, {
    'Setting name': 'Contoso production',
    'Directory (tenant) ID': app?.tenantId ?? '',
    'Application (client) ID': app?.clientId ?? '',
    'Client secret': app?.secrets[0]?.value ?? '',
  });
  await chat.press(form, 'Connect');
  await chat.press(await chat.card(/^Contoso production[\s\S]*✓ Connected/), 'More…');
  await chat.press(await chat.card('More you can do with this connection'), 'Share');
  await chat.press(await chat.card('Share with more'), 'Share with more');
  const share = await chat.card('With whom');
  await share.getByRole('radio', { name: /^Every team/ }).check();
  await chat.press(share, 'Share');

  const shared = await chat.card('Contoso production is shared.');
  await chat.picture(shared, 'share');
  await chat.openGroupChat('Release day', '19:release-day@thread.v2');
  await chat.say('connections');
  const lent = await chat.card('Root: shared by');
  expect(await lent.innerText()).not.toContain('Delete');
});

it('tells admins in their own chat who changed what, and hands it out as a file once', async () => {
  await chat.openChannel('General', general);
  await chat.say('audit');
  await chat.page.getByText('I sent it to you in our chat').first().waitFor();
  await chat.openPersonalChat();

  const audit = await chat.card('connection shared');
  await chat.picture(audit, 'audit');
  await chat.press(audit, 'Export as CSV');
  const file = await chat.card('Your audit file');
  const opening = chat.page.context().waitForEvent('page');
  await chat.press(file, 'Open the download page');
  const page = await opening;
  const downloading = page.waitForEvent('download');
  await page.getByRole('button').click();
  const csv = readFileSync(await (await downloading).path(), 'utf8');

  expect(csv.split('\r\n')[0]).toContain('action');
  expect(csv).toContain('Release team');
  expect(csv).toContain('connection shared');
  await page.close();
});
