import type { Permission } from '../../access/actor.ts';
import type { Card } from '../../cards/card.ts';
import { card, container, execute, facts, footer, header, table, text } from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import { rolesFor } from '../access/role-words.ts';
import type { CommandRoute } from '../route.ts';
import { terms } from './terms.ts';

export function helpCard(commands: readonly CommandRoute[], supportContact: string): Card {
  return card(
    [
      header({ title: 'What you can type', where: 'Quartermaster' }),
      facts(commands.map((route) => [route.usage, route.summary] as const)),
      text('In a channel or group chat, mention me first. Every card has buttons for what comes next.', {
        subtle: true,
      }),
      footer(`Support: ${plain(supportContact)}`),
    ],
    [
      execute('Connect to Intune', 'connection.form'),
      execute('What Intune is for', 'help.topic', { topic: 'intune' }),
      execute('Whose word means what', 'help.topic', { topic: 'terms' }),
    ],
  );
}

export function intuneCard(): Card {
  return card(
    [
      header({ title: 'What Microsoft Intune is for' }),
      text(
        'Intune looks after devices (mobile device management) and after the apps and data on them (mobile application management).',
      ),
      container([
        text('- Rules and settings for devices that people own and for those of the organisation', { markdown: true }),
        text('- Apps: installed, updated and signed in to, without anybody walking to the device', {
          markdown: true,
          spacing: 'None',
        }),
        text('- Control of how information is shared and whether a device meets the requirements', {
          markdown: true,
          spacing: 'None',
        }),
        text('- In the cloud alone, or together with Configuration Manager (co-management)', {
          markdown: true,
          spacing: 'None',
        }),
      ]),
      text(
        'Quartermaster does one part of it: it puts your apps into Intune and tells people how it went. You do not leave the chat, and you need no Intune account of your own: the connection an administrator agreed to does the work.',
      ),
    ],
    [
      execute('Connect to Intune', 'connection.form'),
      execute('What you can type', 'help.topic', { topic: 'commands' }),
    ],
  );
}

export function termsCard(): Card {
  return card(
    [
      header({ title: 'Whose word means what' }),
      text('The same thing has several names, depending on who wrote the guide.', { subtle: true }),
      table(
        ['Here', 'In the portal', 'Elsewhere'],
        [2, 2, 3],
        terms.map((term) => [text(term.ours, { bold: true }), text(term.portal), text(term.others)]),
      ),
    ],
    [execute('What you can type', 'help.topic', { topic: 'commands' })],
  );
}

export interface Welcome {
  kind: 'team' | 'groupChat' | 'personal';
  installer: { name: string; teamsId: string } | null;
  /** In a personal chat: names of the places in which the person holds a role. */
  places?: readonly string[];
}

export function welcomeCard({ kind, installer, places = [] }: Welcome): Card {
  const greeting =
    'I connect this place to Microsoft Intune, show what the connection may do, publish apps to devices, and assign, change and retire those that are there.';
  const mention = kind !== 'personal' && installer !== null;
  const made = card(
    [
      header({ title: 'Quartermaster' }),
      text(greeting),
      kind === 'personal'
        ? text(
            places.length === 0
              ? 'Here you are your own administrator. Once you hold a role in a team, you can work with its connections from here too.'
              : `Here you are your own administrator, and you can work with what belongs to the places in which you hold a role: ${places.join(', ')}.`,
          )
        : text(
            installer === null
              ? 'Whoever installed me is the first administrator here and can name others: type roles.'
              : `<at>${installer.name}</at> is the first administrator here and can name others with Roles.`,
            { markdown: true },
          ),
      footer(
        'Limits: packages come by link or upload page, because Teams holds back messages that carry installers. Type help at any time.',
      ),
    ],
    [
      execute('Connect to Intune', 'connection.form'),
      execute('What can you do', 'help.topic', { topic: 'commands' }),
      kind === 'personal' ? null : execute('Roles', 'access.roles'),
    ],
  );
  if (!mention || installer === null) return made;
  return {
    ...made,
    msteams: {
      ...made.msteams,
      entities: [
        {
          type: 'mention',
          text: `<at>${installer.name}</at>`,
          mentioned: { id: installer.teamsId, name: installer.name },
        },
      ],
    },
  };
}

/** A link may carry a token in its query. */
const linkQuery = /(https?:\/\/[^\s?]+)\?\S*/g;

export function unknownCommandCard(said: string, nearest: CommandRoute | null): Card {
  return card(
    [
      header({ title: 'I did not understand that' }),
      said === '' ? text('You mentioned me without a command.') : text(`You typed: ${said.replace(linkQuery, '$1?…')}`),
      nearest === null
        ? null
        : text(`Did you mean **${plain(nearest.usage)}**? ${plain(nearest.summary)}`, { markdown: true }),
    ],
    [
      nearest === null ? null : execute(`Show ${nearest.command}`, 'help.command', { command: nearest.command }),
      execute('What can you do', 'help.topic', { topic: 'commands' }),
    ],
  );
}

export function commandCard(route: CommandRoute): Card {
  return card(
    [
      header({ title: route.usage, where: 'Command' }),
      text(route.summary),
      text(neededFor(route.permission), { subtle: true }),
    ],
    [execute('What can you do', 'help.topic', { topic: 'commands' })],
  );
}

const neededFor = (permission: Permission): string => {
  if (permission === 'none') return 'Everybody may use it.';
  return permission === 'look' ? 'Everybody who may look here may use it.' : `It needs ${rolesFor(permission)}.`;
};
