import type { Access } from '../access/access.ts';
import type { StandardAnswers } from '../dialogs/route.ts';
import { type Answer, aside, type Request } from './requests.ts';
import type { Roster } from './roster.ts';
import type { BotTurn } from './turn.ts';

export interface GuardOptions {
  access: Access;
  roster: Roster;
  answers: StandardAnswers;
}

/** Asks whether this person may do this here; null lets the request through. */
export function createGuard({ access, roster, answers }: GuardOptions) {
  return async (turn: BotTurn, { permission }: Request): Promise<Answer | null> => {
    if (permission === 'none') return null;
    if (!turn.identified) return aside(answers.refusedOutsider(turn));
    const workspace = await turn.workspace();
    if (turn.sharedChannel && !workspace.sharedChannelsAllowed) return aside(answers.sharedChannelOff(turn));
    if (permission !== 'look' && (await roster.isOutsider(turn.place, turn.actor.teamsId)))
      return aside(answers.refusedOutsider(turn));
    if (await access.can(turn.actor, workspace, permission)) return null;
    return aside(answers.refused(turn, permission, await access.adminsOf(workspace)));
  };
}

export type Guard = ReturnType<typeof createGuard>;
