import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Place } from '../access/actor.ts';
import type { Database } from '../store/database.ts';
import { conversations } from '../store/schema.ts';
import { createBoundedMap } from './bounded-map.ts';

/** Where the bot is and may write. */
export interface Conversations {
  /** Remembers where something came from; a query only when it is new to this process or long ago. */
  remember(seen: SeenConversation): Promise<void>;
  /** The bot left or was blocked: nothing is sent there until it is seen again. */
  forget(homeTenantId: string, conversationId: string): Promise<void>;
  forgetWorkspace(workspaceId: string): Promise<void>;
  returnTo(workspaceId: string): Promise<void>;
  isRemoved(place: Place): Promise<boolean>;
  /** The chat between the bot and one person, if there is one. */
  personal(homeTenantId: string, objectId: string): Promise<Place | null>;
  /** The bot's own id in Teams, once seen. */
  botId(): string | undefined;
}

export interface SeenConversation {
  place: Place;
  botId: string;
  /** Whose chat it is, for a personal one. */
  personObjectId: string | null;
  workspaceId(): Promise<string>;
}

const remembered = 20_000;
/** Another process may have marked the conversation removed: looked at again after this time. */
const trustFor = 10 * 60 * 1000;

export function createConversations({ database, now }: { database: Database; now: () => number }): Conversations {
  const { db } = database;
  const seenLately = createBoundedMap<{ serviceUrl: string; stored: Promise<void> }>(remembered, now);
  let botId: string | undefined;

  const key = (homeTenantId: string, conversationId: string) => `${homeTenantId} ${conversationId}`;
  const at = (homeTenantId: string, conversationId: string) =>
    and(eq(conversations.homeTenantId, homeTenantId), eq(conversations.conversationId, conversationId));

  return {
    async remember({ place, botId: bot, personObjectId, workspaceId }) {
      botId = bot;
      const id = key(place.homeTenantId, place.conversationId);
      const known = seenLately.get(id);
      if (known?.serviceUrl === place.serviceUrl) return known.stored;
      const row = { serviceUrl: place.serviceUrl, botId: bot, personObjectId, lastSeenAt: new Date(now()) };
      const store = async () => {
        await db
          .insert(conversations)
          .values({
            ...row,
            workspaceId: await workspaceId(),
            conversationId: place.conversationId,
            kind: place.conversationKind,
            homeTenantId: place.homeTenantId,
          })
          .onConflictDoUpdate({
            target: [conversations.homeTenantId, conversations.conversationId],
            set: { ...row, removedAt: null },
          });
      };
      const stored = store();
      seenLately.set(id, { serviceUrl: place.serviceUrl, stored }, now() + trustFor);
      stored.catch(() => seenLately.delete(id));
      return stored;
    },
    async forget(homeTenantId, conversationId) {
      seenLately.delete(key(homeTenantId, conversationId));
      await db
        .update(conversations)
        .set({ removedAt: new Date(now()) })
        .where(at(homeTenantId, conversationId));
    },
    async forgetWorkspace(workspaceId) {
      const gone = await db
        .update(conversations)
        .set({ removedAt: new Date(now()) })
        .where(eq(conversations.workspaceId, workspaceId))
        .returning({ homeTenantId: conversations.homeTenantId, conversationId: conversations.conversationId });
      for (const row of gone) seenLately.delete(key(row.homeTenantId, row.conversationId));
    },
    async returnTo(workspaceId) {
      await db.update(conversations).set({ removedAt: null }).where(eq(conversations.workspaceId, workspaceId));
    },
    async isRemoved(place) {
      const [row] = await db
        .select({ removed: sql<boolean>`${conversations.removedAt} is not null` })
        .from(conversations)
        .where(at(place.homeTenantId, place.conversationId));
      return row?.removed ?? false;
    },
    async personal(homeTenantId, objectId) {
      const [row] = await db
        .select()
        .from(conversations)
        .where(
          and(
            eq(conversations.homeTenantId, homeTenantId),
            eq(conversations.personObjectId, objectId),
            eq(conversations.kind, 'personal'),
            isNull(conversations.removedAt),
          ),
        )
        .orderBy(desc(conversations.lastSeenAt))
        .limit(1);
      if (row === undefined) return null;
      return {
        homeTenantId,
        conversationKind: 'personal',
        conversationId: row.conversationId,
        serviceUrl: row.serviceUrl,
      };
    },
    botId: () => botId,
  };
}
