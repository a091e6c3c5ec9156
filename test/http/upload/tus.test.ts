import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, truncate } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import tus from 'tus-js-client';
import { startUploadSite, type UploadSite } from './upload-site.ts';

const megabyte = 1_000_000;
const file = randomBytes(5 * megabyte);
const sha256 = createHash('sha256').update(file).digest('hex');

interface Opened {
  ticketId: string;
  cookie: string;
}

let site: UploadSite;
beforeAll(async () => {
  site = await startUploadSite({ maxBytes: 20 * megabyte });
});
afterAll(() => site.close());
beforeEach(() => site.received.splice(0));

const tusHeaders = { 'tus-resumable': '1.0.0' };
const metadata = (name: string) => `filename ${Buffer.from(name).toString('base64')}`;

function create(to: Opened, headers: Record<string, string> = {}) {
  return fetch(`${site.url}/files/${to.ticketId}`, {
    method: 'POST',
    headers: {
      ...tusHeaders,
      cookie: to.cookie,
      'upload-length': String(file.length),
      'upload-metadata': metadata('api-demos.apk'),
      ...headers,
    },
  });
}

async function created(to: Opened): Promise<string> {
  const answer = await create(to);
  expect(answer.status).toBe(201);
  return new URL(answer.headers.get('location')!, site.url).href;
}

function send(url: string, cookie: string, bytes: Buffer, offset = 0) {
  return fetch(url, {
    method: 'PATCH',
    headers: {
      ...tusHeaders,
      cookie,
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  });
}

const ask = (url: string, cookie: string) => fetch(url, { method: 'HEAD', headers: { ...tusHeaders, cookie } });
const offsetOf = async (url: string, cookie: string) => Number((await ask(url, cookie)).headers.get('upload-offset'));

/** Sends a part of the file on a connection that then breaks. */
async function breakOff(url: string, cookie: string, bytes: Buffer): Promise<void> {
  const broken = httpRequest(url, {
    method: 'PATCH',
    headers: {
      ...tusHeaders,
      cookie,
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(file.length),
    },
  });
  broken.on('error', () => undefined);
  await new Promise<void>((resolve) => broken.write(bytes, () => resolve()));
  const path = join(site.dataDir, 'uploads', url.split('/').at(-1)!);
  await until(async () => (await stat(path)).size === bytes.length);
  broken.destroy();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await after(10);
}

function upload(to: Opened, options: Partial<tus.UploadOptions> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    new tus.Upload(file, {
      endpoint: `${site.url}/files/${to.ticketId}`,
      headers: { cookie: to.cookie },
      chunkSize: megabyte,
      retryDelays: null,
      metadata: { filename: 'api-demos.apk' },
      onSuccess: () => resolve(),
      onError: reject,
      ...options,
    }).start();
  });
}

async function keptBytes(): Promise<Buffer> {
  const source = await site.artifacts.open(site.received[0]!.artifact.location);
  const bytes = await buffer(source.stream());
  await source.close();
  return bytes;
}

const uploadsFolder = () => readdir(join(site.dataDir, 'uploads'));

