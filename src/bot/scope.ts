import type { Access } from '../access/access.ts';
import type { Workspace } from '../access/actor.ts';
import type { Reach } from '../access/reach.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { KeptWords } from './kept-words.ts';
import { type PlaceChoice, placeChoiceCard } from './place-choice-card.ts';
import { type Answer, aside, type Request } from './requests.ts';
import type { BotTurn } from './turn.ts';

/** What is kept where, for questions from a personal chat. Only the workspaces given are looked through. */
export interface Belongings {
  /** Workspaces that have a connection whose name the words begin with, and its name there. */
  connectionNamed(workspaces: readonly Workspace[], words: string): Promise<{ workspace: Workspace; name: string }[]>;
  jobNumbered(workspaces: readonly Workspace[], words: string): Promise<Workspace | null>;
  /** The workspace that has the connection, job or release, the owner of a lent one first. */
  holderOf(workspaces: readonly Workspace[], subject: { kind: string; id: string }): Promise<Workspace | null>;
  hasConnections(workspace: Workspace): Promise<boolean>;
  /** Another workspace owns it and lets this one use it. */
  isLent(workspace: Workspace, connectionId: string): Promise<boolean>;
}

export interface ScopeOptions {
  access: Pick<Access, 'can' | 'presence'>;
  reach: Reach;
  workspaces: Pick<Workspaces, 'byId'>;
  belongings: Belongings;
  words: KeptWords;
}

/** The turn as its request means it, with the place it is about; or a question which place that is. */
export type Scoped = { turn: BotTurn; elsewhere: Workspace | null } | { answer: Answer };

export const noPart: Answer = aside({
  kind: 'text',
  text: 'You have no part in the place that this card is about any more.',
});

/**
 * A personal chat is a workspace of its own, and also the way into every workspace in which the person has a part. A
 * press says which one by its card, or by the thing it names; words by the name of a connection or the number of a job.
 * What the person may do is then what they may do there.
 */
export function createScope({ access, reach, workspaces, belongings, words }: ScopeOptions) {
  const there = (turn: BotTurn, workspace: Workspace): Scoped => ({
    turn: { ...turn, workspace: async () => workspace },
    elsewhere: workspace,
  });

  const chosen = async (turn: BotTurn, own: Workspace, workspaceId: string): Promise<Scoped> => {
    if (workspaceId === own.id) return { turn, elsewhere: null };
    const workspace = await workspaces.byId(workspaceId);
    // Whoever may look in a place may do so from their own chat too; what else they may do is asked afterwards.
    if (workspace !== null && (await access.presence(turn.actor, workspace)) !== 'none') return there(turn, workspace);
    return { answer: noPart };
  };

  const named = async (turn: BotTurn, own: Workspace, request: Request): Promise<Scoped> => {
    const here: Scoped = { turn, elsewhere: null };
    const { subject } = request;
    if (subject?.id === undefined) return here;
    const { kind, id } = subject;
    if ((await belongings.holderOf([own], { kind, id })) !== null) return here;
    const holder = await belongings.holderOf(await reach.of(turn.actor), { kind, id });
    return holder === null ? here : there(turn, holder);
  };

  const spoken = async (turn: BotTurn, own: Workspace, request: Request): Promise<Scoped> => {
    const here: Scoped = { turn, elsewhere: null };
    const { command, permission, text } = request;
    if (command === null || command.about === 'chat' || text === null) return here;
    const reached = await reach.of(turn.actor);
    const may = await Promise.all(reached.map((workspace) => access.can(turn.actor, workspace, permission)));
    const open = reached.filter((_, index) => may[index]);
    if (open.length === 0) return here;
    const to = (workspace: Workspace) => (workspace.id === own.id ? here : there(turn, workspace));
    const ask = (choices: readonly PlaceChoice[]): Scoped => ({
      answer: aside({
        kind: 'personalCard',
        card: placeChoiceCard(choices, words.carry(text)),
        summary: 'Which place is this for?',
      }),
    });

    if (command.rest !== '' && command.about === 'connection') {
      const found = await belongings.connectionNamed([own, ...open], command.rest);
      const [only, ...more] = found;
      if (only !== undefined && more.length === 0) return to(only.workspace);
      if (only !== undefined) return ask(found.map(({ workspace, name }) => ({ workspace, about: name })));
    }
    if (command.rest !== '' && command.about === 'job') {
      const holder = await belongings.jobNumbered([own, ...open], command.rest);
      if (holder !== null) return to(holder);
    }
    const places = (await belongings.hasConnections(own)) ? [own, ...open] : open;
    const [only, ...more] = places;
    if (only !== undefined && more.length === 0 && command.about !== 'newConnection') return to(only);
    return ask([...new Set([...open, own])].map((workspace) => ({ workspace, about: null })));
  };

  return async (turn: BotTurn, request: Request): Promise<Scoped> => {
    const here: Scoped = { turn, elsewhere: null };
    if (turn.place.conversationKind !== 'personal' || !turn.identified) return here;
    if (request.permission === 'none') return here;
    const own = await turn.workspace();
    if (request.pinned !== null) return chosen(turn, own, request.pinned);
    return request.command === null ? named(turn, own, request) : spoken(turn, own, request);
  };
}

export type Scope = ReturnType<typeof createScope>;
