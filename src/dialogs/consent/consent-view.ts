import { z } from 'zod';
import type { SeenRequest } from '../../consent/consent-requests.ts';
import { isOpen } from '../../consent/consent-states.ts';
import { rolesFor } from '../access/role-words.ts';
import type { Reply, Turn } from '../route.ts';
import type { ConsentEyes } from './consent-card.ts';
import { type ConsentServices, consentReply } from './consent-services.ts';

export const pressOnRequest = z.object({ request: z.uuid(), revision: z.coerce.number().int().optional() });

/** `said`: instead of the card, when there is nothing to show. */
export type Found = SeenRequest | { said: string };

function eyesOf({ may, isRequester }: SeenRequest): ConsentEyes {
  if (may === 'yes') return 'approver';
  return isRequester ? 'requester' : 'everybody';
}

/**
 * The view of whoever looks. In a channel the others keep what they see, and the copies change by their own news; in a
 * chat of two the card itself is the view, so that it goes on following the request.
 */
export function viewFor(services: ConsentServices, turn: Turn, seen: SeenRequest, said?: string): Reply {
  const eyes = eyesOf(seen);
  const isLooking = eyes === 'everybody' && turn.trigger === 'manual' && isOpen(seen.request.state);
  const words = said ?? (isLooking ? `You may look at this. Deciding needs ${rolesFor('approve')}.` : undefined);
  const shown = { request: seen.request, eyes, now: turn.now, ...(words === undefined ? {} : { said: words }) };
  const reply = consentReply(services.clouds, shown);
  if (turn.trigger === 'message' || turn.place.conversationKind === 'personal') return reply;
  return { kind: 'personalCard', card: reply.card, summary: reply.summary };
}
