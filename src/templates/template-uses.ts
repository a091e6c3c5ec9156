import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { releases } from '../store/schema.ts';

/** Drafts and plans that name a template; what was published keeps its own copy of what it used. */
export async function usesOf(db: Db, workspaceId: string, templateId: string): Promise<string[]> {
  const rows = await db
    .select({ requester: releases.requesterName, name: sql<string | null>`${releases.form} ->> 'displayName'` })
    .from(releases)
    .where(
      and(
        eq(releases.workspaceId, workspaceId),
        inArray(releases.state, ['draft', 'planned']),
        sql`${templateId} in (${releases.form} ->> 'assignmentTemplateId', ${releases.form} ->> 'appTemplateId')`,
      ),
    )
    .limit(10);
  return rows.map(({ requester, name }) => `A draft of ${requester} uses it: ${name ?? 'an app'}.`);
}
