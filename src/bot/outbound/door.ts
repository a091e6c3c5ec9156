import type { Logger } from '../../log.ts';
import { type Clock, over } from '../clock.ts';
import { type ConnectorFault, connectorFault } from './connector.ts';
import type { RateLimits, Slot } from './rate-limits.ts';

/** Answers to people first, then what must be known, then what may as well be shown later. */
export type Urgency = 'reply' | 'outcome' | 'progress';

export interface Errand {
  homeTenantId: string;
  /** Without `;messageid=`: all threads of a channel share its limits. */
  conversationId: string;
  urgency: Urgency;
  /** True where doing it twice is the same as doing it once, as with an update. */
  repeatable: boolean;
  /** How often it may be asked in all; 5 if nothing is said. */
  tries?: number;
  /** Asked just before each request; false gives the errand up. */
  stillWanted?: () => Promise<boolean>;
}

/** The errand was given up by `stillWanted` or because the process ends. */
export class ErrandGivenUp extends Error {
  constructor() {
    super('The message is no longer wanted');
    this.name = 'ErrandGivenUp';
  }
}

/** The one way out to Teams: ordered per conversation, inside the limits, repeated only where that is right. */
export interface Door {
  /** Throws `ConnectorFault` when it did not work, `ErrandGivenUp` when it was not wanted any more. */
  pass<T>(errand: Errand, request: () => Promise<T>): Promise<T>;
  /** Ends when nothing is waiting or on its way. */
  idle(): Promise<void>;
  /** Waiting errands are given up; requests on their way end by themselves. */
  close(): void;
  readonly waiting: number;
}

export interface DoorOptions {
  limits: RateLimits;
  clock: Clock;
  log: Logger;
  /** 0 to 1; spreads repetitions of many processes. */
  random?: () => number;
}

const usualTries = 5;
const longestWait = 60_000;
const firstBackoff = 1_000;
/** https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit#handle-http-429-responses */
const passing = new Set([412, 429, 502, 503, 504]);
/** Progress may use half of each limit, so that an outcome never waits for progress. */
const share: Record<Urgency, number> = { reply: 1, outcome: 1, progress: 0.5 };
const order: readonly Urgency[] = ['reply', 'outcome', 'progress'];

type Taken = Slot & { taken: true };

interface Waiting {
  errand: Errand;
  run(lane: Lane, slot: Taken): Promise<void>;
  giveUp(): void;
}

interface Lane {
  queues: Record<Urgency, Waiting[]>;
  /** Teams asked this conversation to pause. */
  restUntil: number;
  wake: AbortController;
}

