import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { workspaces } from '../../src/store/schema.ts';

export type DatabaseKind = Database['kind'];

const postgresUrl = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/test';

/** Where a server is named, tests use it; the embedded database starts more slowly and has its own tests. */
const usualKind: DatabaseKind = process.env.TEST_DATABASE_URL === undefined ? 'pglite' : 'postgres';

async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 1_500 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The databases every test of the store runs on; a missing PostgreSQL is said aloud. */
export async function databaseKinds(): Promise<DatabaseKind[]> {
  if (await postgresAnswers()) return ['pglite', 'postgres'];
  process.stderr.write('\nPostgreSQL is not reachable: the PostgreSQL half of these tests is SKIPPED.\n');
  return ['pglite'];
}

export interface TestDatabase extends Database {
  /** For a second process or object on the same data. */
  readonly url: string | undefined;
}

/** A fresh, migrated database; closing it leaves nothing behind. */
export async function openTestDatabase(kind: DatabaseKind = usualKind): Promise<TestDatabase> {
  if (kind === 'pglite') {
    const dataDir = await mkdtemp(join(tmpdir(), 'qm_test_'));
    await cp(await migratedFolder(), dataDir, { recursive: true });
    const database = openDatabase({ dataDir });
    // It opens while it is first asked, and jest lets nothing be imported between tests.
    await database.ping();
    return {
      ...database,
      url: undefined,
      close: async () => {
        await database.close();
        await rm(dataDir, { recursive: true });
      },
    };
  }
  const name = `qm_test_${randomBytes(6).toString('hex')}`;
  const template = await migratedTemplate();
  await onServer((server) => server.query(`create database ${name} template ${template}`));
  const url = urlOf(name);
  const database = openDatabase({ databaseUrl: url, dataDir: 'memory://' });
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      await onServer((server) => server.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** The same with its queue started. */
export async function freshDatabase(kind: DatabaseKind = usualKind): Promise<TestDatabase> {
  const database = await openTestDatabase(kind);
  await database.queue.start();
  return {
    ...database,
    close: async () => {
      // A worker that was looking for work finds its connections gone.
      database.queue.on('error', () => undefined);
      await database.queue.stop({ graceful: false });
      await database.close();
    },
  };
}

const migrationsFolder = new URL('../../src/store/migrations/', import.meta.url);

/**
 * Copying a migrated database takes a tenth of making one. Named by what made it (the migrations; the locked versions of
 * PGlite and of the queue), so that a change makes a new template.
 */
function templateName(): string {
  const digest = createHash('sha256').update(readFileSync(new URL('../../package-lock.json', import.meta.url)));
  for (const file of readdirSync(migrationsFolder).sort())
    if (file.endsWith('.sql')) digest.update(readFileSync(new URL(file, migrationsFolder)));
  return `qm_template_${digest.digest('hex').slice(0, 12)}`;
}

async function prepare(database: Database): Promise<void> {
  await database.migrate();
  await database.queue.start();
  await database.queue.stop({ graceful: false });
  await database.close();
}

async function migratedTemplate(): Promise<string> {
  const name = templateName();
  await onServer(async (server) => {
    await server.query(`select pg_advisory_lock(hashtext('quartermaster test templates'))`);
    const ready = await server.query('select 1 from pg_database where datname = $1 and datistemplate', [name]);
    if (ready.rowCount === 1) return;
    await server.query(`drop database if exists ${name}`);
    await server.query(`create database ${name}`);
    await prepare(openDatabase({ databaseUrl: urlOf(name), dataDir: 'memory://' }));
    // Only a finished template carries the flag: a run that was interrupted leaves one that is made anew.
    await server.query(`alter database ${name} is_template true`);
  });
  return name;
}

/** The same for the embedded database: a folder that appears under its name only when it is finished. */
async function migratedFolder(): Promise<string> {
  const folder = join(tmpdir(), templateName());
  if (existsSync(folder)) return folder;
  const draft = await mkdtemp(`${folder}_`);
  await prepare(openDatabase({ dataDir: draft }));
  await rename(draft, folder).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    // Another test process was first.
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

function urlOf(name: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  // Nothing a test looks at outlives the server, so no commit has to wait for the disk.
  url.searchParams.set('options', '-c synchronous_commit=off');
  return url.href;
}

async function onServer(work: (server: pg.Client) => Promise<unknown>): Promise<void> {
  const server = new pg.Client({ connectionString: postgresUrl });
  await server.connect();
  try {
    await work(server);
  } finally {
    await server.end();
  }
}

export async function insertWorkspace(database: Database, teamsKey = '19:mobile@thread.tacv2'): Promise<string> {
  const [row] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: 'home', kind: 'team', teamsKey, name: 'Mobile' })
    .returning({ id: workspaces.id });
  if (row === undefined) throw new Error('The workspace was not written');
  return row.id;
}

/** Polls a condition instead of sleeping a fixed time. */
export async function until<T>(look: () => Promise<T | null | undefined | false>, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error('The condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
