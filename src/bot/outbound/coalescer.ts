import type { Card } from '../../cards/card.ts';
import type { Follow } from '../../dialogs/route.ts';
import type { Logger } from '../../log.ts';
import type { Clock } from '../clock.ts';
import type { Delivery } from './delivery.ts';
import { ErrandGivenUp } from './door.ts';
import type { LiveCard, LiveCards } from './live-cards.ts';

type Render = () => Promise<{ card: Card; summary: string } | null>;

/** Brings the cards of a subject up to date: seldom enough for Teams, and always with the newest state. */
export interface Coalescer {
  refresh(follow: Follow, render: Render): void;
  /** Shows what is still waiting, now, and ends. */
  flush(): Promise<void>;
}

export interface CoalescerOptions {
  liveCards: LiveCards;
  delivery: Delivery;
  clock: Clock;
  log: Logger;
}

const spacing = 3_000;
/** A card that moved within this time counts as live for its neighbours. */
const liveFor = 60_000;

interface Pending {
  render: Render;
  again: boolean;
}

/** One card in one chat, as long as it moves. */
interface Track {
  conversation: string;
  shownAt: number;
}

export function createCoalescer({ liveCards, delivery, clock, log }: CoalescerOptions): Coalescer {
  const pending = new Map<string, Pending>();
  const tracks = new Map<string, Track>();
  const running = new Set<Promise<void>>();
  const hurry = new AbortController();

  const conversationOf = ({ place }: LiveCard) => `${place.homeTenantId} ${place.conversationId}`;
  const trackKey = (card: LiveCard) => `${conversationOf(card)} ${card.activityId}`;

  const neighbours = (conversation: string) => {
    let count = 0;
    for (const [key, track] of tracks) {
      if (clock.now() - track.shownAt > liveFor) tracks.delete(key);
      else if (track.conversation === conversation) count += 1;
    }
    return count;
  };

  /** The time before which this card is not shown again. */
  const restOf = (card: LiveCard) => {
    const track = tracks.get(trackKey(card));
    if (track === undefined) return 0;
    const live = Math.max(1, neighbours(track.conversation));
    return Math.max(0, track.shownAt + spacing * live - clock.now());
  };

  const show = async (card: LiveCard, follow: Follow, shown: { card: Card; summary: string }) => {
    tracks.set(trackKey(card), { conversation: conversationOf(card), shownAt: clock.now() });
    try {
      await delivery.update(card.place, card.activityId, shown.card, shown.summary, { urgency: 'progress', follow });
    } catch (error) {
      if (!(error instanceof ErrandGivenUp))
        log.warn({ err: error, ...follow }, 'A card could not be brought up to date');
    }
  };

  const bringUpToDate = async (key: string, follow: Follow, entry: Pending) => {
    try {
      do {
        entry.again = false;
        const cards = await liveCards.of(follow);
        const rest = Math.max(0, ...cards.map(restOf));
        if (rest > 0) await clock.sleep(rest, hurry.signal);
        // Whatever was asked for up to here is in what render reads now.
        entry.again = false;
        const shown = cards.length === 0 ? null : await entry.render();
        if (shown !== null) await Promise.all(cards.map((card) => show(card, follow, shown)));
      } while (entry.again);
    } catch (error) {
      log.warn({ err: error, ...follow }, 'The cards of a subject could not be brought up to date');
    } finally {
      pending.delete(key);
    }
  };

  return {
    refresh(follow, render) {
      const key = `${follow.subject} ${follow.subjectId}`;
      const known = pending.get(key);
      if (known !== undefined) {
        known.render = render;
        known.again = true;
        return;
      }
      const entry: Pending = { render, again: false };
      pending.set(key, entry);
      const work = bringUpToDate(key, follow, entry);
      running.add(work);
      void work.finally(() => running.delete(work));
    },
    async flush() {
      hurry.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
