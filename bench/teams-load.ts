import { Pool } from 'undici';
import { conversations, messageOf } from './cast.ts';
import type { TeamsSink } from './teams-sink.ts';

export interface LoadPlan {
  /** Origin of the bot. */
  origin: string;
  /** What people type. */
  words: string;
  /** Stands in every right answer; `{marker}` is the asking conversation's own. */
  expected: string;
}

export interface SaturationPlan extends LoadPlan {
  connections: number;
  /** Ends after this time, or when each conversation had its turn. */
  until: { seconds: number } | 'everybody';
}

export interface PacePlan extends LoadPlan {
  perSecond: number;
  seconds: number;
  /** Two runs with one seed see the same arrivals. */
  seed: number;
}

export interface LoadResult {
  messages: number;
  seconds: number;
  /** Milliseconds from when the message was due to when its answer was there. */
  p50: number;
  p99: number;
  /** Of one core, used by load and sink together. */
  ownShare: number;
}

interface Underway {
  expected: string;
  answered(): void;
  failed(error: Error): void;
}

const answerWithin = 15_000;

/**
 * Speaks as Teams does and counts a message only when the bot has taken the request and its answer has reached the sink.
 * A conversation has one message underway, so that an answer is known by its conversation.
 */
export class TeamsLoad {
  readonly #sink: TeamsSink;
  readonly #underway = new Map<string, Underway>();
  readonly #bodies = new Map<string, ReturnType<typeof messageOf>>();
  readonly #strange: string[] = [];
  #next = 0;
  #sent = 0;

  constructor(sink: TeamsSink) {
    this.#sink = sink;
  }

  /** The sink's news. */
  arrived(conversationId: string, body: string): void {
    const waiting = this.#underway.get(conversationId);
    if (waiting === undefined) this.strange(`A message that nobody waits for: ${body.slice(0, 300)}`);
    else if (body.includes(waiting.expected)) waiting.answered();
    else waiting.failed(new Error(`"${waiting.expected}" is missing in the answer: ${body.slice(0, 1000)}`));
  }

  strange(what: string): void {
    if (this.#strange.length < 5) this.#strange.push(what);
  }

  /** As many messages at the same time as there are connections, each after the answer to the one before. */
  async saturate(plan: SaturationPlan): Promise<LoadResult> {
    const pool = new Pool(plan.origin, { connections: plan.connections, pipelining: 1 });
    const times: number[] = [];
    const lap = this.#next + conversations.length;
    return this.#measured(times, pool, async (startedAt) => {
      const end = plan.until === 'everybody' ? Number.POSITIVE_INFINITY : startedAt + plan.until.seconds * 1000;
      const goesOn = () => performance.now() < end && (plan.until !== 'everybody' || this.#next < lap);
      const talk = async () => {
        while (goesOn()) times.push(await this.#message(pool, plan, performance.now()));
      };
      await Promise.all(Array.from({ length: plan.connections }, talk));
    });
  }

  /** Messages arrive when they arrive, whether or not earlier ones are answered. */
  async pace(plan: PacePlan): Promise<LoadResult> {
    const pool = new Pool(plan.origin, { connections: 128, pipelining: 1 });
    const times: number[] = [];
    const random = randomFrom(plan.seed);
    return this.#measured(times, pool, async (startedAt) => {
      const messages: Promise<unknown>[] = [];
      let due = startedAt;
      while (due < startedAt + plan.seconds * 1000) {
        const wait = due - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        messages.push(this.#message(pool, plan, due).then((time) => times.push(time)));
        due += (-Math.log(1 - random()) * 1000) / plan.perSecond;
      }
      await Promise.all(messages);
    });
  }

  async #measured(times: number[], pool: Pool, run: (startedAt: number) => Promise<void>): Promise<LoadResult> {
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    try {
      await run(startedAt);
    } finally {
      await pool.destroy();
    }
    const milliseconds = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    if (this.#strange.length > 0)
      throw new Error(`The sink saw what it should not:\n${this.#strange.splice(0).join('\n')}`);
    times.sort((a, b) => a - b);
    return {
      messages: times.length,
      seconds: milliseconds / 1000,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      ownShare: (user + system) / 1000 / milliseconds,
    };
  }

  #nextConversation() {
    for (;;) {
      const conversation = conversations[this.#next % conversations.length];
      this.#next += 1;
      if (conversation !== undefined && !this.#underway.has(conversation.wireId)) return conversation;
    }
  }

  /** Milliseconds since the message was due. */
  async #message(pool: Pool, { words, expected }: LoadPlan, due: number): Promise<number> {
    const conversation = this.#nextConversation();
    const { wireId, tenantId, marker } = conversation;
    const serviceUrl = this.#sink.serviceUrl(tenantId);
    const key = `${words} ${wireId}`;
    const write = this.#bodies.get(key) ?? messageOf(conversation, words, serviceUrl);
    this.#bodies.set(key, write);
    this.#sent += 1;
    const body = write(`bench-${this.#sent}`);

    const answered = new Promise<void>((resolve, reject) => {
      this.#underway.set(wireId, { expected: expected.replace('{marker}', marker), answered: resolve, failed: reject });
    });
    const late = setTimeout(
      () => this.#underway.get(wireId)?.failed(new Error(`No answer to "${words}"`)),
      answerWithin,
    );
    try {
      const [response] = await Promise.all([
        pool.request({
          path: '/api/messages',
          method: 'POST',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            authorization: this.#sink.authorizationFor(serviceUrl),
            'user-agent': 'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
          },
          body,
        }),
        answered,
      ]);
      const said = await response.body.text();
      if (response.statusCode >= 300) throw new Error(`The bot answered ${response.statusCode}: ${said.slice(0, 300)}`);
      return performance.now() - due;
    } finally {
      clearTimeout(late);
      this.#underway.delete(wireId);
    }
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** A small generator of its own (mulberry32), because Math.random has no seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
