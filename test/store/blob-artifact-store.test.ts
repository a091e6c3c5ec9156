import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import { BlobArtifactStore } from '../../src/store/blob-artifact-store.ts';
import { problemOf } from '../fakes/problem-of.ts';

const azurite = fileURLToPath(new URL('../../node_modules/azurite/dist/src/blob/main.js', import.meta.url));
const account = 'devstoreaccount1';
const accountKey = randomBytes(32).toString('base64');
const bytes = randomBytes(20 * 1024 ** 2 + 77);
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder: string;
let emulator: ChildProcess;
let container: ContainerClient;
let outbound: Outbound;
let store: BlobArtifactStore;
let url: URL;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilThere(): Promise<void> {
  for (const end = Date.now() + 50_000; ; ) {
    try {
      await container.createIfNotExists();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'azurite-'));
  const port = await freePort();
  emulator = spawn(
    process.execPath,
    [azurite, '--silent', '--skipApiVersionCheck', '--inMemoryPersistence', '--blobPort', String(port)],
    { env: { PATH: process.env.PATH, AZURITE_ACCOUNTS: `${account}:${accountKey}` }, cwd: folder, stdio: 'ignore' },
  );
  url = new URL(`http://127.0.0.1:${port}/${account}/packages`);
  container = new ContainerClient(url.href, new StorageSharedKeyCredential(account, accountKey), {
    retryOptions: { maxTries: 1 },
  });
  await untilThere();
  outbound = createOutbound({ privateHosts: [url.host] });
  store = new BlobArtifactStore({ url, accountKey, outbound });
}, 60_000);
afterAll(async () => {
  await outbound.close();
  emulator.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const keep = (content = bytes, maxBytes = 2 ** 40) => store.receive(Readable.from([content]), { maxBytes });

describe('packages in Azure Blob Storage', () => {
  it('come back as they were, from anywhere in them', async () => {
    const stored = await keep();
    expect(stored).toMatchObject({ size: bytes.length, sha256 });

    const source = await store.open(stored.location);
    expect(source.size).toBe(bytes.length);
    expect((await source.read(9_000_000, 100)).equals(bytes.subarray(9_000_000, 9_000_100))).toBe(true);
    expect((await source.read(bytes.length - 10, 100)).equals(bytes.subarray(-10))).toBe(true);
    expect((await buffer(source.stream(15_000_000))).equals(bytes.subarray(15_000_000))).toBe(true);
    await source.close();
  });

  it('are kept from a file, which stays where it is', async () => {
    const path = join(folder, 'upload');
    writeFileSync(path, bytes);

    const stored = await store.receiveFile(path);

    expect(stored).toMatchObject({ size: bytes.length, sha256 });
  });

  it('may be empty', async () => {
    const stored = await keep(Buffer.alloc(0));

    expect((await store.open(stored.location)).size).toBe(0);
  });

  it('that are too large, break off or are given up leave nothing', async () => {
    const before = await places();
    async function* broken(): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 9 * 1024 ** 2);
      throw new Error('the host hung up');
    }
    const stop = new AbortController();
    async function* slow(): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 9 * 1024 ** 2);
      stop.abort(new Error('enough'));
      yield bytes.subarray(0, 9 * 1024 ** 2);
    }

    expect(await problemOf(keep(bytes, 1_000))).toMatchObject({ code: 'uploadTooLarge' });
    await expect(store.receive(broken(), { maxBytes: 2 ** 40 })).rejects.toThrow('the host hung up');
    await expect(store.receive(slow(), { maxBytes: 2 ** 40, signal: stop.signal })).rejects.toThrow('enough');

    expect(await places()).toEqual(before);
  });

  it('that are removed are gone, and removing them again is no error', async () => {
    const { location } = await keep(Buffer.from('short'));
    expect(await places()).toContain(location);

    await store.remove(location);
    await store.remove(location);

    expect(await problemOf(store.open(location))).toMatchObject({ code: 'artifactGone' });
    expect(await places()).not.toContain(location);
  });

  it('that were replaced meanwhile are not mixed', async () => {
    const { location } = await keep();
    const source = await store.open(location);
    await container.getBlockBlobClient(location).upload('other', 5);

    await expect(source.read(0, 5)).rejects.toThrow();
  });

  it('are never looked for under a name that is none of ours', async () => {
    await expect(store.open('../secrets')).rejects.toThrow('Not a location');
  });
});

async function places(): Promise<string[]> {
  const found: string[] = [];
  for await (const { location } of store.list()) found.push(location);
  return found;
}
