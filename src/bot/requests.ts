import { z } from 'zod';
import type { Permission } from '../access/actor.ts';
import type { CommandRoute, Reply, StandardAnswers, Turn, VerbRoute } from '../dialogs/route.ts';
import { CardActionValue, FileAttachment, type InboundActivity, SubmitValue } from './activity.ts';
import { spokenText, tidy } from './mention-text.ts';
import type { RouteTable } from './route-table.ts';
import { askAgainVerb, showMeCard } from './show-me-card.ts';

/** What somebody asked for, read and typed; not yet permitted. */
export interface Request {
  /** For metrics and logs: a row of the route table, never text of a person. */
  route: string;
  permission: Permission;
  /** The words behind it, so that a personal answer can be asked for again. */
  text: string | null;
  run(turn: Turn): Promise<MaybeAnswer>;
}

/** `aside`: meant for the person who asked alone, whatever its kind. */
export interface Answer {
  reply: Reply;
  aside: boolean;
}

/** Nothing has to be said, as on the second of two events that tell the same. */
export type MaybeAnswer = Answer | null;

const forAll = (reply: Reply): Answer => ({ reply, aside: false });
export const aside = (reply: Reply): Answer => ({ reply, aside: true });

/** Written by our own card: the words of a command whose answer is for one person. */
const AskAgain = z.object({ text: z.string().min(1).max(2_000), asker: z.string().min(1) });

export interface RequestReader {
  message(activity: InboundActivity, inPersonalChat: boolean): Request[];
  press(verb: string | undefined, data: Record<string, unknown>): Request;
}

export function createRequestReader(table: RouteTable, answers: StandardAnswers): RequestReader {
  const command = (text: string): Request => {
    const match = table.command(text);
    if (match === null)
      return {
        route: 'unknown',
        permission: 'none',
        text,
        run: async (turn) => forAll(await answers.unknown(turn, text, table.nearest(text))),
      };
    const { route, rest } = match;
    return {
      route: route.command,
      permission: route.permission,
      text,
      run: (turn) => withInput(route, route.input, rest, turn, answers, (input) => route.handle(turn, input)),
    };
  };

  const press: RequestReader['press'] = (verb, data) => {
    if (verb === askAgainVerb) return again(data);
    const route = verb === undefined ? null : table.verb(verb);
    if (route === null)
      return {
        route: 'unknownVerb',
        permission: 'none',
        text: null,
        run: async (turn) => aside(await answers.unknown(turn, '', null)),
      };
    return {
      route: route.verb,
      permission: route.permission,
      text: null,
      run: (turn) => withInput(route, route.data, data, turn, answers, (input) => route.handle(turn, input)),
    };
  };

  /** The same command, for the same person, as that person's own view of the card. */
  const again = (data: Record<string, unknown>): Request => {
    const read = AskAgain.safeParse(data);
    const wanted = read.success ? command(tidy(read.data.text)) : null;
    return {
      route: askAgainVerb,
      permission: wanted?.permission ?? 'none',
      text: null,
      async run(turn) {
        if (wanted === null || !read.success) return aside(await answers.unknown(turn, '', null));
        if (read.data.asker !== turn.actor.objectId)
          return aside({
            kind: 'text',
            text: 'This answer is for the person who asked. Ask me yourself to see yours.',
          });
        // A client that refreshes by itself must make nothing: only commands that look are answered then.
        if (turn.trigger === 'automatic' && wanted.permission !== 'look' && wanted.permission !== 'none')
          return aside({
            kind: 'personalCard',
            card: showMeCard(turn.actor, read.data.text),
            summary: 'For you alone',
          });
        const answer = await wanted.run(turn);
        return answer === null ? null : { ...answer, aside: true };
      },
    };
  };

  return {
    message(activity, inPersonalChat) {
      const { file } = table;
      const files = inPersonalChat && file !== null ? filesOf(activity) : [];
      if (file !== null && files.length > 0)
        return files.map(({ name, content }) => ({
          route: 'file',
          permission: file.permission,
          text: null,
          run: async (turn) => forAll(await file.handle(turn, { name, downloadUrl: content.downloadUrl })),
        }));
      return [command(spokenText(activity))];
    },
    press,
  };
}

async function withInput<Input, Raw>(
  route: CommandRoute | VerbRoute,
  schema: z.ZodType<Input, Raw>,
  raw: unknown,
  turn: Turn,
  answers: StandardAnswers,
  handle: (input: Input) => Promise<Reply>,
): Promise<Answer> {
  const read = await schema.safeParseAsync(raw);
  if (!read.success)
    return aside(
      answers.badInput(
        turn,
        route,
        read.error.issues.map((issue) => issue.message),
      ),
    );
  return forAll(await handle(read.data));
}

function filesOf(activity: InboundActivity) {
  return activity.attachments.flatMap((attachment) => {
    const read = FileAttachment.safeParse(attachment);
    return read.success ? [read.data] : [];
  });
}

/** A press as Teams sends it today. */
export function readCardAction(value: unknown) {
  const read = CardActionValue.safeParse(value);
  if (!read.success) return null;
  const { action, trigger } = read.data;
  return {
    verb: action.verb,
    data: action.data ?? {},
    trigger: trigger?.toLowerCase() === 'automatic' ? ('automatic' as const) : ('manual' as const),
  };
}

/** A press by a client that only knows Action.Submit: a message without words that carries the card's data. */
export function readSubmit(activity: InboundActivity) {
  if (activity.text !== undefined && activity.text.trim() !== '') return null;
  const read = SubmitValue.safeParse(activity.value);
  if (!read.success) return null;
  const { verb, ...data } = read.data;
  return { verb, data };
}
