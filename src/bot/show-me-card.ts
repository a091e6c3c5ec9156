import type { Actor } from '../access/actor.ts';
import type { Card } from '../cards/card.ts';
import { card, execute, text } from '../cards/pieces.ts';

export const askAgainVerb = 'turn.again';

/**
 * Stands in a channel for an answer that is for one person. That person's client asks for the answer by itself
 * (`refresh`), and the button does the same where it does not. The card carries the words that were typed and no more.
 */
export function showMeCard(actor: Actor, typed: string): Card {
  const action = execute('Show me', askAgainVerb, { text: typed, asker: actor.objectId });
  return {
    ...card([text(`The answer is for ${actor.name} alone.`)], [action]),
    refresh: { action, userIds: [actor.teamsId] },
  };
}
