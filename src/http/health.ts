import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/** Something the service cannot work without; throws while it is not there. */
export interface Dependency {
  name: string;
  check(): Promise<void>;
}

export type Readiness = () => Promise<{ ready: boolean; missing: string[] }>;

const checkWithin = 2_000;

/** A dependency that does not answer in time is missing. */
export function createReadiness(dependencies: readonly Dependency[]): Readiness {
  return async () => {
    const present = await Promise.all(dependencies.map(isThere));
    const missing = dependencies.filter((_, index) => !present[index]).map((dependency) => dependency.name);
    return { ready: missing.length === 0, missing };
  };
}

async function isThere(dependency: Dependency): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), checkWithin);
  });
  const there = dependency.check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([there, late]);
  clearTimeout(timer);
  return result;
}

export interface StartedParts {
  migrated(): boolean;
  queueStarted(): boolean;
}

export function standardDependencies(database: Pick<Database, 'ping'>, started: StartedParts): Dependency[] {
  const must = (done: () => boolean) => async () => {
    if (!done()) throw new Error('Not yet');
  };
  return [
    { name: 'database', check: () => database.ping() },
    { name: 'migrations', check: must(() => started.migrated()) },
    { name: 'queue', check: must(() => started.queueStarted()) },
  ];
}

/** Publish jobs that are not done, by state; the table's finished rows are not counted. */
export async function openJobs({ db }: Pick<Database, 'db'>): Promise<Record<string, number>> {
  const rows = await db.execute(
    sql`select state, count(*)::int as count from publish_jobs where state <> 'done' group by state`,
  );
  const found = rows as unknown as { rows: { state: string; count: number }[] };
  return Object.fromEntries(found.rows.map((row) => [row.state, row.count]));
}

/** Work in the queue, by queue. */
export async function queuedWork({ queue }: Pick<Database, 'queue'>): Promise<Record<string, number>> {
  const queues = await queue.getQueues();
  return Object.fromEntries(queues.map((entry) => [entry.name, entry.queuedCount]));
}
