import type { Actor, Place } from '../../access/actor.ts';
import type { Card } from '../../cards/card.ts';
import type { Follow } from '../../dialogs/route.ts';
import type { Logger } from '../../log.ts';
import { createBoundedMap } from '../bounded-map.ts';
import type { Conversations } from '../conversations.ts';
import { wireId, withoutThread } from '../place.ts';
import { cardActivity, mentionActivity, textActivity, tooLargeCard } from './activities.ts';
import { type Connector, ConnectorFault, type OutboundActivity } from './connector.ts';
import type { Door, Urgency } from './door.ts';
import type { LiveCards } from './live-cards.ts';

/** What Teams' answers mean for a message: sent elsewhere, sent anew, not sent again. */
export interface Delivery {
  card(place: Place, card: Card, summary: string, options: DeliveryOptions & { follow?: Follow }): Promise<void>;
  /** A message that is gone is sent again, and known under its new id from then on. */
  update(
    place: Place,
    activityId: string,
    card: Card,
    summary: string,
    options: DeliveryOptions & { follow?: Follow },
  ): Promise<void>;
  text(place: Place, text: string, options: DeliveryOptions): Promise<void>;
  /** In the thread; 1:1 when the thread is gone and that person has a chat with the bot. */
  mention(place: Place, text: string, person: Person, options: DeliveryOptions): Promise<void>;
}

export type Person = Pick<Actor, 'objectId' | 'teamsId' | 'name'>;

export interface DeliveryOptions {
  urgency: Urgency;
  tries?: number;
  /** Asked just before each request. */
  stillWanted?: () => Promise<boolean>;
}

export interface DeliverySetup {
  door: Door;
  connector: Connector;
  conversations: Conversations;
  liveCards: LiveCards;
  now: () => number;
  log: Logger;
  count(operation: 'send' | 'update', result: string): void;
  /** A card of a subject stands in a chat now; what happened while it was on its way can be shown on it. */
  onShown?: ((follow: Follow, how: 'sent' | 'updated') => void) | undefined;
}

/** 403 codes that are about this request, not about the conversation. */
const notAboutTheConversation = new Set(['NotEnoughPermissions', 'InvalidBotApiHost']);

const isGone = (fault: unknown): fault is ConnectorFault => fault instanceof ConnectorFault && fault.status === 404;
const isShutOut = (fault: unknown): fault is ConnectorFault =>
  fault instanceof ConnectorFault && fault.status === 403 && !notAboutTheConversation.has(fault.code ?? '');
const isTooLarge = (fault: unknown): fault is ConnectorFault => fault instanceof ConnectorFault && fault.status === 413;

