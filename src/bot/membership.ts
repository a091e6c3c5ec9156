import type { Workspaces } from '../access/workspaces.ts';
import type { InboundActivity } from './activity.ts';
import type { Conversations } from './conversations.ts';
import type { Request } from './requests.ts';
import type { Roster } from './roster.ts';
import type { RouteTable } from './route-table.ts';
import type { BotTurn } from './turn.ts';

/** The bot came to a place or left it, or people did. */
export type Coming = 'added' | 'removed' | 'conversationRemoved' | 'people';

/**
 * Both events come when the bot is added, in either order. `add-upgrade` and `remove-upgrade` tell of a new version of
 * the app and change nothing here. A shared channel lets the bot in and out by itself, with `conversationUpdate` alone.
 * https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
 */
export function readMembership(activity: InboundActivity): Coming | null {
  if (activity.type === 'installationUpdate') {
    if (activity.action === 'add') return 'added';
    return activity.action === 'remove' ? 'removed' : null;
  }
  const bot = activity.recipient?.id;
  if (activity.type !== 'conversationUpdate' || bot === undefined) return null;
  if (activity.membersAdded.some((member) => member.id === bot)) return 'added';
  if (activity.membersRemoved.some((member) => member.id === bot)) return 'conversationRemoved';
  return activity.membersAdded.length + activity.membersRemoved.length > 0 ? 'people' : null;
}

export interface MembershipOptions {
  workspaces: Workspaces;
  conversations: Conversations;
  roster: Roster;
  table: RouteTable;
}

export function createMembership({ workspaces, conversations, roster, table }: MembershipOptions) {
  const installerOf = async (turn: BotTurn, named: string | undefined) => {
    if (!turn.identified) return null;
    // These events carry no name.
    const member = named === undefined ? await roster.member(turn.place, turn.actor.teamsId).catch(() => null) : null;
    return { objectId: turn.actor.objectId, name: named ?? member?.name ?? 'The person who added me' };
  };

  return {
    /** The first to tell of an installation gets a welcome; null where there is nothing to say. */
    added(turn: BotTurn, activity: InboundActivity): Request {
      return {
        route: 'install',
        permission: 'none',
        asks: true,
        subject: null,
        pinned: null,
        beside: false,
        command: null,
        text: null,
        async run() {
          const installer = await installerOf(turn, activity.from?.name);
          const { workspace, first } = await workspaces.install(turn.workspaceKey, installer);
          await conversations.returnTo(workspace.id);
          if (!first || table.install === null) return null;
          const actor = { ...turn.actor, name: installer?.name ?? turn.actor.name };
          return { reply: await table.install.handle({ ...turn, actor }), aside: false };
        },
      };
    },
    async removed(turn: BotTurn): Promise<void> {
      const workspace = await workspaces.remove(turn.workspaceKey);
      if (workspace !== null) await conversations.forgetWorkspace(workspace.id);
    },
    /** A role of somebody who was removed ends with this event, and not when what Teams said of them is forgotten. */
    async people(turn: BotTurn): Promise<void> {
      roster.forget(turn.place);
    },
    conversationRemoved: (turn: BotTurn): Promise<void> =>
      conversations.forget(turn.place.homeTenantId, turn.place.conversationId),
  };
}

export type Membership = ReturnType<typeof createMembership>;
