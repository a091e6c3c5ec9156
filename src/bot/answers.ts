import type { Place } from '../access/actor.ts';
import type { Reply, Turn } from '../dialogs/route.ts';
import type { Logger } from '../log.ts';
import type { Conversations } from './conversations.ts';
import { ConnectorFault } from './outbound/connector.ts';
import type { Delivery } from './outbound/delivery.ts';
import type { LiveCards } from './outbound/live-cards.ts';
import { pinnedTo } from './pinned.ts';
import type { Answer } from './requests.ts';
import { showMeCard } from './show-me-card.ts';

/** Takes an answer to where it belongs, in the conversation or to one person. */
export interface Answers {
  /** As a new message. `asked` are the words a personal answer can be asked for again with. */
  toMessage(turn: Turn, answer: Answer, asked: string | null): Promise<void>;
  /** For a press whose own answer has been given: everybody sees the card's new state. */
  toCard(turn: Turn, reply: Extract<Reply, { kind: 'card' }>): Promise<void>;
  /** In a chat of two, a form or a question takes the card's place: the next news of its subject must not wipe it away. */
  covered(turn: Turn, reply: Extract<Reply, { kind: 'personalCard' }>): Promise<void>;
  /** For a press whose answer is a message of its own. */
  beside(turn: Turn, answer: Answer): Promise<void>;
  /** For a press that cannot be answered in place any more, or by this client. */
  toPresser(turn: Turn, answer: Answer): Promise<void>;
}

export interface AnswersOptions {
  delivery: Delivery;
  conversations: Conversations;
  liveCards: LiveCards;
  log: Logger;
}

const soon = { urgency: 'reply' as const };
const follows = (reply: Extract<Reply, { kind: 'card' }>) =>
  reply.follow === undefined ? {} : { follow: reply.follow };

export function createAnswers({ delivery, conversations, liveCards, log }: AnswersOptions): Answers {
  const chatWith = async (turn: Turn): Promise<Place | null> =>
    turn.actor.objectId === '' ? null : conversations.personal(turn.actor.homeTenantId, turn.actor.objectId);

  /** False if that person has no chat with the bot, or shut it. */
  const inOwnChat = async (turn: Turn, reply: Reply): Promise<boolean> => {
    const chat = await chatWith(turn);
    if (chat === null) return false;
    try {
      if (reply.kind === 'text') await delivery.text(chat, reply.text, soon);
      else await delivery.card(chat, pinnedTo(reply.card, (await turn.workspace()).id), reply.summary, soon);
      return true;
    } catch (error) {
      if (!(error instanceof ConnectorFault) || error.arrival === 'unknown') throw error;
      log.info({ err: error }, 'A personal answer did not reach its chat');
      return false;
    }
  };

  const personally = async (turn: Turn, reply: Extract<Reply, { kind: 'personalCard' }>, asked: string | null) => {
    const { place, actor } = turn;
    if (place.conversationKind === 'personal') return delivery.card(place, reply.card, reply.summary, soon);
    if (await inOwnChat(turn, reply)) return delivery.text(place, 'I sent it to you in our chat.', soon);
    if (asked !== null) return delivery.card(place, showMeCard(actor, asked), reply.summary, soon);
    await delivery.mention(place, 'I can show you this in our own chat. Add me there and ask again.', actor, soon);
  };

  return {
    async toMessage(turn, { reply }, asked) {
      switch (reply.kind) {
        case 'text':
          return delivery.text(turn.place, reply.text, soon);
        case 'card':
          return delivery.card(turn.place, reply.card, reply.summary, { ...soon, ...follows(reply) });
        case 'personalCard':
          return personally(turn, reply, asked);
      }
    },
    async toCard(turn, reply) {
      if (turn.cardMessageId === null) return;
      const options = { ...soon, ...follows(reply) };
      await delivery.update(turn.place, turn.cardMessageId, reply.card, reply.summary, options);
    },
    async covered({ place, cardMessageId }, { until }) {
      if (place.conversationKind !== 'personal' || cardMessageId === null) return;
      await (until === undefined
        ? liveCards.forget(place, cardMessageId)
        : liveCards.remember(place, cardMessageId, until));
    },
    async beside(turn, answer) {
      const { reply, aside } = answer;
      if (aside || reply.kind === 'text') return this.toPresser(turn, answer);
      const options = reply.kind === 'card' ? { ...soon, ...follows(reply) } : soon;
      await delivery.card(turn.place, reply.card, reply.summary, options);
    },
    async toPresser(turn, { reply, aside }) {
      const { place, actor, cardMessageId } = turn;
      if (reply.kind === 'card' && !aside) {
        if (cardMessageId !== null) return this.toCard(turn, reply);
        return delivery.card(place, reply.card, reply.summary, { ...soon, ...follows(reply) });
      }
      if (place.conversationKind === 'personal') {
        if (reply.kind === 'text') return delivery.text(place, reply.text, soon);
        if (aside || cardMessageId === null) return delivery.card(place, reply.card, reply.summary, soon);
        return delivery.update(place, cardMessageId, reply.card, reply.summary, soon);
      }
      if (await inOwnChat(turn, reply)) return;
      const words = reply.kind === 'text' ? reply.text : `${reply.summary}. I can show you more in our own chat.`;
      await delivery.mention(place, words, actor, soon);
    },
  };
}