export function createDelivery(setup: DeliverySetup): Delivery {
  const { door, connector, conversations, liveCards, log } = setup;
  /** Messages that were sent again, by their former id. */
  const moved = createBoundedMap<string>(2_000, setup.now);
  const movedKey = (place: Place, activityId: string) => `${place.homeTenantId} ${place.conversationId} ${activityId}`;

  const counted = async <T>(operation: 'send' | 'update', request: () => Promise<T>): Promise<T> => {
    try {
      const result = await request();
      setup.count(operation, 'ok');
      return result;
    } catch (error) {
      const fault = error instanceof ConnectorFault ? error : null;
      setup.count(operation, fault === null ? 'givenUp' : String(fault.status ?? fault.arrival));
      throw error;
    }
  };

  const errand = (place: Place, options: DeliveryOptions, repeatable: boolean) => ({
    homeTenantId: place.homeTenantId,
    conversationId: place.conversationId,
    urgency: options.urgency,
    repeatable,
    ...(options.tries === undefined ? {} : { tries: options.tries }),
    ...(options.stillWanted === undefined ? {} : { stillWanted: options.stillWanted }),
  });

  const from = () => {
    const id = conversations.botId();
    return id === undefined ? {} : { from: { id } };
  };

  const send = async (place: Place, activity: OutboundActivity, options: DeliveryOptions): Promise<string | null> => {
    const call = {
      serviceUrl: place.serviceUrl,
      conversationId: wireId(place),
      activity: { ...from(), ...activity },
    };
    try {
      const sent = await counted('send', () => door.pass(errand(place, options, false), () => connector.send(call)));
      return sent.id;
    } catch (fault) {
      if (isTooLarge(fault) && activity.attachments !== undefined) {
        log.error({ err: fault, summary: activity.summary }, 'A card was too large for Teams');
        return send(place, cardActivity(tooLargeCard, activity.summary ?? ''), options);
      }
      if (isShutOut(fault)) await shutOut(place, fault);
      throw fault;
    }
  };

  const shutOut = async (place: Place, fault: ConnectorFault) => {
    log.warn({ code: fault.code, conversationId: place.conversationId }, 'The bot may no longer write here');
    await conversations.forget(place.homeTenantId, place.conversationId);
  };

  /** A deleted thread takes no reply; the channel behind it still does. */
  const sendSomewhere = async (place: Place, activity: OutboundActivity, options: DeliveryOptions) => {
    try {
      return { place, id: await send(place, activity, options) };
    } catch (fault) {
      if (!isGone(fault) || place.threadId === undefined) throw fault;
      const channel = withoutThread(place);
      return { place: channel, id: await send(channel, activity, options) };
    }
  };

  const put = async (place: Place, activityId: string, card: Card, summary: string, options: DeliveryOptions) => {
    const call = { serviceUrl: place.serviceUrl, conversationId: wireId(place), activityId };
    const request = (content: Card) =>
      counted('update', () =>
        door.pass(errand(place, options, true), () =>
          connector.update({ ...call, activity: { ...from(), ...cardActivity(content, summary) } }),
        ),
      );
    try {
      await request(card);
    } catch (fault) {
      if (isShutOut(fault)) await shutOut(place, fault);
      if (!isTooLarge(fault)) throw fault;
      log.error({ err: fault, summary }, 'A card was too large for Teams');
      await request(tooLargeCard);
    }
  };

  return {
    async card(place, card, summary, options) {
      const sent = await sendSomewhere(place, cardActivity(card, summary), options);
      if (options.follow === undefined || sent.id === null) return;
      await liveCards.remember(sent.place, sent.id, options.follow);
      setup.onShown?.(options.follow, 'sent');
    },
    async update(place, activityId, card, summary, options) {
      const { follow } = options;
      const present = moved.get(movedKey(place, activityId)) ?? activityId;
      try {
        await put(place, present, card, summary, options);
        if (follow === undefined) return;
        await liveCards.remember(place, present, follow);
        if (options.urgency === 'reply') setup.onShown?.(follow, 'updated');
      } catch (fault) {
        if (!isGone(fault)) throw fault;
        const known = follow === undefined ? null : await liveCards.at(place, follow);
        if (known !== null && known !== present) {
          moved.set(movedKey(place, activityId), known);
          return this.update(place, known, card, summary, options);
        }
        log.info({ code: fault.code }, 'A card is gone and is sent again');
        const sent = await sendSomewhere(place, cardActivity(card, summary), options);
        if (sent.id === null) return;
        if (wireId(sent.place) === wireId(place)) {
          moved.set(movedKey(place, activityId), sent.id);
          await liveCards.moved(place, present, sent.id);
        } else await liveCards.forget(place, present);
        if (follow !== undefined) await liveCards.remember(sent.place, sent.id, follow);
      }
    },
    async text(place, text, options) {
      await sendSomewhere(place, textActivity(text), options);
    },
    async mention(place, text, person, options) {
      const activity = mentionActivity(text, person);
      try {
        await send(place, activity, options);
      } catch (fault) {
        if (!isGone(fault) && !isShutOut(fault)) throw fault;
        const chat = await conversations.personal(place.homeTenantId, person.objectId);
        if (chat !== null && chat.conversationId !== place.conversationId) {
          await send(chat, textActivity(text), options);
          return;
        }
        if (!isGone(fault) || place.threadId === undefined) throw fault;
        await send(withoutThread(place), activity, options);
      }
    },
  };
}