describe('an upload', () => {
  it('becomes an artifact with its digest, and the page learns of it', async () => {
    const to = await site.open();

    await upload(to);

    expect(site.received).toHaveLength(1);
    expect(site.received[0]).toMatchObject({
      ticket: { id: to.ticketId, requester: { objectId: 'alex' }, state: 'received' },
      artifact: { fileName: 'api-demos.apk', size: file.length, sha256 },
    });
    expect((await keptBytes()).equals(file)).toBe(true);
    const state = await fetch(`${site.url}/upload/${to.ticketId}/state`, { headers: { cookie: to.cookie } });
    expect(await state.json()).toMatchObject({
      state: 'received',
      received: { fileName: 'api-demos.apk', size: file.length, sha256 },
    });
  });

  it('goes on where a broken connection left it', async () => {
    const to = await site.open();
    const url = await created(to);
    await breakOff(url, to.cookie, file.subarray(0, 2 * megabyte));

    expect(await offsetOf(url, to.cookie)).toBe(2 * megabyte);
    const chunks: number[] = [];
    await upload(to, { uploadUrl: url, onChunkComplete: (size) => void chunks.push(size) });

    expect(chunks).toEqual([megabyte, megabyte, megabyte]);
    expect(site.received[0]?.artifact.sha256).toBe(sha256);
  });

  it('goes on while the server still believes in the connection that is gone', async () => {
    const to = await site.open();
    const url = await created(to);
    const silent = httpRequest(url, {
      method: 'PATCH',
      headers: {
        ...tusHeaders,
        cookie: to.cookie,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(file.length),
      },
    });
    silent.on('error', () => undefined);
    silent.write(file.subarray(0, megabyte));
    const path = join(site.dataDir, 'uploads', url.split('/').at(-1)!);
    await until(async () => (await stat(path)).size === megabyte);

    await upload(to, { uploadUrl: url });

    expect(site.received[0]?.artifact.sha256).toBe(sha256);
    silent.destroy();
  });

  it('is told to be complete when the answer to its last byte was lost', async () => {
    const to = await site.open();
    const url = await created(to);
    await send(url, to.cookie, file);

    const asked = await ask(url, to.cookie);

    expect(asked.status).toBe(200);
    expect(asked.headers.get('upload-offset')).toBe(String(file.length));
    expect(site.received).toHaveLength(1);
  });

  it('is finished by the next question when the draft could not be written the first time', async () => {
    const to = await site.open();
    const url = await created(to);
    site.failNextDraft();

    const failed = await send(url, to.cookie, file);
    const before = await readdir(join(site.dataDir, 'artifacts'));
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('draft could not');
    expect(site.received).toHaveLength(0);

    const asked = await ask(url, to.cookie);
    expect(asked.headers.get('upload-offset')).toBe(String(file.length));
    expect(site.received[0]?.artifact.sha256).toBe(sha256);
    expect(await readdir(join(site.dataDir, 'artifacts'))).toHaveLength(before.length + 1);
  });

  it('is received once however often it is asked about at the same time', async () => {
    const to = await site.open();
    const url = await created(to);
    await send(url, to.cookie, file.subarray(0, 4 * megabyte));

    const answers = await Promise.all([
      send(url, to.cookie, file.subarray(4 * megabyte), 4 * megabyte),
      ask(url, to.cookie),
      ask(url, to.cookie),
    ]);

    expect(answers[0].status).toBe(204);
    await until(async () => (await offsetOf(url, to.cookie)) === file.length);
    expect(site.received).toHaveLength(1);
  });

  it('can be cancelled, and another file takes its place', async () => {
    const to = await site.open();
    const url = await created(to);
    await send(url, to.cookie, file.subarray(0, megabyte));

    const cancelled = await fetch(url, { method: 'DELETE', headers: { ...tusHeaders, cookie: to.cookie } });
    expect(cancelled.status).toBe(204);
    expect((await ask(url, to.cookie)).status).toBe(404);

    await upload(to);
    expect(site.received).toHaveLength(1);
  });

  it('gives way to a new one of the same ticket', async () => {
    const to = await site.open();
    const first = await created(to);
    const second = await created(to);

    expect((await ask(first, to.cookie)).status).toBe(404);
    expect((await ask(second, to.cookie)).status).toBe(200);
  });

  it('is the only one of its ticket', async () => {
    const to = await site.open();
    const url = await created(to);
    await send(url, to.cookie, file);

    const replayed = await send(url, to.cookie, file);
    const another = await create(to);
    const removed = await fetch(url, { method: 'DELETE', headers: { ...tusHeaders, cookie: to.cookie } });

    expect([replayed.status, another.status, removed.status]).toEqual([410, 410, 410]);
    expect(await another.text()).toContain('this one has it');
    expect(site.received).toHaveLength(1);
    expect((await keptBytes()).equals(file)).toBe(true);
  });

  it('keeps a name only, wherever the name would lead', async () => {
    for (const [name, kept] of [
      ['../../../etc/passwd', 'passwd'],
      ['..\\..\\evil.apk', 'evil.apk'],
      ['a\u202egpj.apk', 'agpj.apk'],
      ['', 'package'],
    ] as const) {
      const to = await site.open();
      const answer = await create(
        to,
        name === '' ? { 'upload-metadata': 'filename' } : { 'upload-metadata': metadata(name) },
      );
      await send(new URL(answer.headers.get('location')!, site.url).href, to.cookie, file);

      expect(site.received.at(-1)?.artifact.fileName).toBe(kept);
    }
    for (const name of await uploadsFolder()) expect(name).toMatch(/^[0-9a-f]{32}-[0-9a-f]{32}(\.json)?$/);
  });

  it('leaves its bytes to nobody else on the machine while it grows', async () => {
    const to = await site.open();
    const url = await created(to);
    await send(url, to.cookie, file.subarray(0, 10));

    const path = join(site.dataDir, 'uploads', url.split('/').at(-1)!);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(site.dataDir, 'uploads'))).mode & 0o777).toBe(0o700);
  });
});

