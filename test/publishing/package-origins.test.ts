import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ProblemError } from '../../src/problems/problem.ts';
import type { PackageOrigin } from '../../src/publishing/package-origin.ts';
import { StoredPackageOrigins } from '../../src/publishing/package-origins.ts';
import { FolderArtifactStore } from '../../src/store/artifact-store.ts';
import { type Artifact, addArtifact, removeArtifact } from '../../src/store/artifacts.ts';
import type { Database } from '../../src/store/database.ts';
import { workspaces } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { openTestDatabase } from '../fakes/databases.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

const file = randomBytes(300_000);

let folder: string;
let database: Database;
let workspaceId: string;
let artifacts: FolderArtifactStore;
let host: LinkServer;
let origins: StoredPackageOrigins;
const vault = new SecretVault([{ id: 'k1', key: randomBytes(32) }]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'origins-'));
  database = await openTestDatabase();
  artifacts = new FolderArtifactStore({ folder });
  host = await startLinkServer(serveFile(file));
  const [workspace] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: 'home', kind: 'personal', teamsKey: 'key' })
    .returning();
  workspaceId = workspace!.id;
  origins = new StoredPackageOrigins({
    db: database.db,
    artifacts,
    outbound: host.outbound,
    vault,
    maxBytes: 1_000_000,
  });
});
afterAll(async () => {
  await database.close();
  await host.close();
  await rm(folder, { recursive: true });
});

async function newArtifact(): Promise<Artifact> {
  const stored = await artifacts.receive(Readable.from([file]), { maxBytes: 1e9 });
  return addArtifact(database.db, { workspaceId, fileName: 'app.apk', stored });
}

const originOf = ({ id, size }: Artifact): PackageOrigin => ({
  kind: 'artifact',
  artifactId: id,
  fileName: 'app.apk',
  size,
});

async function linkOrigin(etag = '"v1"'): Promise<PackageOrigin> {
  const urlSecretId = await vault.put(database.db, `${host.origin}/app.apk?sig=s3cret`);
  return { kind: 'link', urlSecretId, host: 'h', fileName: 'app.apk', size: file.length, etag };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

describe('the bytes of a release', () => {
  it('are read from the artifact store', async () => {
    const source = await origins.open(originOf(await newArtifact()));

    expect(source.size).toBe(file.length);
    expect((await buffer(source.stream())).equals(file)).toBe(true);
    await source.close();
  });

  it('are read from their link as long as the ETag is the same', async () => {
    host.answer = serveFile(file);

    const source = await origins.open(await linkOrigin());

    expect(await source.read(1000, 50)).toEqual(file.subarray(1000, 1050));
    await source.close();
  });

  it('are refused when the link has other ones by now', async () => {
    host.answer = serveFile(file, { etag: '"v2"' });

    expect(await codeOf(origins.open(await linkOrigin()))).toBe('packageChanged');
  });

  it('are gone when the artifact was removed', async () => {
    const artifact = await newArtifact();
    await removeArtifact(database.db, artifacts, artifact.id, new Date());

    expect(await codeOf(origins.open(originOf(artifact)))).toBe('artifactGone');
  });

  it('are gone when the file vanished from the disk', async () => {
    const artifact = await newArtifact();
    await rm(join(folder, artifact.location));

    expect(await codeOf(origins.open(originOf(artifact)))).toBe('artifactGone');
  });

  it('are refused when the file is no longer whole', async () => {
    const artifact = await newArtifact();
    await truncate(join(folder, artifact.location), 10);

    expect(await codeOf(origins.open(originOf(artifact)))).toBe('packageTruncated');
  });
});
