import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Place } from '../../access/actor.ts';
import type { Follow } from '../../dialogs/route.ts';
import type { Database, Db } from '../../store/database.ts';
import { conversations, liveCards } from '../../store/schema.ts';
import { splitWireId, wireId } from '../place.ts';

/** Cards in chats that follow their subject. The stored conversation id is the thread's, where there is one. */
export interface LiveCards {
  remember(place: Place, activityId: string, follow: Follow): Promise<void>;
  /** Inside a transaction pass it on. */
  of(follow: Follow, tx?: Db): Promise<LiveCard[]>;
  /** The message was sent again under a new id. */
  moved(place: Place, from: string, to: string): Promise<void>;
  forget(place: Place, activityId: string): Promise<void>;
  /** The card of a subject in a conversation, under its present id. */
  at(place: Place, follow: Follow): Promise<string | null>;
}

export interface LiveCard {
  place: Place;
  activityId: string;
}

export function createLiveCards({ database }: { database: Database }): LiveCards {
  const { db } = database;
  const message = (place: Place, activityId: string) =>
    and(
      eq(liveCards.homeTenantId, place.homeTenantId),
      eq(liveCards.conversationId, wireId(place)),
      eq(liveCards.activityId, activityId),
    );
  const subject = (follow: Follow) =>
    and(eq(liveCards.subject, follow.subject), eq(liveCards.subjectId, follow.subjectId));
  return {
    async remember(place, activityId, follow) {
      await db
        .insert(liveCards)
        .values({
          subject: follow.subject,
          subjectId: follow.subjectId,
          homeTenantId: place.homeTenantId,
          conversationId: wireId(place),
          activityId,
        })
        .onConflictDoUpdate({
          target: [liveCards.homeTenantId, liveCards.conversationId, liveCards.activityId],
          set: { subject: follow.subject, subjectId: follow.subjectId },
        });
    },
    async of(follow, tx = db) {
      const rows = await tx
        .select({ card: liveCards, conversation: conversations })
        .from(liveCards)
        .innerJoin(
          conversations,
          and(
            eq(conversations.homeTenantId, liveCards.homeTenantId),
            eq(conversations.conversationId, sql`split_part(${liveCards.conversationId}, ';messageid=', 1)`),
          ),
        )
        .where(and(subject(follow), isNull(conversations.removedAt)));
      return rows.map(({ card, conversation }) => ({
        activityId: card.activityId,
        place: {
          homeTenantId: card.homeTenantId,
          conversationKind: conversation.kind,
          ...splitWireId(card.conversationId),
          serviceUrl: conversation.serviceUrl,
        },
      }));
    },
    async moved(place, from, to) {
      await db.update(liveCards).set({ activityId: to }).where(message(place, from));
    },
    async forget(place, activityId) {
      await db.delete(liveCards).where(message(place, activityId));
    },
    async at(place, follow) {
      const [row] = await db
        .select({ activityId: liveCards.activityId })
        .from(liveCards)
        .where(
          and(
            subject(follow),
            eq(liveCards.homeTenantId, place.homeTenantId),
            eq(liveCards.conversationId, wireId(place)),
          ),
        )
        .limit(1);
      return row?.activityId ?? null;
    },
  };
}
