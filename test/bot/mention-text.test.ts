import { InboundActivity } from '../../src/bot/activity.ts';
import { peopleMentioned, spokenText } from '../../src/bot/mention-text.ts';

const bot = { id: '28:bot', name: 'Quartermaster' };
const mention = (text: string, id = bot.id, name = bot.name) => ({ type: 'mention', text, mentioned: { id, name } });
const activity = (text: string, entities: unknown[] = []) =>
  InboundActivity.parse({ type: 'message', text, recipient: bot, entities });

it.each<[string, string, unknown[], string]>([
  ['no mention', 'help', [], 'help'],
  ['a mention in front', '<at>Quartermaster</at> help', [mention('<at>Quartermaster</at>')], 'help'],
  ['a mention with a hard space', '<at>Quartermaster</at>&nbsp;help', [mention('<at>Quartermaster</at>')], 'help'],
  [
    'a hard space as a character',
    '<at>Quartermaster</at>\u00a0help\u00a0me',
    [mention('<at>Quartermaster</at>')],
    'help me',
  ],
  ['a mention at the end', 'help <at>Quartermaster</at>', [mention('<at>Quartermaster</at>')], 'help'],
  [
    'a mention twice',
    '<at>Quartermaster</at> <at>Quartermaster</at> help',
    [mention('<at>Quartermaster</at>')],
    'help',
  ],
  ['no entity, as some clients send it', '<at>quartermaster</at> help', [], 'help'],
  ['a shortened name in the entity', '<at>Quarter</at> help', [mention('<at>Quarter</at>')], 'help'],
  ['a name with signs of a pattern', '<at>Q (test)</at> help', [mention('<at>Q (test)</at>')], 'help'],
  [
    'line breaks and many spaces',
    '<at>Quartermaster</at>\r\n  publish   https://x/y.apk \n',
    [mention('<at>Quartermaster</at>')],
    'publish https://x/y.apk',
  ],
  ['zero-width characters', '\u200bhelp\ufeff', [], 'help'],
  [
    'a person mentioned',
    '<at>Quartermaster</at> roles admin <at>Megan Bowen</at>',
    [mention('<at>Quartermaster</at>'), mention('<at>Megan Bowen</at>', '29:megan', 'Megan Bowen')],
    'roles admin Megan Bowen',
  ],
  ['an at tag with an id', '<at id="0">Quartermaster</at> help', [mention('<at id="0">Quartermaster</at>')], 'help'],
  ['nothing but the mention', '<at>Quartermaster</at>', [mention('<at>Quartermaster</at>')], ''],
  ['an entity that is no mention', 'help', [{ type: 'clientInfo', locale: 'en-US' }, { type: 'mention' }], 'help'],
])('reads %s', (_what, text, entities, expected) => {
  expect(spokenText(activity(text, entities))).toBe(expected);
});

it('lists each person once and never the bot', () => {
  const megan = mention('<at>Megan</at>', '29:megan', 'Megan');

  const people = peopleMentioned(activity('…', [mention('<at>Quartermaster</at>'), megan, megan]));

  expect(people.map((person) => person.mentioned.id)).toEqual(['29:megan']);
});
