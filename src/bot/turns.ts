import type { Reply, StandardAnswers } from '../dialogs/route.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { InboundActivity } from './activity.ts';
import type { InvokeAnswer } from './adapter.ts';
import type { Answers } from './answers.ts';
import type { AuditTrail } from './audit-trail.ts';
import { createBoundedMap } from './bounded-map.ts';
import { type Clock, over } from './clock.ts';
import type { Conversations } from './conversations.ts';
import type { Failures } from './failures.ts';
import type { Guard } from './guard.ts';
import { invokeAnswer, unknownInvoke } from './invoke-answers.ts';
import { type Membership, readMembership } from './membership.ts';
import { pinnedTo } from './pinned.ts';
import {
  type Answer,
  aside,
  type MaybeAnswer,
  type Request,
  type RequestReader,
  readCardAction,
  readSubmit,
} from './requests.ts';
import type { Scope } from './scope.ts';
import type { BotTurn, TurnFactory, TurnSource } from './turn.ts';

/** Runs the turn of a verified activity. */
export interface Turns {
  /** Null: nothing to say in the HTTP answer. Never throws. */
  handle(activity: InboundActivity, homeTenantId: string, receivedAt: number): Promise<InvokeAnswer | null>;
  /** Ends when no turn is running, those in the background included. */
  idle(): Promise<void>;
  readonly running: number;
}

export interface TurnsOptions {
  turnOf: TurnFactory;
  reader: RequestReader;
  guard: Guard;
  membership: Membership;
  answers: Answers;
  standard: StandardAnswers;
  conversations: Conversations;
  failures: Failures;
  trail: AuditTrail;
  scope: Scope;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
}

/** Teams waits about 5 seconds for a press; people should not wait so long. */
const answerWithin = 2_500;
/** After this a handler is told to end. */
const turnWithin = 15_000;
/** Teams delivers again what it thinks was not received. */
const rememberFor = 10 * 60 * 1000;
const remembered = 2_000;

type Source = TurnSource['activity'];

