import type { Messenger } from '../../dialogs/messenger.ts';
import type { Coalescer } from './coalescer.ts';
import type { LiveCards } from './live-cards.ts';
import type { Outbox } from './outbox.ts';

interface MessengerOptions {
  outbox: Outbox;
  coalescer: Coalescer;
  liveCards: LiveCards;
}

export function createMessenger({ outbox, coalescer, liveCards }: MessengerOptions): Messenger {
  return {
    enqueue: (tx, key, message) => outbox.enqueue(tx, key, message),
    async enqueueCards(tx, key, follow, { card, summary }) {
      for (const { place, activityId } of await liveCards.of(follow, tx))
        await outbox.enqueue(tx, `${key}:${place.conversationId}:${activityId}`, {
          kind: 'update',
          place,
          activityId,
          card,
          summary,
          follow,
        });
    },
    nudge: () => outbox.nudge(),
    refreshCards: (follow, render) => coalescer.refresh(follow, render),
  };
}
