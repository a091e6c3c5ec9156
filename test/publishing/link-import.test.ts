import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { type Problem, ProblemError } from '../../src/problems/problem.ts';
import { type ImportedPackage, type ImportSubject, LinkImport } from '../../src/publishing/link-import.ts';
import { FolderArtifactStore } from '../../src/store/artifact-store.ts';
import { findArtifact } from '../../src/store/artifacts.ts';
import type { Database } from '../../src/store/database.ts';
import { secrets, workspaces } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { freshDatabase } from '../fakes/databases.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

const file = randomBytes(600_000);
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const yesterday = new Date(Date.now() - 86_400_000).toUTCString();

let folder: string;
let database: Database;
let workspaceId: string;
let artifacts: FolderArtifactStore;
let host: LinkServer;
let links: LinkImport;
const vault = new SecretVault([{ id: 'k1', key: randomBytes(32) }]);
const imported: ImportedPackage[] = [];
const failed: { subject: ImportSubject; problem: Problem }[] = [];
/** Imports of which bytes came in. */
const seen: string[] = [];
const logged: string[] = [];
const beforeDraft = { fails: false };

const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk, _encoding, callback) {
      logged.push(String(chunk));
      callback();
    },
  }),
);

async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await after(10);
  }
}

const begin = (path = '/app.apk?sig=s3cret', signal?: AbortSignal, fileName?: string) =>
  beginWith(host.origin + path, signal, fileName);

const beginWith = (url: string, signal: AbortSignal = new AbortController().signal, fileName?: string) =>
  links.begin({
    workspaceId,
    homeTenantId: 'home',
    requester: { objectId: 'alex', name: 'Alex', teamsId: '29:alex' },
    place: {
      homeTenantId: 'home',
      conversationKind: 'personal',
      conversationId: 'a:1',
      serviceUrl: 'https://smba.example/',
    },
    url,
    signal,
    ...(fileName === undefined ? {} : { fileName }),
  });

const problemOf = (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => Promise.reject(new Error('Nothing was thrown')),
    (error) => (error instanceof ProblemError ? error.problem : Promise.reject(error)),
  );

const kept = () => readdir(join(folder, 'artifacts'));
const pendingSecrets = async () => (await database.db.select().from(secrets)).length;

const status = (code: number) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(code);
  response.end();
};

/** Serves the file whole, from the first byte, as hosts without ranges do. */
function serveWhole(bytes: Buffer, headers: Record<string, string> = {}) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': String(bytes.length), ...headers });
    response.end(bytes);
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'link-import-'));
  database = await freshDatabase('pglite');
  artifacts = new FolderArtifactStore({ folder: join(folder, 'artifacts') });
  host = await startLinkServer(serveFile(file));
  const [workspace] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: 'home', kind: 'personal', teamsKey: 'key' })
    .returning();
  workspaceId = workspace!.id;
  links = new LinkImport({
    database,
    outbound: host.outbound,
    artifacts,
    vault,
    maxBytes: 1_000_000,
    onImported: async (_tx, what) => {
      if (beforeDraft.fails) throw new Error('the draft could not be written');
      imported.push(what);
    },
    onFailed: async (_tx, _id, subject, problem) => {
      failed.push({ subject, problem });
    },
    onProgress: (id) => {
      seen.push(id);
    },
    wait: async () => undefined,
    log,
  });
  await links.work();
});
afterAll(async () => {
  await database.close();
  await host.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  for (const list of [imported, failed, seen, logged, host.requests]) list.splice(0);
  beforeDraft.fails = false;
  await database.db.delete(secrets);
  for await (const { location } of artifacts.list()) await artifacts.remove(location);
});

describe('a link whose host pins its bytes', () => {
  it('stays a link, and its address a secret', async () => {
    host.answer = serveFile(file);

    const accepted = await begin();

    expect(accepted).toEqual({ id: null, fileName: 'app.apk', host: new URL(host.origin).host });
    expect(imported).toHaveLength(1);
    expect(imported[0]).toMatchObject({
      workspaceId,
      requester: { objectId: 'alex' },
      fileName: 'app.apk',
      sha256: null,
      origin: { kind: 'link', host: new URL(host.origin).host, fileName: 'app.apk', size: file.length, etag: '"v1"' },
    });
    expect(JSON.stringify(imported)).not.toContain('s3cret');
    const { origin } = imported[0]!;
    if (origin.kind !== 'link') throw new Error('The link was copied');
    expect((await vault.get(database.db, origin.urlSecretId)).toString()).toBe(`${host.origin}/app.apk?sig=s3cret`);
    expect(await kept()).toEqual([]);
  });

  it('carries the name that the sender gave, cleaned', async () => {
    host.answer = serveFile(file);

    expect(await begin('/download?id=7', undefined, '../x/Field\u202e Service.apk')).toMatchObject({
      fileName: 'Field Service.apk',
    });
  });

  it('leaves nothing when the draft cannot be written', async () => {
    host.answer = serveFile(file);
    beforeDraft.fails = true;

    await expect(begin()).rejects.toThrow('the draft could not be written');

    expect(await pendingSecrets()).toBe(0);
  });
});

