import type { Permission } from '../access/actor.ts';
import type { CardAction } from '../cards/card.ts';
import { card, execute, header, strip, text } from '../cards/pieces.ts';
import { problemBlock } from '../cards/problem-block.ts';
import { rolesFor } from './access/role-words.ts';
import { unknownCommandCard } from './help/help-cards.ts';
import type { StandardAnswers } from './route.ts';

const neededFor = (permission: Permission): string => {
  if (permission === 'none') return 'no role';
  return permission === 'look' ? 'the viewer role' : rolesFor(permission);
};

/** The card of what a press was about, by the name that cards use for it. */
const cardOf: Readonly<Record<string, string>> = {
  connection: 'connection.show',
  lent: 'connection.show',
  job: 'job.show',
  release: 'publish.show',
  request: 'consent.view',
  group: 'places.show',
};

function backTo(subject: { kind: string; id?: string } | null): CardAction | null {
  const verb = subject === null ? undefined : cardOf[subject.kind];
  if (subject?.id === undefined || verb === undefined) return null;
  return execute('Back', verb, { [subject.kind === 'lent' ? 'connection' : subject.kind]: subject.id });
}

export function standardAnswers({ supportContact }: { supportContact: string }): StandardAnswers {
  return {
    unknown: async (_turn, said, nearest) => ({
      kind: 'card',
      card: unknownCommandCard(said.slice(0, 200), nearest),
      summary: 'I did not understand that',
    }),
    badInput: (_turn, route, faults) => {
      const usage =
        route.kind === 'command'
          ? `Type it like this: ${route.usage}`
          : 'This card is from an older version of me. Ask for a new one.';
      return { kind: 'text', text: [...faults, usage].join(' ') };
    },
    refused: (turn, permission, admins) => ({
      kind: 'text',
      text: `${turn.actor.name}, you may look here; this needs ${neededFor(permission)}. ${
        admins.length === 0 ? 'The operator of this bot can name an admin.' : `Admins: ${admins.join(', ')}.`
      }`,
    }),
    refusedOutsider: (turn) => ({
      kind: 'text',
      text: `${turn.actor.name}, guests and people of other organisations may look here, no more. Ask somebody of this organisation to do it.`,
    }),
    sharedChannelOff: () => ({
      kind: 'text',
      text: 'I do not answer in shared channels until an admin of this team allows it: in a standard channel, type roles and press Allow shared channels.',
    }),
    failed: (_turn, problem, reference, subject) => ({
      kind: 'card',
      card: card(
        [
          header({ title: problem.title }),
          strip('attention', 'Not done'),
          ...problemBlock(problem, { supportContact, reference }),
        ],
        [
          backTo(subject),
          problem.fix === 'newUpload' ? execute('Upload it instead', 'publish.start', {}) : null,
          execute('What can you do', 'help.topic', { topic: 'commands' }),
        ],
      ),
      summary: problem.title,
    }),
    stillWorking: () => ({
      kind: 'personalCard',
      card: card([
        header({ title: 'Still working on it' }),
        text('This takes a little longer. The card changes by itself when it is done.'),
      ]),
      summary: 'Still working on it',
    }),
  };
}
