import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type CloudState, Demo } from './demo.ts';
import { openBrowser, Playground } from './playground.ts';

const apkPath = createRequire(import.meta.url).resolve('android-apidemos/apks/ApiDemos-debug.apk');
const apkDigest = createHash('sha256').update(readFileSync(apkPath)).digest('hex');

let folder: string;
let demo: Demo;
let browser: Browser;
let chat: Playground;
let state: CloudState;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-e2e-'));
  demo = await Demo.start(folder);
  browser = await openBrowser();
  chat = await Playground.open(browser, demo.playgroundUrl);
  state = await demo.state();
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const publisher = () => {
  const found = state.credentials.find(({ displayName }) => displayName === 'Quartermaster publisher');
  const [secret] = found?.secrets ?? [];
  if (found === undefined || secret === undefined) throw new Error('The local cloud has a publisher with a secret');
  return { ...found, secret };
};

const contoso = async () => {
  const found = (await demo.state()).tenants.find(({ displayName }) => displayName === 'Contoso');
  if (found === undefined) throw new Error('The local cloud has a tenant Contoso');
  return found;
};

it('welcomes who installs it, once', async () => {
  const welcome = await chat.card('What can you do');

  await chat.picture(welcome, 'welcome');
  expect(await chat.page.locator('.ac-adaptiveCard').count()).toBe(1);
});

it('explains what it can do, what Intune is for and whose word means what', async () => {
  await chat.say('help');
  await chat.picture(await chat.card('What you can type'), 'help');
  await chat.say('help intune');
  await chat.card('mobile device management');
  await chat.say('help terms');

  await chat.picture(await chat.card('Whose word means what'), 'terms');
});

it('names the nearest command', async () => {
  await chat.say('conect');

  await chat.card(/Did you mean.*connect/);
});

it('keeps what was typed when the secret’s id is pasted, and says where the value is', async () => {
  const { tenantId, clientId, secret } = publisher();
  await chat.say('connect');
  const choice = await chat.card('Step 1 of 2');
  await choice.getByRole('radio', { name: /^Client secret:/ }).check();
  await chat.press(choice, 'Continue');
  const form = await chat.card('Setting name');
  await chat.fill(form, {
    'Setting name': 'Contoso production',
    'Directory (tenant) ID': tenantId,
    'Application (client) ID': clientId,
    'Client secret': secret.secretId,
  });
  await chat.press(form, 'Connect');

  const refused = await chat.card('One field needs a change');

  await chat.picture(refused, 'connect-fault');
  expect(await refused.innerText()).toContain('Entra shows the value only once');
  expect(await refused.getByLabel('Setting name').inputValue()).toBe('Contoso production');
  expect(await refused.getByLabel('Directory (tenant) ID').inputValue()).toBe(tenantId);
  expect(await refused.getByLabel('Client secret').inputValue()).toBe('');
});

it('connects, tests in the background and changes the card by itself', async () => {
  const form = await chat.card('Setting name');
  await chat.fill(form, { 'Client secret': publisher().secret.value });
  await chat.press(form, 'Connect');

  const connected = await chat.card('✓ Connected');

  await chat.picture(connected, 'connection');
  const words = await connected.innerText();
  expect(words).toContain('Contoso production');
  expect(words).toContain('Custom (own app registration)');
  expect(words).toContain('Alex Wilber');
  expect(words).toContain('Publish apps');
});

it('lists connections', async () => {
  await chat.say('connections');

  await chat.picture(await chat.card('Connect another'), 'connections');
});

it('shows what the connection may do, and what it has too much of', async () => {
  await chat.say('permissions Contoso production');

  const lens = await chat.card('What Contoso production may do');

  await chat.picture(lens, 'permissions');
  expect(await lens.innerText()).toContain('DeviceManagementManagedDevices.PrivilegedOperations.All');
});

it('publishes an uploaded APK: the bytes in Intune are the bytes of the file', async () => {
  const before = await contoso();
  await chat.say('publish');
  const invitation = await chat.card('Open the upload page');
  const opened = chat.page.waitForEvent('popup');
  await chat.press(invitation, 'Open the upload page');
  const page = await opened;
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.setInputFiles('input[type=file]', apkPath);
  await page
    .getByText(/go back to Teams/i)
    .first()
    .waitFor({ timeout: 30_000 });
  await page.screenshot({ path: new URL('../../docs/pictures/upload.png', import.meta.url).pathname });
  await page.close();

  const draft = await chat.card('Show the plan');
  await chat.picture(draft, 'draft');
  expect((await draft.innerText()).replace(/\s/g, '')).toContain(apkDigest);
  await chat.fill(draft, { Publisher: 'Appium' });
  await chat.press(draft, 'Show the plan');

  const plan = await chat.card('What will happen');
  await chat.picture(plan, 'plan');
  await plan.getByText('A new app beside it').click();
  await demo.fault('stalledStorage', true);
  await chat.press(plan, 'Publish');

  const moving = await chat.card(/[1-9]\d? %[\s\S]*MB of/);
  await chat.picture(moving, 'publishing');
  await demo.fault('stalledStorage', false);
  const published = await chat.card('✓ Published', 60_000);
  await chat.picture(published, 'published');
  await chat.page.getByText('API Demos 5.0.0 (25) is in Contoso production.').first().waitFor();

  const after = await contoso();
  const [added, ...more] = after.apps.filter((app) => !before.apps.some(({ id }) => id === app.id));
  expect(more).toEqual([]);
  expect(added).toMatchObject({
    type: 'androidLobApp',
    displayName: 'API Demos',
    publishingState: 'published',
    committedContentVersion: '1',
  });
  expect(added?.content).toMatchObject({ plainSha256: apkDigest, verified: true, size: readFileSync(apkPath).length });
});

it('publishes a linked APK as a new version of the app that is there', async () => {
  await chat.say(`publish ${demo.portalUrl}/packages/ApiDemos-debug.apk`);
  const draft = await chat.card('Show the plan');
  await chat.fill(draft, { Publisher: 'Appium' });
  await chat.press(draft, 'Show the plan');
  const plan = await chat.card('What will happen');
  const older = (await contoso()).apps.find((app) => app.version === '4.1');
  await plan.getByText('New version of API Demos: 4.1').click();
  await chat.press(plan, 'Publish');

  await chat.page.locator('.ac-adaptiveCard').filter({ hasText: '✓ Published' }).nth(1).waitFor({ timeout: 60_000 });
  const updated = (await contoso()).apps.find((app) => app.id === older?.id);
  expect(updated).toMatchObject({ version: '5.0.0', publishingState: 'published', committedContentVersion: '2' });
  expect(updated?.content).toMatchObject({ plainSha256: apkDigest, verified: true });
});

it('lists the jobs', async () => {
  await chat.say('jobs');

  await chat.picture(await chat.card('Publish jobs'), 'jobs');
});

it('refuses a private address as a package link', async () => {
  await chat.say('publish https://10.0.0.7/app.apk');

  await chat.card('That host is not allowed');
});

it('ends everything it started on Ctrl-C', async () => {
  await browser.close();

  await demo.stop();

  await expect(fetch(demo.portalUrl)).rejects.toThrow();
  await expect(fetch(demo.playgroundUrl)).rejects.toThrow();
});
