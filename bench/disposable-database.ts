import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface DisposableDatabase extends AsyncDisposable {
  kind: 'PostgreSQL' | 'PGlite';
  /** For what the service keeps beside the database, and for PGlite. */
  dataDir: string;
  databaseUrl: string | undefined;
}

/** BENCH_DATABASE_URL names a PostgreSQL on which databases may be made; the default is the usual local one. */
const server = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/test';

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 1_500 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty database of its own on PostgreSQL where that is reachable, else PGlite in a new folder. */
export async function disposableDatabase(): Promise<DisposableDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-data-'));
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true });
  const name = `qm_bench_${randomBytes(6).toString('hex')}`;
  try {
    await administer(`create database ${name}`);
  } catch {
    return { kind: 'PGlite', dataDir, databaseUrl: undefined, [Symbol.asyncDispose]: async () => removeFolder() };
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    kind: 'PostgreSQL',
    dataDir,
    databaseUrl: url.href,
    async [Symbol.asyncDispose]() {
      removeFolder();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}
