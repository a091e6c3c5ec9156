import { and, count, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { publishJobs, releases } from '../store/schema.ts';

/** What stops working when a connection goes, as parts of a sentence. */
export async function publishingDependents(db: Db, connectionId: string): Promise<string[]> {
  const [jobs] = await db
    .select({ open: count() })
    .from(publishJobs)
    .where(and(eq(publishJobs.connectionId, connectionId), ne(publishJobs.state, 'done')));
  const [plans] = await db
    .select({ shown: count() })
    .from(releases)
    .where(and(eq(releases.state, 'planned'), sql`${releases.plan} ->> 'connectionId' = ${connectionId}`));
  return [
    counted(jobs?.open ?? 0, 'publish job that is not done', 'publish jobs that are not done'),
    counted(plans?.shown ?? 0, 'plan that waits for Publish', 'plans that wait for Publish'),
  ].filter((words) => words !== null);
}

function counted(number: number, one: string, several: string): string | null {
  if (number === 0) return null;
  return number === 1 ? `1 ${one}` : `${number} ${several}`;
}