export function createDoor({ limits, clock, log, random = Math.random }: DoorOptions): Door {
  const lanes = new Map<string, Lane>();
  const idleListeners = new Set<() => void>();
  const closing = new AbortController();
  const starved = new Set<AbortController>();
  let waiting = 0;

  const nap = (milliseconds: number, ...signals: AbortSignal[]) =>
    clock.sleep(milliseconds, AbortSignal.any([closing.signal, ...signals]));

  /** Until the limits may allow it, or until a request that fills them has come back. */
  const napFor = async (waitMs: number | null, ...signals: AbortSignal[]) => {
    if (waitMs !== null) return nap(waitMs, ...signals);
    const freed = new AbortController();
    starved.add(freed);
    await nap(longestWait, freed.signal, ...signals);
    starved.delete(freed);
  };

  const withNotice = (slot: Taken): Taken => ({
    taken: true,
    release() {
      slot.release();
      for (const freed of starved) freed.abort(over);
    },
  });

  const takeSlot = async (lane: Lane, errand: Errand): Promise<Taken> => {
    for (;;) {
      if (closing.signal.aborted) throw new ErrandGivenUp();
      const rest = lane.restUntil - clock.now();
      const slot = rest > 0 ? null : take(errand);
      if (slot?.taken) return withNotice(slot);
      await napFor(slot === null ? rest : slot.waitMs);
    }
  };

  const once = async <T>(lane: Lane, errand: Errand, request: () => Promise<T>, slot: Taken) => {
    try {
      if (closing.signal.aborted || (errand.stillWanted !== undefined && !(await errand.stillWanted())))
        throw new ErrandGivenUp();
      return { value: await request() };
    } catch (error) {
      if (error instanceof ErrandGivenUp) throw error;
      const fault = connectorFault(error, clock.now());
      if (fault.status === 429)
        lane.restUntil = clock.now() + Math.min(fault.retryAfterMs ?? firstBackoff, longestWait);
      return { fault };
    } finally {
      slot.release();
    }
  };

  const attempt = async <T>(lane: Lane, errand: Errand, request: () => Promise<T>, first: Taken): Promise<T> => {
    let slot = first;
    for (let tried = 1; ; tried += 1) {
      const result = await once(lane, errand, request, slot);
      if ('value' in result) return result.value as T;
      const { fault } = result;
      const wait = fault.retryAfterMs ?? firstBackoff * 2 ** (tried - 1) * (0.5 + random());
      if (tried >= (errand.tries ?? usualTries) || wait > longestWait || !mayRepeat(fault, errand)) throw fault;
      log.debug({ status: fault.status, tried, wait }, 'A message to Teams is tried again');
      await nap(wait);
      slot = await takeSlot(lane, errand);
    }
  };

  const leave = (lane: Lane, entry: Waiting) => {
    lane.queues[entry.errand.urgency].shift();
    waiting -= 1;
  };

  const next = (lane: Lane) => order.map((urgency) => lane.queues[urgency][0]).find((entry) => entry !== undefined);

  const take = (errand: Errand) => limits.take(errand.homeTenantId, errand.conversationId, share[errand.urgency]);

  /** One request at a time per conversation: that is what keeps messages in order. */
  const work = async (key: string, lane: Lane) => {
    for (let entry = next(lane); entry !== undefined; entry = next(lane)) {
      if (!closing.signal.aborted) {
        const rest = lane.restUntil - clock.now();
        const slot = rest > 0 ? null : take(entry.errand);
        if (slot?.taken) {
          leave(lane, entry);
          await entry.run(lane, withNotice(slot));
          continue;
        }
        // Something more urgent may come while this one waits.
        lane.wake = new AbortController();
        await napFor(slot === null ? rest : slot.waitMs, lane.wake.signal);
        continue;
      }
      leave(lane, entry);
      entry.giveUp();
    }
    lanes.delete(key);
    if (lanes.size > 0) return;
    for (const tell of idleListeners) tell();
    idleListeners.clear();
  };

  return {
    pass: (errand, request) =>
      new Promise((resolve, reject) => {
        if (closing.signal.aborted) return reject(new ErrandGivenUp());
        const key = `${errand.homeTenantId} ${errand.conversationId}`;
        const entry: Waiting = {
          errand,
          run: (lane, slot) => attempt(lane, errand, request, slot).then(resolve, reject),
          giveUp: () => reject(new ErrandGivenUp()),
        };
        waiting += 1;
        const known = lanes.get(key);
        if (known !== undefined) {
          known.queues[errand.urgency].push(entry);
          known.wake.abort(over);
          return;
        }
        const lane: Lane = {
          queues: { reply: [], outcome: [], progress: [] },
          restUntil: 0,
          wake: new AbortController(),
        };
        lane.queues[errand.urgency].push(entry);
        lanes.set(key, lane);
        void work(key, lane);
      }),
    idle: () =>
      lanes.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleListeners.add(resolve);
          }),
    close: () => closing.abort(),
    get waiting() {
      return waiting;
    },
  };
}

function mayRepeat(fault: ConnectorFault, errand: Errand): boolean {
  if (fault.status !== null) return passing.has(fault.status);
  // The answer was lost: the message may be there. Only what may be done twice is done again.
  return fault.arrival === 'no' || errand.repeatable;
}
