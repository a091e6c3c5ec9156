import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ProblemError } from '../../src/problems/problem.ts';
import { FolderArtifactStore } from '../../src/store/artifact-store.ts';
import { addArtifact, findArtifact, removeArtifact, sweepArtifacts } from '../../src/store/artifacts.ts';
import type { Database } from '../../src/store/database.ts';
import { workspaces } from '../../src/store/schema.ts';
import { openTestDatabase } from '../fakes/databases.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const bytes = Buffer.from('a package of bytes '.repeat(200_000));

let folder: string;
let store: FolderArtifactStore;
const inStore = () => readdir(join(folder, 'artifacts'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  store = new FolderArtifactStore({ folder: join(folder, 'artifacts') });
});
afterEach(() => rm(folder, { recursive: true }));

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing thrown',
    (error) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );
}

describe('the artifact store', () => {
  it('keeps what it receives, with size and digest', async () => {
    const stored = await store.receive(Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), { maxBytes: 2 ** 40 });

    const source = await store.open(stored.location);
    expect(stored).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
    expect(source.size).toBe(bytes.length);
    expect(await source.read(2, 7)).toEqual(bytes.subarray(2, 9));
    expect((await buffer(source.stream(100))).equals(bytes.subarray(100))).toBe(true);
    await source.close();
  });

  it('keeps a file and leaves the file where it is', async () => {
    const path = join(folder, 'upload');
    await writeFile(path, bytes);

    const stored = await store.receiveFile(path);

    expect(stored).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
    expect((await readFile(path)).equals(bytes)).toBe(true);
    await rm(path);
    const source = await store.open(stored.location);
    expect((await buffer(source.stream())).equals(bytes)).toBe(true);
    await source.close();
  });

  it('lets nobody else on the machine read it', async () => {
    const { location } = await store.receive(Readable.from([bytes]), { maxBytes: bytes.length });

    expect((await stat(join(folder, 'artifacts', location))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'artifacts'))).mode & 0o777).toBe(0o700);
  });

  it('keeps nothing of bytes that are too many', async () => {
    const received = store.receive(Readable.from([bytes, bytes]), { maxBytes: bytes.length + 1 });

    expect(await codeOf(received)).toBe('uploadTooLarge');
    expect(await inStore()).toEqual([]);
  });

  it('keeps nothing of bytes that break off', async () => {
    async function* breaking() {
      yield bytes;
      throw new Error('broke off');
    }

    await expect(store.receive(breaking(), { maxBytes: 2 ** 40 })).rejects.toThrow('broke off');

    expect(await inStore()).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    async function* endless() {
      for (;;) {
        yield bytes;
        stop.abort();
      }
    }

    const received = store.receive(endless(), { maxBytes: 2 ** 50, signal: stop.signal });

    await expect(received).rejects.toMatchObject({ name: 'AbortError' });
    expect(await inStore()).toEqual([]);
  });

  it.each(['../secret', '..', '', 'a/b', `${'0'.repeat(32)}/../x`, '0'.repeat(31)])(
    'takes %j for no location of its own',
    async (location) => {
      await expect(store.open(location)).rejects.toThrow('Not a location');
      await expect(store.remove(location)).rejects.toThrow('Not a location');
    },
  );

  it('says that a removed package is gone, and removes twice without complaint', async () => {
    const { location } = await store.receive(Readable.from([bytes]), { maxBytes: 2 ** 40 });

    await store.remove(location);
    await store.remove(location);

    expect(await codeOf(store.open(location))).toBe('artifactGone');
  });

  it('knows how much may still come', async () => {
    expect(await store.room()).toBeGreaterThan(0);
  });
});

describe('artifact rows', () => {
  let database: Database;
  let workspaceId: string;
  const receive = () => store.receive(Readable.from([bytes]), { maxBytes: 2 ** 40 });
  const later = () => new Date(Date.now() + 60_000);

  beforeAll(async () => {
    database = await openTestDatabase();
    const [workspace] = await database.db
      .insert(workspaces)
      .values({ homeTenantId: 'tenant', kind: 'team', teamsKey: 'key' })
      .returning();
    workspaceId = workspace!.id;
  });
  afterAll(() => database.close());

  it('remember sizes beyond 32 bits', async () => {
    const stored = { location: '0'.repeat(32), size: 6 * 1024 ** 3 + 1, sha256: 'ab' };

    const { id } = await addArtifact(database.db, { workspaceId, fileName: 'a.apk', stored });

    expect(await findArtifact(database.db, id)).toMatchObject({ fileName: 'a.apk', ...stored });
  });

  it('go with their bytes', async () => {
    const artifact = await addArtifact(database.db, { workspaceId, fileName: 'a.apk', stored: await receive() });

    await removeArtifact(database.db, store, artifact.id, new Date());

    expect(await findArtifact(database.db, artifact.id)).toBeNull();
    expect(await inStore()).toEqual([]);
  });

  it('protect their bytes from the sweep, which takes forgotten ones', async () => {
    const kept = await receive();
    await addArtifact(database.db, { workspaceId, fileName: 'a.apk', stored: kept });
    await receive();
    await writeFile(join(folder, 'artifacts', `${'f'.repeat(32)}.part`), 'half');

    const removed = await sweepArtifacts(database.db, store, later());

    expect(removed).toBe(2);
    expect(await inStore()).toEqual([kept.location]);
  });

  it('are waited for: young bytes stay', async () => {
    const { location } = await receive();

    const removed = await sweepArtifacts(database.db, store, new Date(Date.now() - 60_000));

    expect(removed).toBe(0);
    expect(await inStore()).toEqual([location]);
  });
});
