import { z } from 'zod';
import { command, type Reply, type Turn, verb } from '../../src/dialogs/route.ts';
import { sayCard } from '../fakes/plain-answers.ts';

/** A command that answers its own words. */
export const echo = (name: string, permission: 'none' | 'look' | 'publish' | 'administer' = 'none') =>
  command({
    command: name,
    usage: name,
    summary: name,
    permission,
    input: z.string(),
    handle: async (_turn, rest) => ({ kind: 'text', text: `${name}(${rest})` }),
  });

export const help = echo('help');

export const commandThat = (
  name: string,
  handle: (turn: Turn, rest: string) => Promise<Reply>,
  permission: 'none' | 'look' | 'publish' | 'administer' = 'none',
) => command({ command: name, usage: name, summary: name, permission, input: z.string(), handle });

export const verbThat = (
  name: string,
  handle: (turn: Turn, data: Record<string, unknown>) => Promise<Reply>,
  permission: 'none' | 'look' | 'publish' | 'administer' = 'none',
) => verb({ verb: name, permission, data: z.record(z.string(), z.unknown()), handle });

export const says = (words: string): Reply => ({ kind: 'text', text: words });
export const shows = (words: string): Extract<Reply, { kind: 'card' }> => ({
  kind: 'card',
  card: sayCard(words),
  summary: words,
});
export const showsAlone = (words: string): Reply => ({ kind: 'personalCard', card: sayCard(words), summary: words });
