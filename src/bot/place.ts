import type { Place } from '../access/actor.ts';
import type { InboundActivity } from './activity.ts';

const threadMark = ';messageid=';

/** The conversation id that the connector takes: a channel's threads have one each. */
export function wireId(place: Place): string {
  return place.threadId === undefined ? place.conversationId : `${place.conversationId}${threadMark}${place.threadId}`;
}

export function splitWireId(id: string): { conversationId: string; threadId?: string } {
  const [conversationId = id, threadId] = id.split(threadMark);
  return threadId === undefined || threadId === '' ? { conversationId } : { conversationId, threadId };
}

export function placeOf(activity: InboundActivity, conversation: { id: string }, homeTenantId: string): Place {
  return {
    homeTenantId,
    conversationKind: conversationKind(activity),
    ...splitWireId(conversation.id),
    serviceUrl: activity.serviceUrl ?? '',
  };
}

function conversationKind({ conversation, channelData }: InboundActivity): Place['conversationKind'] {
  const type = conversation?.conversationType;
  if (type === 'personal' || type === 'groupChat' || type === 'channel') return type;
  if (channelData?.team?.id !== undefined) return 'channel';
  return conversation?.isGroup === true ? 'groupChat' : 'personal';
}

export const withoutThread = ({ threadId: _, ...place }: Place): Place => place;
