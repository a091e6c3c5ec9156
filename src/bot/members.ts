import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Members } from '../access/access.ts';
import type { Place, Workspace } from '../access/actor.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database } from '../store/database.ts';
import { conversations, workspaces } from '../store/schema.ts';
import type { Roster } from './roster.ts';

/** Asks Teams about people of a workspace, in a conversation of it that everybody is in. */
export function createMembers({ database, roster }: { database: Pick<Database, 'db'>; roster: Roster }): Members {
  const conversationOf = async (workspace: Workspace): Promise<Place | null> => {
    const [row] = await database.db
      .select({ conversation: conversations })
      .from(conversations)
      .innerJoin(workspaces, eq(workspaces.id, conversations.workspaceId))
      .where(and(eq(workspaces.id, workspace.id), isNull(conversations.removedAt), isNull(workspaces.removedAt)))
      // A private or shared channel has members of its own. General has the team's id, so it comes first.
      .orderBy(desc(sql`${conversations.conversationId} = ${workspaces.teamsKey}`), desc(conversations.lastSeenAt))
      .limit(1);
    if (row === undefined) return null;
    const { homeTenantId, kind, conversationId, serviceUrl } = row.conversation;
    return { homeTenantId, conversationKind: kind, conversationId, serviceUrl };
  };

  return {
    async find(workspace, { objectId, teamsId }) {
      const place = await conversationOf(workspace);
      if (place === null || objectId === '') return null;
      const key = teamsId ?? objectId;
      const member = await roster.member(place, key).catch((error: unknown) => {
        throw new ProblemError('rosterAway', { cause: error });
      });
      if (member === null || (member.objectId !== null && member.objectId !== objectId)) return null;
      return { name: member.name ?? 'Somebody', insider: !(await roster.isOutsider(place, key)) };
    },
  };
}