describe('an upload is refused', () => {
  it('when it announces more than the limit', async () => {
    const answer = await create(await site.open(), { 'upload-length': String(20 * megabyte + 1) });

    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain('The limit is 20 MB.');
  });

  it('when it sends more than it announced', async () => {
    const to = await site.open();
    const answer = await create(to, { 'upload-length': '10' });
    const url = new URL(answer.headers.get('location')!, site.url).href;

    expect((await send(url, to.cookie, file.subarray(0, 11))).status).toBe(413);
    expect(site.received).toHaveLength(0);
  });

  it.each([
    ['it is empty', { 'upload-length': '0' }, 'The file is empty'],
    ['its size is not a number', { 'upload-length': '1e3' }, ''],
    ['its size is beyond what can be counted', { 'upload-length': '99999999999999999999' }, ''],
  ])('when %s', async (_why, headers, words) => {
    const answer = await create(await site.open(), headers);

    expect([400, 413]).toContain(answer.status);
    expect(await answer.text()).toContain(words);
  });

  it('when it keeps its size for later', async () => {
    const to = await site.open();

    const answer = await fetch(`${site.url}/files/${to.ticketId}`, {
      method: 'POST',
      headers: { ...tusHeaders, cookie: to.cookie, 'upload-defer-length': '1' },
    });

    expect(answer.status).toBeGreaterThanOrEqual(400);
    const prefix = to.ticketId.replaceAll('-', '');
    expect((await uploadsFolder()).filter((name) => name.startsWith(prefix))).toEqual([]);
  });

  it('when the ticket has expired', async () => {
    const late = await site.open();
    site.passMinutes(60);

    const answer = await create(late);

    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain('type publish there');
  });

  it('when the ticket was withdrawn', async () => {
    const to = await site.open();
    const url = await created(to);
    await site.tickets.withdraw(site.database.db, to.ticketId);

    const answer = await send(url, to.cookie, file);

    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain('withdrawn');
    expect(site.received).toHaveLength(0);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('when a page of %s sends it', async (_what, headers) => {
    expect((await create(await site.open(), headers)).status).toBe(403);
  });

  it('without the protocol it speaks', async () => {
    const to = await site.open();

    const answer = await fetch(`${site.url}/files/${to.ticketId}`, {
      method: 'POST',
      headers: { cookie: to.cookie, 'upload-length': '5' },
    });

    expect(answer.status).toBe(412);
  });
});

describe('the upload of somebody else', () => {
  it.each([
    ['no cookie', () => ''],
    ['a made-up cookie', () => `qm_upload=${'A'.repeat(43)}`],
    ['the cookie of another ticket', (other: Opened) => other.cookie],
  ])('cannot be reached with %s', async (_what, cookieOf) => {
    const mine = await site.open();
    const url = await created(mine);
    const cookie = cookieOf(await site.open());

    const answers = await Promise.all([
      ask(url, cookie),
      send(url, cookie, file),
      fetch(url, { method: 'DELETE', headers: { ...tusHeaders, cookie } }),
      create({ ticketId: mine.ticketId, cookie }),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403]);
    expect(await offsetOf(url, mine.cookie)).toBe(0);
  });

  it('cannot be reached by its id through a ticket of one’s own', async () => {
    const theirs = await created(await site.open());
    const mine = await site.open();
    const url = `${site.url}/files/${mine.ticketId}/${theirs.split('/').at(-1)}`;

    const answers = [
      await ask(url, mine.cookie),
      await send(url, mine.cookie, file),
      await fetch(url, { method: 'DELETE', headers: { ...tusHeaders, cookie: mine.cookie } }),
    ];

    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
  });

  it.each(['..%2f..%2fartifacts', '%2e%2e', '..%5c..%5cx', '%00', 'a.json', '%zz'])(
    'cannot be reached by the path %s',
    async (path) => {
      const mine = await site.open();

      const answer = await send(`${site.url}/files/${mine.ticketId}/${path}`, mine.cookie, file.subarray(0, 10));

      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it('cannot be read back, not even one’s own', async () => {
    const mine = await site.open();
    const url = await created(mine);
    await send(url, mine.cookie, file);

    const answer = await fetch(url, { headers: { cookie: mine.cookie } });

    expect(answer.status).toBe(405);
  });
});

describe('the sweep', () => {
  it('removes what nobody went on with for a day, and nothing younger', async () => {
    const old = await site.open();
    const url = await created(old);
    const id = url.split('/').at(-1)!;
    await send(url, old.cookie, file.subarray(0, 10));

    await site.routes.sweep();
    expect(await uploadsFolder()).toEqual(expect.arrayContaining([id, `${id}.json`]));

    site.passMinutes(25 * 60);
    await site.routes.sweep();
    expect(await uploadsFolder()).toEqual([]);
  });

  it('leaves an artifact alone whose upload it removes', async () => {
    const to = await site.open();
    await upload(to);

    site.passMinutes(25 * 60);
    await site.routes.sweep();

    expect((await keptBytes()).equals(file)).toBe(true);
  });
});

it('an upload that shrank on the disk is not taken for a package', async () => {
  const to = await site.open();
  const url = await created(to);
  await send(url, to.cookie, file.subarray(0, megabyte));
  await truncate(join(site.dataDir, 'uploads', url.split('/').at(-1)!), 10);

  const answer = await send(url, to.cookie, file.subarray(megabyte), megabyte);

  expect(answer.status).toBe(409);
  expect(site.received).toHaveLength(0);
});

it('no token and no cookie ever gets into the log', async () => {
  const to = await site.open();
  site.failNextDraft();
  await upload(to).catch(() => undefined);

  expect(site.logged()).toContain('an upload request failed');
  expect(site.logged()).not.toContain(to.token);
  expect(site.logged()).not.toContain(to.cookie.split('=')[1]);
});
