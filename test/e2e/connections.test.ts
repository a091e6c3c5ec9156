import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { ownCertificate, pfxFile } from '../fakes/certificate-files.ts';
import { Demo } from './demo.ts';
import { openBrowser, Playground } from './playground.ts';

let folder: string;
let demo: Demo;
let browser: Browser;
let chat: Playground;
let publisher: Awaited<ReturnType<typeof registration>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-e2e-'));
  demo = await Demo.start(folder);
  browser = await openBrowser();
  chat = await Playground.open(browser, demo.playgroundUrl);
  await chat.card('What can you do');
  publisher = await registration('Quartermaster publisher');
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const registration = async (name: string) => {
  const found = (await demo.state()).credentials.find(({ displayName }) => displayName === name);
  if (found === undefined) throw new Error(`The local cloud has no ${name}`);
  return found;
};

/** Step 1, as a person goes through it. */
const choose = async (credential: RegExp): Promise<Locator> => {
  await chat.say('connect');
  const choice = await chat.card('Step 1 of 2');
  await choice.getByRole('radio', { name: credential }).check();
  await chat.press(choice, 'Continue');
  return chat.card('Step 2 of 2');
};
const connect = async (credential: RegExp, values: Record<string, string>): Promise<void> => {
  const form = await choose(credential);
  await chat.fill(form, values);
  await chat.press(form, 'Connect');
};
const ids = (name: string) => ({
  'Setting name': name,
  'Directory (tenant) ID': publisher.tenantId,
  'Application (client) ID': publisher.clientId,
});

it('guides through a registration, step by step', async () => {
  await chat.say('connect');
  const choice = await chat.card('Step 1 of 2');
  await chat.picture(choice, 'connect-credential');
  await chat.press(choice, 'I have no app registration yet');

  for (let step = 1; step <= 8; step++) {
    const page = await chat.card(`A new app registration, step ${step} of 8`);
    await chat.picture(page, `guide-${step}`);
    await chat.press(page, step < 8 ? 'Next' : 'Connect now');
  }

  await chat.press(await chat.card('Step 1 of 2'), 'Cancel');
  await chat.card('Nothing was saved');
});

it('connects with a certificate that the bot made', async () => {
  const form = await choose(/^Certificate made by me:/);
  await chat.fill(form, ids('Contoso production'));
  await chat.picture(form, 'connect-certificate');
  await chat.press(form, 'Connect');

  const waiting = await chat.card('has to be entered in Entra');
  await chat.picture(waiting, 'status-not-finished');
  await chat.press(waiting, 'Set up in Entra');
  const setup = await chat.card('Thumbprint');
  await chat.picture(setup, 'certificate-setup');
  const downloading = chat.page.waitForEvent('download');
  await chat.press(setup, 'Download certificate');
  const certificate = readFileSync(await (await downloading).path());
  await demo.trust(publisher.clientId, certificate);
  await chat.press(setup, 'Test connection');

  const connected = await chat.card(/Contoso production[\s\S]*✓ Connected/);
  await chat.picture(connected, 'status-connected');
  expect(await connected.innerText()).toContain('Certificate, made here');
});

it('connects with a certificate of one’s own, by the page', async () => {
  const own = await ownCertificate('Contoso PKI');
  const file = join(folder, 'own.pfx');
  writeFileSync(file, pfxFile(own, 'pass word'));
  await demo.trust(publisher.clientId, Buffer.from(own.facts.pem));
  await connect(/^Certificate of your own:/, ids('Own certificate'));
  await chat.press(await chat.card('Your certificate has to be uploaded'), 'Upload certificate');
  const link = await chat.card('Open the upload page');
  const [code = ''] = (await link.innerText()).match(/\d{3} \d{3}/) ?? [];
  const opened = chat.page.waitForEvent('popup');
  await chat.press(link, 'Open the upload page');
  const page = await opened;
  await page.setViewportSize({ width: 720, height: 810 });
  await page.setInputFiles('input[type=file]', file);
  await page.getByLabel('Password').fill('pass word');
  await page.getByLabel('Code').fill(code);
  await page.screenshot({ path: new URL('../../docs/pictures/certificate-upload.png', import.meta.url).pathname });
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText(own.facts.thumbprint).waitFor();
  await page.close();

  await chat.card(/Own certificate[\s\S]*✓ Connected/);
});

it('connects with a managed identity, where nothing but a name is typed', async () => {
  const form = await choose(/^Managed identity:/);
  await chat.fill(form, { 'Setting name': 'By identity' });
  await chat.press(form, 'Connect');

  const connected = await chat.card(/By identity[\s\S]*✓ Connected/);
  expect(await connected.innerText()).not.toContain('own app registration');
});

it('says what is wrong, who mends it and where', async () => {
  const [secret] = publisher.secrets;
  await connect(/^Client secret:/, { ...ids('Broken'), 'Client secret': secret?.value ?? '' });
  const connected = await chat.card(/Broken[\s\S]*✓ Connected/);
  await demo.act('secrets', { app: publisher.clientId, decision: 'expire' });
  await chat.press(connected, 'Test connection');

  const failed = await chat.card(/Broken[\s\S]*! Error/);

  await chat.picture(failed, 'status-error');
  const words = await failed.innerText();
  expect(words).toContain('The secret has expired');
  expect(words).toContain('Since');
  expect(words).toContain('Pradeep Gupta');
  expect(words).toContain('Enter a new credential');
});

it('is switched off, and on again', async () => {
  const broken = await chat.card(/Broken[\s\S]*! Error/);
  await chat.press(broken, 'More…');
  const more = await chat.card('More you can do with this connection');
  await chat.picture(more, 'connection-more');
  await chat.press(more, 'Disable');

  const off = await chat.card(/Broken[\s\S]*Disabled[\s\S]*Enable/);
  await chat.picture(off, 'status-disabled');
  await chat.press(off, 'Enable');
  await chat.card(/Broken[\s\S]*! Error/);
});
