import { type InboundActivity, Mention } from './activity.ts';

/**
 * What a person said to the bot, without the bot's own name. Teams writes a mention as `<at>…</at>` and lists it as an
 * entity; other clients leave one of the two out.
 */
export function spokenText(activity: InboundActivity): string {
  const bot = activity.recipient;
  let text = decoded(activity.text ?? '');
  for (const mention of mentionsIn(activity))
    if (bot !== undefined && mention.mentioned.id === bot.id && mention.text !== undefined)
      text = text.replaceAll(mention.text, ' ');
  if (bot?.name !== undefined) text = text.replace(new RegExp(`<at>\\s*${escaped(bot.name)}\\s*</at>`, 'gi'), ' ');
  // A mention that is still there names a person: the words stay, the tag goes.
  return tidy(text.replace(/<at(?:\s[^>]*)?>([\s\S]*?)<\/at>/gi, '$1'));
}

/** Mentions of people. */
export function peopleMentioned(activity: InboundActivity): Mention[] {
  const found = new Map<string, Mention>();
  for (const mention of mentionsIn(activity))
    if (mention.mentioned.id !== activity.recipient?.id) found.set(mention.mentioned.id, mention);
  return [...found.values()];
}

export function mentionsIn(activity: InboundActivity): Mention[] {
  return activity.entities.flatMap((entity) => {
    const read = Mention.safeParse(entity);
    return read.success ? [read.data] : [];
  });
}

const decoded = (text: string) => text.replace(/&nbsp;|&#160;/gi, ' ');

/** Non-breaking and zero-width characters come along when a mention is typed or a command is pasted. */
export const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\s\u00a0\u202f]+/g, ' ')
    .trim();

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
