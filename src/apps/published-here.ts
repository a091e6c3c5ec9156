import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { publishJobs, releases } from '../store/schema.ts';

export interface PublishedHere {
  jobId: string;
  jobNumber: string;
  by: string;
  version: string | null;
  at: Date;
}

/** Who brought an app to Intune from this workspace, newest first. */
export async function publishedHere(
  db: Db,
  app: { workspaceId: string; connectionId: string; appId: string },
  most = 3,
): Promise<PublishedHere[]> {
  const rows = await db
    .select({
      jobId: publishJobs.id,
      jobNumber: publishJobs.number,
      by: releases.requesterName,
      version: sql<string | null>`${releases.plan}->>'version'`,
      finishedAt: publishJobs.finishedAt,
      createdAt: publishJobs.createdAt,
    })
    .from(publishJobs)
    .innerJoin(releases, eq(releases.id, publishJobs.releaseId))
    .where(
      and(
        eq(publishJobs.workspaceId, app.workspaceId),
        eq(publishJobs.connectionId, app.connectionId),
        inArray(publishJobs.outcome, ['published', 'publishedWithWarnings']),
        sql`${publishJobs.progress}->>'appId' = ${app.appId}`,
      ),
    )
    .orderBy(desc(publishJobs.createdAt))
    .limit(most);
  return rows.map(({ finishedAt, createdAt, ...row }) => ({ ...row, at: finishedAt ?? createdAt }));
}
