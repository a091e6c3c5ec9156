import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { workspaces } from '../../src/store/schema.ts';

/** `postgres` only where TEST_DATABASE_URL or the usual local address answers; a missing one is said aloud. */
export type DatabaseKind = Database['kind'];

const postgresUrl = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/test';

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

/** The databases every test of the store runs on. */
export async function databaseKinds(): Promise<DatabaseKind[]> {
  if (await postgresAnswers()) return ['pglite', 'postgres'];
  process.stderr.write('\nPostgreSQL is not reachable: the PostgreSQL half of these tests is SKIPPED.\n');
  return ['pglite'];
}

export interface TestDatabase extends Database {
  /** For a second process or object on the same data. */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

/** A fresh, migrated database with its queue started; `drop` leaves nothing behind. */
export async function freshDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  if (kind === 'pglite') {
    const database = openDatabase({ dataDir: 'memory://' });
    await database.migrate();
    await database.queue.start();
    return {
      ...database,
      url: undefined,
      drop: async () => {
        await database.queue.stop({ graceful: false });
        await database.close();
      },
    };
  }
  const name = `qm_${randomBytes(6).toString('hex')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await admin(`create database ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const database = openDatabase({ databaseUrl: url.href, dataDir: 'memory://' });
  await database.migrate();
  await database.queue.start();
  return {
    ...database,
    url: url.href,
    drop: async () => {
      await database.queue.stop({ graceful: false });
      await database.close();
      await admin(`drop database if exists ${name} with (force)`);
    },
  };
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
export async function until<T>(look: () => Promise<T | null | undefined | false>, timeoutMs = 10_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error('The condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
