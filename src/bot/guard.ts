import type { Access } from '../access/access.ts';
import type { Workspace } from '../access/actor.ts';
import type { StandardAnswers } from '../dialogs/route.ts';
import { ProblemError } from '../problems/problem.ts';
import { type Answer, aside, type Request } from './requests.ts';
import type { Roster } from './roster.ts';
import { type Belongings, noPart } from './scope.ts';
import type { BotTurn } from './turn.ts';

export interface GuardOptions {
  access: Access;
  roster: Roster;
  answers: StandardAnswers;
  belongings: Pick<Belongings, 'isLent'>;
}

/** What a workspace may do with its own connections and never with one that was lent to it. */
const ownersAlone = new Set(['manageConnections', 'administer']);

/** Asks whether this person may do this here; null lets the request through. */
export function createGuard({ access, roster, answers, belongings }: GuardOptions) {
  return async (turn: BotTurn, { permission, subject }: Request): Promise<Answer | null> => {
    if (permission === 'none') return null;
    if (!turn.identified) return aside(answers.refusedOutsider(turn));
    const workspace = await turn.workspace();
    if (turn.sharedChannel && !workspace.sharedChannelsAllowed) return aside(answers.sharedChannelOff(turn));
    if (isElsewhere(turn, workspace)) {
      const presence = await access.presence(turn.actor, workspace);
      if (presence === 'none') return noPart;
      if (presence === 'guest' && permission !== 'look') return aside(answers.refusedOutsider(turn));
    }
    if (permission !== 'look' && (await roster.isOutsider(turn.place, turn.actor.teamsId)))
      return aside(answers.refusedOutsider(turn));
    if (await access.can(turn.actor, workspace, permission)) {
      const isOwners = ownersAlone.has(permission) && subject?.kind === 'connection' && subject.id !== undefined;
      if (isOwners && (await belongings.isLent(workspace, subject.id ?? ''))) throw new ProblemError('connectionLent');
      return null;
    }
    return aside(answers.refused(turn, permission, await access.adminsOf(workspace)));
  };
}

/** Spoken in a chat of one's own, about a place of others. The roster of that chat says nothing of theirs. */
const isElsewhere = ({ place }: BotTurn, workspace: Workspace) =>
  place.conversationKind === 'personal' && workspace.kind !== 'personal';

export type Guard = ReturnType<typeof createGuard>;
