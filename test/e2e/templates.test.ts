import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { Demo } from './demo.ts';
import { openBrowser, Playground } from './playground.ts';

let folder: string;
let demo: Demo;
let browser: Browser;
let chat: Playground;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-e2e-'));
  demo = await Demo.start(folder);
  browser = await openBrowser();
  chat = await Playground.open(browser, demo.playgroundUrl);
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const contoso = async () => {
  const found = (await demo.state()).tenants.find(({ displayName }) => displayName === 'Contoso');
  if (found === undefined) throw new Error('The local cloud has a tenant Contoso');
  return found;
};

async function connect(): Promise<Locator> {
  const app = (await demo.state()).credentials.find(({ displayName }) => displayName === 'Quartermaster with groups');
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
  return chat.card('✓ Connected');
}

it('builds an assignment template from groups that are found by name', async () => {
  await chat.press(await connect(), 'New assignment template');
  await chat.press(await chat.card('Nobody yet'), 'Add groups');
  const search = await chat.card('Search for a group');
  await chat.fill(search, { 'Search for a group': 'mobile' });
  await chat.press(search, 'Search');
  const found = await chat.card('Include or exclude');
  await found.getByText('Mobile pilot').first().click();
  await chat.press(found, 'Add');
  const editor = await chat.card('Required: Mobile pilot');
  await chat.fill(editor, { Name: 'Pilot first' });
  await chat.picture(editor, 'assignment-template');
  await chat.press(editor, 'Save');

  await chat.card('Pilot first is saved');
});

it('builds an app template part by part', async () => {
  await chat.say('templates');
  await chat.press(await chat.card('New app template'), 'New app template');
  const about = await chat.card('Name of the template');
  await chat.fill(about, {
    'Name of the template': 'Field apps',
    'Name of the app': '{name} for the field',
    Publisher: 'Contoso',
  });
  await chat.picture(about, 'app-template');
  await chat.press(about, 'More about the app');
  const more = await chat.card('Information link');
  await chat.fill(more, { Owner: 'Field team' });
  await chat.press(more, 'Choose categories');
  const categories = await chat.card('Use these');
  await categories.getByText('Productivity').first().click();
  await chat.press(categories, 'Use these');
  const chosen = await chat.card('The categories are in the draft');
  await chat.picture(chosen, 'app-template-more');
  await chat.press(chosen, 'Save');

  await chat.press(await chat.card('Field apps is saved'), 'Show the request');
  await chat.picture(await chat.card('What Field apps would tell Intune'), 'template-request');
});

it('publishes with both, and they are what Intune holds', async () => {
  await chat.say(`publish ${demo.portalUrl}/packages/ApiDemos-debug.apk`);
  const draft = await chat.card('Show the plan');
  await chat.choose(draft, 'App template', 'Field apps');
  await chat.press(draft, 'Fill in');
  const filled = await chat.card('Filled from Field apps');
  await chat.choose(filled, 'Who gets it', /^Pilot first/);
  await chat.press(filled, 'Show the plan');
  const plan = await chat.card('Who gets it, with Pilot first');
  await chat.picture(plan, 'plan-with-templates');
  await plan.getByText('A new app beside it').click();
  await chat.press(plan, 'Publish');
  await chat.card('✓ Published', 40_000);

  const app = (await contoso()).apps.find(({ displayName }) => displayName === 'API Demos for the field');
  expect(app).toMatchObject({
    publishingState: 'published',
    owner: 'Field team',
    receivers: ['required: Mobile pilot'],
    categories: ['Productivity'],
  });
});

it('shows what is in Intune, edits an app, and asks before one is retired', async () => {
  await chat.say('apps');
  await chat.picture(await chat.card('Apps in Contoso production'), 'apps');
  await chat.say('app API Demos for the field');
  const shown = await chat.card(/API Demos for the field[\s\S]*Who receives it/);
  await chat.picture(shown, 'app');
  await chat.press(shown, 'Edit');
  const form = await chat.card('What people see in Company Portal');
  await chat.fill(form, { Owner: 'Mobile team' });
  await chat.press(form, 'Save');
  const saved = await chat.card('Saved: Owner');
  await chat.press(saved, 'Assign');
  const assign = await chat.card('Show what changes');
  await chat.fill(assign, { Group: 'field' });
  await chat.press(assign, 'Show what changes');
  const change = await chat.card('What will change');
  await chat.press(change, 'Assign');
  const assigned = await chat.card('Assigned in Contoso production');
  await chat.press(assigned, 'More…');
  await chat.press(await chat.card('Or change what is there'), 'Retire');
  const confirm = await chat.card(/Retire API Demos for the field/);
  await chat.picture(confirm, 'retire');
  expect((await contoso()).apps.find(({ displayName }) => displayName === 'API Demos for the field')).toMatchObject({
    owner: 'Mobile team',
    receivers: ['required: Mobile pilot', 'available: Field service'],
  });
  await chat.press(confirm, 'Retire for good');
  await chat.card('deleted it from Intune, with its 2 assignments');

  expect((await contoso()).apps.map(({ displayName }) => displayName)).not.toContain('API Demos for the field');
});

it('lists devices, or says which permission that takes', async () => {
  await chat.say('devices');

  await chat.picture(await chat.card(/evices/), 'devices');
});
