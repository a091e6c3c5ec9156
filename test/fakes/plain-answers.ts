import type { Card } from '../../src/cards/card.ts';
import type { StandardAnswers } from '../../src/dialogs/route.ts';

/** A card that says one thing. */
export const sayCard = (words: string, rest: Partial<Card> = {}): Card => ({
  type: 'AdaptiveCard',
  version: '1.5',
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  body: [{ type: 'TextBlock', text: words, wrap: true }],
  ...rest,
});

/** Answers that name themselves, for tests of the surface. */
export const plainAnswers: StandardAnswers = {
  unknown: async (_turn, text, nearest) => ({
    kind: 'text',
    text: `unknown "${text}", nearest ${nearest?.command ?? 'none'}`,
  }),
  badInput: (_turn, _route, faults) => ({ kind: 'text', text: `bad input: ${faults.join(' ')}` }),
  refused: (_turn, permission, admins) => ({
    kind: 'text',
    text: `refused ${permission}, admins: ${admins.join(', ')}`,
  }),
  refusedOutsider: () => ({ kind: 'text', text: 'refused outsider' }),
  sharedChannelOff: () => ({ kind: 'text', text: 'shared channel off' }),
  failed: (_turn, problem, reference) => ({
    kind: 'card',
    card: sayCard(`failed ${problem.code} ${reference}`),
    summary: problem.title,
  }),
  stillWorking: () => ({ kind: 'personalCard', card: sayCard('still working'), summary: 'Still working' }),
};