describe('a link whose bytes could change', () => {
  it.each([
    ['no ETag', serveFile(file, { headers: { etag: '' } })],
    ['a weak ETag', serveFile(file, { headers: { etag: 'W/"v1"' } })],
    ['no ranges', serveWhole(file, { etag: '"v1"' })],
  ])('is copied when the host gives %s', async (_what, answer) => {
    host.answer = answer;

    const accepted = await begin();
    const done = await until(() => imported[0]);

    expect(accepted.id).toEqual(expect.any(String));
    expect(done).toMatchObject({
      fileName: 'app.apk',
      sha256: digestOf(file),
      origin: { kind: 'artifact', fileName: 'app.apk', size: file.length },
    });
    if (done.origin.kind !== 'artifact') throw new Error('The link was not copied');
    const artifact = await findArtifact(database.db, done.origin.artifactId);
    const source = await artifacts.open(artifact!.location);
    expect((await buffer(source.stream())).equals(file)).toBe(true);
    await source.close();
    expect(seen.at(-1)).toBe(accepted.id);
    expect(await pendingSecrets()).toBe(0);
  });

  it('keeps its address out of queue and log', async () => {
    host.answer = serveWhole(file);

    await begin();
    await until(() => imported[0]);

    const jobs = await database.db.execute(sql`select * from pgboss.job`);
    expect(JSON.stringify(jobs)).toContain('app.apk');
    expect(JSON.stringify(jobs)).not.toContain('s3cret');
    expect(logged.join('')).not.toContain('s3cret');
  });

  it('goes on where the connection broke when the host proves that the rest fits', async () => {
    host.answer = serveFile(file, {
      headers: { etag: 'W/"v1"', 'last-modified': yesterday },
      cutAfter: (number) => (number === 2 ? 200_000 : null),
    });

    await begin();
    const done = await until(() => imported[0]);

    expect(done.sha256).toBe(digestOf(file));
    const ranges = host.requests.map(({ range }) => range);
    expect(ranges.slice(0, 3)).toEqual(['bytes=0-0', 'bytes=0-0', undefined]);
    expect(ranges[3]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(ranges).toHaveLength(4);
  });

  it('starts over when nothing proves that the rest fits', async () => {
    const whole = serveWhole(file);
    let cuts = 0;
    host.answer = (request, response) => {
      if (request.headers.range !== undefined || cuts === 2) return whole(request, response);
      cuts += 1;
      response.writeHead(200, { 'content-length': String(file.length) });
      response.write(file.subarray(0, 100_000), () => response.socket?.destroy());
    };

    await begin();

    expect((await until(() => imported[0])).sha256).toBe(digestOf(file));
    expect(cuts).toBe(2);
  });

  it('is never put together from two versions of the file', async () => {
    const other = randomBytes(600_000);
    const headers = { etag: 'W/"v1"', 'last-modified': yesterday };
    const first = serveFile(file, { headers, cutAfter: () => 300_000 });
    let isChanged = false;
    host.answer = (request, response) => {
      const conditional = request.headers['if-range'] !== undefined;
      if (conditional) isChanged = true;
      if (isChanged) return serveWhole(other)(request, response);
      if (request.headers.range === 'bytes=0-0') return serveFile(file, { headers })(request, response);
      first(request, response);
    };

    await begin();

    expect((await until(() => imported[0])).sha256).toBe(digestOf(other));
  });

  it('is given up when the host breaks off every time, and nothing is kept', async () => {
    host.answer = (request, response) => {
      if (request.headers.range !== undefined) return serveWhole(file)(request, response);
      response.writeHead(200, { 'content-length': String(file.length) });
      response.write(file.subarray(0, 100_000), () => response.socket?.destroy());
    };

    await begin();
    const told = await until(() => failed[0]);

    expect(told.problem).toMatchObject({ code: 'linkBroken', retryable: true });
    expect(told.subject).toMatchObject({ fileName: 'app.apk', requester: { objectId: 'alex' } });
    expect(JSON.stringify(told)).not.toContain('s3cret');
    expect(await kept()).toEqual([]);
    expect(await pendingSecrets()).toBe(0);
  });

  it('is given up when it turns out too large on the way', async () => {
    host.answer = (_request, response) => {
      response.writeHead(200);
      response.write(file);
      response.end(file);
    };

    await begin();

    expect((await until(() => failed[0])).problem.code).toBe('linkTooLarge');
    expect(await kept()).toEqual([]);
  });

  it('is refused before its bytes come when there is no room for them', async () => {
    host.answer = serveWhole(file);
    const room = artifacts.room;
    artifacts.room = async () => file.length - 1;

    await begin();

    expect((await until(() => failed[0])).problem.code).toBe('uploadStoreFull');
    expect(seen).toEqual([]);
    expect(await kept()).toEqual([]);
    artifacts.room = room;
  });

  it('waits in the queue when its draft cannot be written, and its bytes do not pile up', async () => {
    host.answer = serveWhole(file);
    beforeDraft.fails = true;

    const { id } = await begin();
    await until(async () => {
      const [job] = await database.queue.findJobs('link-import', { id: id! });
      return job?.state === 'retry' ? job : undefined;
    });

    expect(failed).toEqual([]);
    expect(await kept()).toEqual([]);
    expect(await links.cancel(id!)).toBe(true);
  });
});

describe('a link that takes no package', () => {
  it.each([
    ['401', status(401), 'linkNeedsSignIn'],
    ['403', status(403), 'linkForbidden'],
    ['404', status(404), 'linkNotFound'],
    ['503', status(503), 'linkUnavailable'],
    ['a web page', serveWhole(Buffer.from('<html>'), { 'content-type': 'text/html' }), 'linkIsWebPage'],
    ['nothing', serveWhole(Buffer.alloc(0)), 'linkEmpty'],
    ['too much', serveWhole(Buffer.alloc(1_000_001)), 'linkTooLarge'],
  ])('is refused at once: %s', async (_what, answer, code) => {
    host.answer = answer;

    const problem = await problemOf(begin());

    expect(problem.code).toBe(code);
    expect(JSON.stringify(problem)).not.toContain('s3cret');
    expect(await pendingSecrets()).toBe(0);
  });

  it.each([
    ['https://127.0.0.1/app.apk', 'hostRefused'],
    ['https://169.254.169.254/metadata', 'hostRefused'],
    ['http://example.com/app.apk', 'urlRefused'],
    ['file:///etc/passwd', 'urlRefused'],
    ['publish it', 'urlRefused'],
  ])('is refused before anything is asked: %s', async (url, code) => {
    expect((await problemOf(beginWith(url))).code).toBe(code);
    expect(host.requests).toEqual([]);
  });

  it('is refused when it is redirected to a private host', async () => {
    host.answer = (_request, response) => {
      response.writeHead(302, { location: 'https://10.0.0.7/app.apk' });
      response.end();
    };

    expect((await problemOf(begin())).code).toBe('hostRefused');
  });
});

describe('a slow host', () => {
  it('is left to the worker when the turn is over', async () => {
    const turn = new AbortController();
    let asked = 0;
    host.answer = (request, response) => {
      asked += 1;
      if (asked === 1) return turn.abort();
      serveFile(file)(request, response);
    };

    const accepted = await begin('/slow.apk', turn.signal);
    const done = await until(() => imported[0]);

    expect(accepted).toMatchObject({ id: expect.any(String), fileName: 'slow.apk' });
    expect(done.origin.kind).toBe('link');
    expect(await pendingSecrets()).toBe(1);
  });

  it('can be given up by a person in the middle of the copy', async () => {
    host.answer = (request, response) => {
      if (request.headers.range !== undefined) return serveWhole(file)(request, response);
      response.writeHead(200, { 'content-length': String(file.length) });
      response.write(file.subarray(0, 100_000));
    };
    const { id } = await begin();
    await until(() => seen[0]);

    expect(await links.cancel(id!)).toBe(true);

    expect(failed.map(({ problem }) => problem.code)).toEqual(['importCancelled']);
    await until(async () => ((await kept()).length === 0 ? true : undefined));
    expect(await links.cancel(id!)).toBe(false);
    expect(imported).toEqual([]);
    expect(await pendingSecrets()).toBe(0);
  });

  it('cannot be given up when it is unknown', async () => {
    expect(await links.cancel('00000000-0000-4000-8000-000000000000')).toBe(false);
  });
});
