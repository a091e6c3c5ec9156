import { z } from 'zod';
import type { Permission } from '../access/actor.ts';
import type { AuditSubject } from '../audit/audit.ts';
import { besideMark } from '../cards/pieces.ts';
import type { CommandRoute, Reply, StandardAnswers, Turn, VerbRoute } from '../dialogs/route.ts';
import { CardActionValue, FileAttachment, type InboundActivity, SubmitValue } from './activity.ts';
import type { KeptWords } from './kept-words.ts';
import { spokenText, tidy } from './mention-text.ts';
import { readPin } from './pinned.ts';
import { inPlaceVerb } from './place-choice-card.ts';
import type { RouteTable } from './route-table.ts';
import { askAgainVerb, showMeCard } from './show-me-card.ts';

/** What somebody asked for, read and typed; not yet permitted. */
export interface Request {
  /** For metrics and logs: a row of the route table, never text of a person. */
  route: string;
  permission: Permission;
  /** Only opens a form or asks back. */
  asks: boolean;
  /** The thing that a card named, by its id. */
  subject: AuditSubject | null;
  /** The workspace that a card in a personal chat is about. */
  pinned: string | null;
  /** The card that answers is a message of its own, and the pressed one stays. */
  beside: boolean;
  /** For words: what the command names, and the text behind it. */
  command: { about: NonNullable<CommandRoute['about']> | null; rest: string } | null;
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

const nothing = { asks: true, subject: null, pinned: null, beside: false, command: null } as const;
const forAll = (reply: Reply): Answer => ({ reply, aside: false });
export const aside = (reply: Reply): Answer => ({ reply, aside: true });

/** Written by our own card too: the words, or where they are kept because a link in them may carry a token. */
const InPlace = z.object({ text: z.string().min(1).max(2_000).optional(), kept: z.string().optional() });
const forgotten: Reply = { kind: 'text', text: 'I do not remember what you asked. Type it again.' };

/** Written by our own card: the words of a command whose answer is for one person. */
const AskAgain = z.object({ text: z.string().min(1).max(2_000), asker: z.string().min(1) });

export interface RequestReader {
  message(activity: InboundActivity, inPersonalChat: boolean): Request[];
  press(verb: string | undefined, data: Record<string, unknown>): Request;
}

export function createRequestReader(table: RouteTable, answers: StandardAnswers, words: KeptWords): RequestReader {
  const command = (text: string): Request => {
    const match = table.command(text);
    if (match === null)
      return {
        route: 'unknown',
        permission: 'none',
        ...nothing,
        text,
        run: async (turn) => forAll(await answers.unknown(turn, text, table.nearest(text))),
      };
    const { route, rest } = match;
    return {
      route: route.command,
      permission: route.permission,
      asks: route.asks ?? false,
      subject: null,
      pinned: null,
      beside: false,
      command: { about: route.about ?? null, rest },
      text,
      run: (turn) => withInput(route, route.input, rest, turn, answers, (input) => route.handle(turn, input)),
    };
  };

  const press: RequestReader['press'] = (verb, pressed) => {
    const { pinned, rest } = readPin(pressed);
    const { [besideMark]: beside, ...data } = rest;
    if (verb === askAgainVerb) return again(data);
    if (verb === inPlaceVerb) return inPlace(pinned, data);
    const route = verb === undefined ? null : table.verb(verb);
    if (route === null)
      return {
        route: 'unknownVerb',
        permission: 'none',
        ...nothing,
        text: null,
        run: async (turn) => aside(await answers.unknown(turn, '', null)),
      };
    return {
      route: route.verb,
      permission: route.permission,
      asks: route.asks ?? false,
      subject: subjectOf(data),
      pinned,
      beside: beside === true,
      command: null,
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
      asks: wanted?.asks ?? true,
      subject: null,
      pinned: null,
      beside: false,
      command: null,
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

  /** The words that were typed, for the place that was chosen for them. */
  const inPlace = (pinned: string | null, data: Record<string, unknown>): Request => {
    const read = InPlace.safeParse(data);
    const said = read.success ? (read.data.text ?? words.recall(read.data.kept ?? '')) : null;
    if (said === null || pinned === null)
      return { route: inPlaceVerb, permission: 'none', ...nothing, text: null, run: async () => aside(forgotten) };
    return { ...command(tidy(said)), pinned };
  };

  return {
    message(activity, inPersonalChat) {
      const { file } = table;
      const files = inPersonalChat && file !== null ? filesOf(activity) : [];
      if (file !== null && files.length > 0)
        return files.map(({ name, content }) => ({
          route: 'file',
          permission: file.permission,
          ...nothing,
          asks: false,
          text: null,
          run: async (turn) => forAll(await file.handle(turn, { name, downloadUrl: content.downloadUrl })),
        }));
      return [command(spokenText(activity))];
    },
    press,
  };
}

const uuid = z.uuid();

/** Cards name what they are about by `connection`, `job`, `release` and so on. */
function subjectOf(data: Record<string, unknown>): AuditSubject | null {
  const named = Object.entries(data).filter(([, value]) => uuid.safeParse(value).success);
  // The connection decides who may; another id beside it must not hide it.
  const found = named.find(([key]) => key === 'connection') ?? named[0];
  return found === undefined ? null : { kind: found[0], id: String(found[1]) };
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
