import type { Card } from '../cards/card.ts';
import type { Reply } from '../dialogs/route.ts';
import type { InvokeAnswer } from './adapter.ts';
import { adaptiveCard } from './outbound/activities.ts';

/**
 * Teams shows the body of an invoke answer whose HTTP status is 200, and a general error for any other.
 * https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/universal-action-model#response-format
 */
export function invokeAnswer(reply: Reply): InvokeAnswer {
  return reply.kind === 'text'
    ? { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: reply.text }
    : cardAnswer(reply.card);
}

const cardAnswer = (card: Card): InvokeAnswer => ({ statusCode: 200, type: adaptiveCard, value: card });

/** For invokes that no card of this bot makes. */
export const unknownInvoke: InvokeAnswer = {
  statusCode: 501,
  type: 'application/vnd.microsoft.error',
  value: { code: 'NotSupported', message: 'This bot does not take this kind of request.' },
};
