import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle as drizzleNode } from 'drizzle-orm/node-postgres';
import { migrate as migrateNode } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { fromDrizzle, fromPglite, PgBoss } from 'pg-boss';
import { createPool } from './postgres-pool.ts';
import * as schema from './schema.ts';

/** A connection or a transaction; every query of the product takes one. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  readonly queue: PgBoss;
  migrate(): Promise<void>;
  /** Cheap; fails when the database is away. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

export interface DatabaseOptions {
  /** `postgres://…`; without it PGlite keeps its files in `dataDir`. */
  databaseUrl?: string | undefined;
  /** `memory://` keeps nothing on disk. */
  dataDir: string;
}

/** A worker that was killed is noticed by its missing heartbeat; by default pg-boss would look once a minute. */
const queueTiming = { superviseIntervalSeconds: 10, monitorIntervalSeconds: 10 };

export function openDatabase(options: DatabaseOptions): Database {
  return options.databaseUrl === undefined ? openPglite(options) : openPostgres(options.databaseUrl);
}

function openPglite({ dataDir }: DatabaseOptions): Database {
  if (!dataDir.startsWith('memory://')) mkdirSync(dataDir, { recursive: true });
  const lite = new PGlite(dataDir.startsWith('memory://') ? dataDir : join(dataDir, 'pglite'));
  const db = drizzlePglite(lite, { schema });
  return {
    db,
    kind: 'pglite',
    queue: new PgBoss({ db: fromPglite(lite), backend: 'pglite', ...queueTiming }),
    migrate: () => migratePglite(db, { migrationsFolder }),
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    close: () => lite.close(),
  };
}

function openPostgres(databaseUrl: string): Database {
  const pool = createPool(databaseUrl);
  const db = drizzleNode(pool, { schema });
  return {
    db,
    kind: 'postgres',
    queue: new PgBoss({
      db: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
      ...queueTiming,
    }),
    migrate: () => migrateNode(db, { migrationsFolder }),
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    close: () => pool.end(),
  };
}

/** Lets pg-boss write inside a drizzle transaction: a job exists if and only if its row does. */
export function queueDatabase(tx: Db) {
  return fromDrizzle(tx as Parameters<typeof fromDrizzle>[0], sql as Parameters<typeof fromDrizzle>[1]);
}
