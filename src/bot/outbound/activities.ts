import type { Actor } from '../../access/actor.ts';
import type { Card } from '../../cards/card.ts';
import { plain } from '../../cards/text.ts';
import type { OutboundActivity } from './connector.ts';

export const adaptiveCard = 'application/vnd.microsoft.card.adaptive';

/** A card travels alone: with text beside it Teams makes two messages and gives no id to update. */
export const cardActivity = (card: Card, summary: string): OutboundActivity => ({
  type: 'message',
  summary,
  attachments: [{ contentType: adaptiveCard, content: card }],
});

/** Plain: names and words from outside must not become links. */
export const textActivity = (text: string): OutboundActivity => ({ type: 'message', text, textFormat: 'plain' });

/** Teams alerts the person whose `<at>` part and entity agree to the letter. */
export function mentionActivity(text: string, person: Pick<Actor, 'teamsId' | 'name'>): OutboundActivity {
  const name =
    person.name
      .replace(/[<>&"]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim() || 'you';
  const at = `<at>${name}</at>`;
  return {
    type: 'message',
    // A mention needs Teams' Markdown, so what stands beside it is escaped.
    text: `${at} ${plain(text)}`,
    entities: [{ type: 'mention', text: at, mentioned: { id: person.teamsId, name } }],
  };
}

/** Stands in for a card that Teams refused as too large. */
export const tooLargeCard: Card = {
  type: 'AdaptiveCard',
  version: '1.5',
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  body: [
    { type: 'TextBlock', text: 'Too much for one card', weight: 'Bolder', wrap: true, style: 'heading' },
    {
      type: 'TextBlock',
      text: 'The answer is larger than Teams takes. Ask for less, for example with a search word behind the command.',
      wrap: true,
    },
  ],
};
