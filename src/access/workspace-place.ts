import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { conversations, workspaces } from '../store/schema.ts';
import type { Place } from './actor.ts';

/**
 * Where news for a whole workspace goes: a team's first channel (its conversation has the team's id), the chat itself, or
 * else where people talked to the bot last. Null where the bot is not any more.
 */
export async function workspacePlace(db: Db, workspaceId: string): Promise<Place | null> {
  const [row] = await db
    .select({ conversation: conversations })
    .from(conversations)
    .innerJoin(workspaces, eq(workspaces.id, conversations.workspaceId))
    .where(
      and(eq(conversations.workspaceId, workspaceId), isNull(conversations.removedAt), isNull(workspaces.removedAt)),
    )
    .orderBy(desc(sql`${conversations.conversationId} = ${workspaces.teamsKey}`), desc(conversations.lastSeenAt))
    .limit(1);
  if (row === undefined) return null;
  const { homeTenantId, kind, conversationId, serviceUrl } = row.conversation;
  return { homeTenantId, conversationKind: kind, conversationId, serviceUrl };
}
