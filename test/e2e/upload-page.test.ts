import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { startUploadSite, type UploadSite } from '../http/upload/upload-site.ts';

const executablePath = '/usr/bin/chromium';
const inChromium = existsSync(executablePath) ? describe : describe.skip;

inChromium('the upload page in a browser', () => {
  const file = join(tmpdir(), `upload-page-${randomBytes(4).toString('hex')}.apk`);
  const complaints: string[] = [];
  let site: UploadSite;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let network: CDPSession;

  beforeAll(async () => {
    await writeFile(file, randomBytes(30_000_000));
    site = await startUploadSite({ requesterName: 'Alex Wilber', maxBytes: 40_000_000 });
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site.close();
    await rm(file);
  });
  beforeEach(async () => {
    complaints.splice(0);
    site.received.splice(0);
    context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
    });
    network = await context.newCDPSession(page);
    await network.send('Network.enable');
  });
  afterEach(() => context.close());

  const limit = (uploadThroughput: number, offline = false) =>
    network.send('Network.emulateNetworkConditions', {
      offline,
      latency: 5,
      downloadThroughput: -1,
      uploadThroughput,
    });

  const chooser = () => page.getByText('Choose a file', { exact: true });
  const open = async () => {
    const { url } = await site.issue();
    await page.goto(url);
    await page.getByRole('button', { name: 'Continue' }).click();
    await chooser().waitFor();
  };

  const percent = async () => Number(await page.getByRole('progressbar').getAttribute('aria-valuenow'));
  const waitForPercent = async (least: number) => {
    while ((await percent()) < least) await after(20);
  };

  const done = () => page.getByRole('heading', { name: 'Done, go back to Teams' });
  const expectDone = async () => {
    await done().waitFor();
    const digest = (await page.locator('#done-digest').textContent())?.replaceAll(' ', '');
    expect(site.received.map(({ artifact }) => artifact.sha256)).toEqual([digest]);
    expect(complaints).toEqual([]);
  };

  it('says who it is for and that nothing is published yet, and fits a narrow phone', async () => {
    await open();

    await page.getByText('asked for by Alex Wilber').waitFor();
    await page.getByText('This page does not publish anything yet.').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(complaints).toEqual([]);
  });

  it('goes on by itself after a tunnel', async () => {
    await open();
    await limit(8_000_000);
    await page.setInputFiles('#file', file);
    await waitForPercent(20);

    await limit(0, true);
    await page.getByText('It goes on by itself').first().waitFor();
    const before = await percent();
    await limit(-1);

    await expectDone();
    expect(before).toBeGreaterThanOrEqual(20);
  });

  it('goes on with the same file after the page was closed', async () => {
    await open();
    await limit(8_000_000);
    await page.setInputFiles('#file', file);
    await waitForPercent(40);
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();

    await page.getByText('is not complete yet. Choose it again').waitFor();
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.headers()['upload-offset'] ?? '');
    });
    await limit(-1);
    await page.setInputFiles('#file', file);

    await expectDone();
    expect(Number(sent[0])).toBeGreaterThan(0);
  });

  it('can be paused, gone on with and cancelled by keyboard', async () => {
    await open();
    await limit(4_000_000);
    await page.setInputFiles('#file', file);
    await waitForPercent(5);

    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('Paused', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Go on' }).press('Space');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');

    await chooser().waitFor();
    expect(site.received).toEqual([]);
    await limit(-1);
    await page.setInputFiles('#file', file);
    await expectDone();
  });

  it('shows the digest again when it is opened later', async () => {
    await open();
    await page.setInputFiles('#file', file);
    await done().waitFor();

    await page.reload();

    await expectDone();
  });

  it.each([
    ['an empty file', 0, 'The file is empty'],
    ['a file over the limit', 40_000_001, 'the limit is 40.0 MB'],
  ])('refuses %s before sending it', async (_what, size, words) => {
    const wrong = `${file}.wrong`;
    await writeFile(wrong, Buffer.alloc(size));
    await open();

    await page.setInputFiles('#file', wrong);

    await page.getByRole('alert').getByText(words).waitFor();
    await page.getByRole('button', { name: 'Choose a file again' }).click();
    await chooser().waitFor();
    await rm(wrong);
  });

  it('tells what happened when the link is withdrawn in the middle', async () => {
    const { id, url } = await site.issue();
    await page.goto(url);
    await page.getByRole('button', { name: 'Continue' }).click();
    await chooser().waitFor();
    await limit(4_000_000);
    await page.setInputFiles('#file', file);
    await waitForPercent(5);

    await site.tickets.withdraw(site.database.db, id);

    await page.getByRole('alert').getByText('This upload was withdrawn').waitFor();
    expect(site.received).toEqual([]);
  });
});