export function createTurns(options: TurnsOptions): Turns {
  const { turnOf, reader, guard, membership, answers, standard, conversations, failures, trail, scope } = options;
  const { metrics, clock, log } = options;
  const seen = createBoundedMap<Promise<InvokeAnswer | null>>(remembered, clock.now);
  const running = new Set<Promise<unknown>>();

  const track = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    const done = () => running.delete(work);
    work.then(done, done);
    return work;
  };

  /** Work whose outcome nobody needs; the promise says only that it is over. */
  const behind = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await track(work().catch((error) => log.warn({ err: error, what }, 'Something behind a turn failed')));
  };

  /** Never throws: what goes wrong becomes an answer with a reference. */
  const ask = (turn: BotTurn, request: Request): Promise<MaybeAnswer> =>
    trail.during(turn, request, () => askWithin(turn, request));

  const askWithin = async (turn: BotTurn, request: Request): Promise<MaybeAnswer> => {
    const startedAt = clock.now();
    const finished = (outcome: string) => metrics.turn(request.route, outcome, clock.now() - startedAt);
    let meant = turn;
    let elsewhere: string | null = null;
    try {
      const scoped = await scope(turn, request);
      if ('answer' in scoped) {
        finished('askedBack');
        return scoped.answer;
      }
      meant = scoped.turn;
      elsewhere = scoped.elsewhere?.id ?? null;
      const refusal = await guard(meant, request);
      const answer = refusal ?? (await request.run(meant));
      finished(refusal === null ? 'answered' : 'refused');
      await trail.ended(meant, request, { result: refusal === null ? 'allowed' : 'refused' });
      return pinnedAnswer(answer, elsewhere);
    } catch (error) {
      const { problem, reference } = await failures(error, { route: request.route });
      finished(problem.code === 'unexpected' ? 'failed' : 'problem');
      await trail.ended(meant, request, { result: 'failed', problem: problem.code, reference });
      return pinnedAnswer(aside(standard.failed(turn, problem, reference, request.subject)), elsewhere);
    }
  };

  /** Either the work's result, or `late` when its time is over; the work goes on then. */
  const inTime = async <T>(work: Promise<T>, receivedAt: number): Promise<{ done: T } | 'late'> => {
    const patience = new AbortController();
    const left = Math.max(0, receivedAt + answerWithin - clock.now());
    const late = clock.sleep(left, patience.signal).then(() => 'late' as const);
    const result = await Promise.race([work.then((done) => ({ done })), late]);
    patience.abort(over);
    return result;
  };

  const limited = (): { signal: AbortSignal; end(): void } => {
    const limit = new AbortController();
    const timer = new AbortController();
    void clock.sleep(turnWithin, timer.signal).then(() => {
      if (!timer.signal.aborted) limit.abort(new Error('The time of the turn is over'));
    });
    return { signal: limit.signal, end: () => timer.abort(over) };
  };

  const rememberPlace = async (turn: BotTurn, { recipient }: Source): Promise<void> => {
    if (recipient === undefined) return;
    const personObjectId = turn.place.conversationKind === 'personal' && turn.identified ? turn.actor.objectId : null;
    await behind('conversation', () =>
      conversations.remember({
        place: turn.place,
        botId: recipient.id,
        personObjectId,
        workspaceId: async () => (await turn.workspace()).id,
      }),
    );
  };

  const say = async (turn: BotTurn, request: Request): Promise<void> => {
    const answer = await ask(turn, request);
    if (answer !== null) await answers.toMessage(turn, answer, request.text);
  };

  const message = async (source: TurnSource, receivedAt: number): Promise<null> => {
    const work = track(
      withLimit(async (signal) => {
        const turn = await turnOf({ ...source, signal });
        // Who is in a workspace is asked in a conversation of it: the very first message must find one.
        await rememberPlace(turn, source.activity);
        const requests = reader.message(source.activity, turn.place.conversationKind === 'personal');
        for (const request of requests) await say(turn, request);
      }).catch((error) => log.error({ err: error }, 'An answer could not be sent')),
    );
    await inTime(work, receivedAt);
    return null;
  };

  const withLimit = async <T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const { signal, end } = limited();
    try {
      return await run(signal);
    } finally {
      end();
    }
  };

  const press = async (
    source: TurnSource,
    pressed: { verb: string | undefined; data: Record<string, unknown> },
    receivedAt: number,
  ): Promise<InvokeAnswer> => {
    const request = reader.press(pressed.verb, pressed.data);
    const turn = await turnOf(source);
    void rememberPlace(turn, source.activity);
    const { trigger } = source;
    const work = track(withLimit((signal) => ask({ ...turn, signal }, request)));
    const result = await inTime(work, receivedAt);
    if (result === 'late') {
      // A refresh only ever returns a card: what would be sent for it makes the clients refresh again, without end.
      if (trigger === 'manual') void behind('late answer', async () => toPresser(turn, request, await work));
      return invokeAnswer(standard.stillWorking(turn));
    }
    const answer = result.done ?? nothingToShow;
    const { reply } = answer;
    if (request.beside && trigger === 'manual' && !answer.aside && reply.kind !== 'text') {
      void behind('card beside', () => answers.beside(turn, answer));
      return invokeAnswer(openedBelow);
    }
    if (trigger === 'manual' && reply.kind === 'card' && !answer.aside)
      void behind('card for everybody', () => answers.toCard(turn, reply));
    if (trigger === 'manual' && reply.kind === 'personalCard')
      void behind('card that is covered', () => answers.covered(turn, reply));
    return invokeAnswer(reply);
  };

  const toPresser = async (turn: BotTurn, { beside }: Request, answer: MaybeAnswer) => {
    if (answer !== null) await answers[beside ? 'beside' : 'toPresser'](turn, answer);
  };

  /** A client that cannot take an answer in place: the card is updated, or the person is told. */
  const submit = async (
    source: TurnSource,
    pressed: { verb: string; data: Record<string, unknown> },
    receivedAt: number,
  ): Promise<null> => {
    const request = reader.press(pressed.verb, pressed.data);
    const work = track(
      withLimit(async (signal) => {
        const turn = await turnOf({ ...source, signal });
        void rememberPlace(turn, source.activity);
        await toPresser(turn, request, await ask(turn, request));
      }).catch((error) => log.error({ err: error }, 'An answer could not be sent')),
    );
    await inTime(work, receivedAt);
    return null;
  };

  const come = async (source: TurnSource, receivedAt: number): Promise<null> => {
    const coming = readMembership(source.activity);
    if (coming === null) return null;
    const work = track(
      withLimit(async (signal) => {
        const turn = await turnOf({ ...source, signal });
        if (coming !== 'added') return membership[coming](turn);
        await say(turn, membership.added(turn, source.activity));
        await rememberPlace(turn, source.activity);
      }).catch((error) => log.error({ err: error, coming }, 'A change of membership could not be noted')),
    );
    await inTime(work, receivedAt);
    return null;
  };

  const dispatch = (activity: Source, homeTenantId: string, receivedAt: number): Promise<InvokeAnswer | null> => {
    const source = { activity, homeTenantId, signal: new AbortController().signal };
    switch (activity.type) {
      case 'message': {
        const pressed = readSubmit(activity);
        return pressed === null
          ? message({ ...source, trigger: 'message' }, receivedAt)
          : submit({ ...source, trigger: 'manual' }, pressed, receivedAt);
      }
      case 'invoke': {
        const pressed = activity.name === 'adaptiveCard/action' ? readCardAction(activity.value) : null;
        if (pressed === null) return Promise.resolve(unknownInvoke);
        return press({ ...source, trigger: pressed.trigger }, pressed, receivedAt);
      }
      case 'installationUpdate':
      case 'conversationUpdate':
        return come({ ...source, trigger: 'message' }, receivedAt);
      default:
        return Promise.resolve(null);
    }
  };

  return {
    async handle(activity, homeTenantId, receivedAt) {
      if (!hasSource(activity)) return null;
      const key = activity.id === undefined ? null : `${homeTenantId} ${activity.conversation.id} ${activity.id}`;
      const known = key === null ? undefined : seen.get(key);
      if (known !== undefined) {
        metrics.turn('duplicate', 'answered', 0);
        return known;
      }
      const answer = dispatch(activity, homeTenantId, receivedAt);
      if (key !== null) seen.set(key, answer, clock.now() + rememberFor);
      return answer;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    get running() {
      return running.size;
    },
  };
}

function pinnedAnswer(answer: MaybeAnswer, workspaceId: string | null): MaybeAnswer {
  if (workspaceId === null || answer === null || answer.reply.kind === 'text') return answer;
  return { ...answer, reply: { ...answer.reply, card: pinnedTo(answer.reply.card, workspaceId) } };
}

const nothingToShow: Answer = { reply: { kind: 'text', text: 'Done.' }, aside: true };

const openedBelow: Reply = { kind: 'text', text: 'It is open below.' };

const hasSource = (activity: InboundActivity): activity is Source =>
  activity.conversation !== undefined && activity.from !== undefined;
