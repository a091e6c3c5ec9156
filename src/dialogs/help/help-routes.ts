import { z } from 'zod';
import type { Reach } from '../../access/reach.ts';
import { type CommandRoute, command, type Reply, type Route, verb } from '../route.ts';
import { commandCard, helpCard, intuneCard, termsCard, welcomeCard } from './help-cards.ts';

export interface HelpOptions {
  supportContact: string;
  /** The whole table, asked for late because help is a part of it. */
  commands(): readonly CommandRoute[];
  /** Where somebody holds a role. */
  placesOf: Reach['of'];
}

const shownPlaces = 10;

const topics = ['commands', 'intune', 'terms'] as const;
type Topic = (typeof topics)[number];

export function helpRoutes({ commands, placesOf, supportContact }: HelpOptions): Route[] {
  const show = (topic: Topic): Extract<Reply, { kind: 'card' }> => {
    if (topic === 'intune') return { kind: 'card', card: intuneCard(), summary: 'What Microsoft Intune is for' };
    if (topic === 'terms') return { kind: 'card', card: termsCard(), summary: 'Whose word means what' };
    return { kind: 'card', card: helpCard(commands(), supportContact), summary: 'What you can type' };
  };
  return [
    command({
      command: 'help',
      usage: 'help [intune | terms]',
      summary: 'What I can do, what Intune is for, and whose word means what',
      permission: 'none',
      input: z.string().transform((said) => said.trim().toLowerCase()),
      handle: async (_turn, word) => {
        if (word === 'intune' || word === 'terms') return show(word);
        const asked = commands().find((route) => route.command === word);
        return asked === undefined
          ? show('commands')
          : { kind: 'card', card: commandCard(asked), summary: asked.usage };
      },
    }),
    verb({
      verb: 'help.topic',
      permission: 'none',
      data: z.object({ topic: z.enum(topics) }),
      handle: async (_turn, { topic }) => ({ ...show(topic), kind: 'personalCard' }),
    }),
    verb({
      verb: 'help.command',
      permission: 'none',
      data: z.object({ command: z.string().max(40) }),
      handle: async (_turn, data) => {
        const found = commands().find((route) => route.command === data.command);
        return found === undefined
          ? { ...show('commands'), kind: 'personalCard' }
          : { kind: 'personalCard', card: commandCard(found), summary: found.usage };
      },
    }),
    {
      kind: 'install',
      handle: async (turn) => {
        const workspace = await turn.workspace();
        const installer =
          workspace.installedBy === turn.actor.objectId ? { name: turn.actor.name, teamsId: turn.actor.teamsId } : null;
        const reached = workspace.kind === 'personal' ? await placesOf(turn.actor) : [];
        const places = reached.slice(0, shownPlaces).map(({ name }) => name ?? 'a group chat');
        return {
          kind: 'card',
          card: welcomeCard({ kind: workspace.kind, installer, places }),
          summary: 'Quartermaster is here',
        };
      },
    },
  ];
}
