import type { z } from 'zod';
import type { Actor, Permission, Place, Workspace } from '../access/actor.ts';
import type { Card } from '../cards/card.ts';
import type { Problem } from '../problems/problem.ts';

/** What a handler knows of the turn. Identity comes from the verified activity, everything else from the store. */
export interface Turn {
  actor: Actor;
  place: Place;
  /** Looked up on first use, so that `help` needs no query. */
  workspace(): Promise<Workspace>;
  /** People mentioned in the message, without the bot. */
  mentions: readonly { teamsId: string; name: string; objectId: string | null }[];
  /** The card's message, for a press. */
  cardMessageId: string | null;
  /** `automatic` is a refresh by the client: it may only return a card. */
  trigger: 'message' | 'manual' | 'automatic';
  now: Date;
  /** Ends when the turn's time is over; long work belongs in a queue. */
  signal: AbortSignal;
}

/** A card that has to follow its subject is remembered when it is sent. */
export interface Follow {
  subject: 'connection' | 'release' | 'import' | 'job' | 'consent' | 'places';
  subjectId: string;
}

export type Reply =
  /** A new message for a command; for a press, the card takes the place of the pressed one for everybody. */
  | { kind: 'card'; card: Card; summary: string; follow?: Follow }
  /** For a press: only the presser sees this card in place of the pressed one. For a command in a channel it goes 1:1 where that is possible. */
  | {
      kind: 'personalCard';
      card: Card;
      summary: string;
      /** Where nobody else sees the message, what happens to the subject takes the card's place: for a card that waits for it. */
      until?: Follow;
    }
  /** A short text: a message for a command, a notice to the presser for a press. */
  | { kind: 'text'; text: string };

export interface CommandRoute<Input = unknown> {
  kind: 'command';
  /** First words, lower case: `connection`, `publish`. */
  command: string;
  /** `publish [url]` */
  usage: string;
  summary: string;
  permission: Permission;
  /**
   * What the words name, so that a personal chat finds the workspace that is meant. `chat`: always about the conversation
   * itself. `newConnection`: about a place that is to be chosen.
   */
  about?: 'connection' | 'job' | 'chat' | 'newConnection';
  /** Only opens a form or asks back: using it is no change that the audit has to tell of. */
  asks?: true;
  /** Reads the text behind the command's words. */
  input: z.ZodType<Input, string>;
  handle(turn: Turn, input: Input): Promise<Reply>;
}

export interface VerbRoute<Data = unknown> {
  kind: 'verb';
  /** `connection.test` */
  verb: string;
  permission: Permission;
  /** As of a command. */
  asks?: true;
  /** Card data and inputs, together, as Teams sends them. */
  data: z.ZodType<Data>;
  handle(turn: Turn, data: Data): Promise<Reply>;
}

/** 1:1 file attachments that Teams lets through. */
export interface FileRoute {
  kind: 'file';
  permission: Permission;
  handle(turn: Turn, file: { name: string; downloadUrl: string }): Promise<Reply>;
}

/** What the bot answers where no route does. */
export interface StandardAnswers {
  unknown(turn: Turn, text: string, nearest: CommandRoute | null): Promise<Reply>;
  /** A command or a press whose words or fields cannot be read; `faults` are sentences. */
  badInput(turn: Turn, route: CommandRoute | VerbRoute, faults: readonly string[]): Reply;
  refused(turn: Turn, permission: Permission, admins: readonly string[]): Reply;
  /** Guests and people of other tenants. */
  refusedOutsider(turn: Turn): Reply;
  /** A shared channel in a workspace whose administrator has not allowed them. */
  sharedChannelOff(turn: Turn): Reply;
  /** `subject`: what the pressed card named, so that there is a way back to it. */
  failed(turn: Turn, problem: Problem, reference: string, subject: { kind: string; id?: string } | null): Reply;
  stillWorking(turn: Turn): Reply;
}

/** The bot was added to a place. */
export interface InstallRoute {
  kind: 'install';
  handle(turn: Turn): Promise<Reply>;
}

export type Route = CommandRoute | VerbRoute | FileRoute | InstallRoute;

/** Keeps a row's input type between its schema and its handler, and forgets it in the table. */
export function command<Input>(route: Omit<CommandRoute<Input>, 'kind'>): CommandRoute {
  return { kind: 'command', ...route } as unknown as CommandRoute;
}

export function verb<Data>(route: Omit<VerbRoute<Data>, 'kind'>): VerbRoute {
  return { kind: 'verb', ...route } as unknown as VerbRoute;
}
