import type { Actor, Place, Workspace } from '../access/actor.ts';
import type { WorkspaceKey, Workspaces } from '../access/workspaces.ts';
import type { Turn } from '../dialogs/route.ts';
import { type InboundActivity, isSharedChannel } from './activity.ts';
import type { Clock } from './clock.ts';
import { peopleMentioned } from './mention-text.ts';
import { placeOf } from './place.ts';
import type { Roster } from './roster.ts';

/** A turn with what only the surface needs. */
export interface BotTurn extends Turn {
  /** False for somebody without an Entra object id, whom no role can be given to. */
  identified: boolean;
  sharedChannel: boolean;
  workspaceKey: WorkspaceKey;
}

export interface TurnFactoryOptions {
  workspaces: Workspaces;
  roster: Roster;
  clock: Clock;
}

export interface TurnSource {
  activity: InboundActivity & { conversation: { id: string }; from: { id: string } };
  homeTenantId: string;
  trigger: Turn['trigger'];
  signal: AbortSignal;
}

/** Names are looked up for so many people of one message. */
const mostMentions = 10;

export function createTurnFactory({ workspaces, roster, clock }: TurnFactoryOptions) {
  const mentionsOf = (activity: InboundActivity, place: Place): Promise<Turn['mentions']> =>
    Promise.all(
      peopleMentioned(activity)
        .slice(0, mostMentions)
        .map(async ({ mentioned }) => ({
          teamsId: mentioned.id,
          name: mentioned.name ?? 'somebody',
          objectId: mentioned.aadObjectId ?? (await objectIdOf(place, mentioned.id)),
        })),
    );
  const objectIdOf = async (place: Place, teamsId: string) => {
    const member = await roster.member(place, teamsId).catch(() => null);
    return member?.objectId ?? null;
  };

  return async ({ activity, homeTenantId, trigger, signal }: TurnSource): Promise<BotTurn> => {
    const place = placeOf(activity, activity.conversation, homeTenantId);
    const { id: teamsId, name, aadObjectId } = activity.from;
    const actor: Actor = { homeTenantId, objectId: aadObjectId ?? '', name: name ?? 'Somebody', teamsId };
    const workspaceKey = workspaceKeyOf(activity, place);
    let workspace: Promise<Workspace> | null = null;
    return {
      actor,
      place,
      workspace() {
        workspace ??= workspaces.find(workspaceKey);
        return workspace;
      },
      mentions: trigger === 'message' ? await mentionsOf(activity, place) : [],
      cardMessageId: trigger === 'message' ? null : (activity.replyToId ?? null),
      trigger,
      now: new Date(clock.now()),
      signal,
      identified: aadObjectId !== undefined && aadObjectId !== '',
      sharedChannel: isSharedChannel(activity),
      workspaceKey,
    };
  };
}

export type TurnFactory = ReturnType<typeof createTurnFactory>;

function workspaceKeyOf(activity: InboundActivity, place: Place): WorkspaceKey {
  const { homeTenantId, conversationId } = place;
  const team = activity.channelData?.team;
  switch (place.conversationKind) {
    case 'channel':
      return { homeTenantId, kind: 'team', teamsKey: team?.id ?? conversationId, name: team?.name ?? null };
    case 'groupChat':
      return { homeTenantId, kind: 'groupChat', teamsKey: conversationId, name: activity.conversation?.name ?? null };
    case 'personal':
      return { homeTenantId, kind: 'personal', teamsKey: conversationId, name: null };
  }
}
