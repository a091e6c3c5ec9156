import { ConnectorFault } from '../../../src/bot/outbound/connector.ts';
import { createDoor, type Door, type Errand, ErrandGivenUp } from '../../../src/bot/outbound/door.ts';
import { createRateLimits } from '../../../src/bot/outbound/rate-limits.ts';
import { createLog } from '../../../src/log.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';

let clock: ManualClock;
let door: Door;
beforeEach(() => {
  clock = new ManualClock();
  const limits = createRateLimits({ now: () => clock.now() });
  door = createDoor({ limits, clock, log: createLog({ level: 'silent' }), random: () => 0.5 });
});

const errand = (rest: Partial<Errand> = {}): Errand => ({
  homeTenantId: 't',
  conversationId: 'c',
  urgency: 'reply',
  repeatable: false,
  ...rest,
});

const status = (code: number, retryAfterMs?: number) =>
  new ConnectorFault(`status ${code}`, { arrival: 'answered', status: code, retryAfterMs: retryAfterMs ?? null });

/** A request that fails as told and then works; counts its tries. */
const failing = (...faults: Error[]) => {
  const request = {
    tries: 0,
    run: async () => {
      const fault = faults[request.tries];
      request.tries += 1;
      if (fault !== undefined) throw fault;
      return 'sent';
    },
  };
  return request;
};

const outcome = async (work: Promise<unknown>, advance = 120_000) => {
  const settled = work.then(
    (value) => value,
    (error: unknown) => error,
  );
  await clock.advance(advance);
  return settled;
};

describe('tries again', () => {
  it.each([412, 429, 502, 503, 504])('on %i', async (code) => {
    const request = failing(status(code), status(code));

    expect(await outcome(door.pass(errand(), request.run))).toBe('sent');
    expect(request.tries).toBe(3);
  });

  it.each([400, 401, 403, 404, 413, 500])('not on %i', async (code) => {
    const request = failing(status(code));

    expect(await outcome(door.pass(errand(), request.run))).toMatchObject({ status: code });
    expect(request.tries).toBe(1);
  });

  it('when the request surely did not leave', async () => {
    const request = failing(new ConnectorFault('refused', { arrival: 'no' }));

    expect(await outcome(door.pass(errand(), request.run))).toBe('sent');
  });

  it('not when only the answer was lost, because the message may be there', async () => {
    const request = failing(new ConnectorFault('cut', { arrival: 'unknown' }));

    expect(await outcome(door.pass(errand(), request.run))).toMatchObject({ arrival: 'unknown' });
    expect(request.tries).toBe(1);
  });

  it('when the answer of an update was lost', async () => {
    const request = failing(new ConnectorFault('cut', { arrival: 'unknown' }));

    expect(await outcome(door.pass(errand({ repeatable: true }), request.run))).toBe('sent');
  });

  it('five times at most', async () => {
    const request = failing(...Array.from({ length: 9 }, () => status(503)));

    expect(await outcome(door.pass(errand(), request.run))).toMatchObject({ status: 503 });
    expect(request.tries).toBe(5);
  });

  it('after the time that Teams asks for', async () => {
    const request = failing(status(429, 20_000));
    const work = door.pass(errand(), request.run);

    await clock.advance(19_000);
    expect(request.tries).toBe(1);
    await clock.advance(1_000);

    expect(await work).toBe('sent');
  });

  it('not after a time longer than anybody waits here', async () => {
    const request = failing(status(429, 10 * 60_000));

    expect(await outcome(door.pass(errand(), request.run))).toMatchObject({ retryAfterMs: 600_000 });
  });
});

it('gives a paused conversation its rest, and others none', async () => {
  const log: string[] = [];
  const note = (word: string) => async () => void log.push(word);
  const throttled = door.pass(errand({ tries: 1 }), failing(status(429, 5_000)).run).catch(() => log.push('throttled'));
  const next = door.pass(errand(), note('next'));
  await door.pass(errand({ conversationId: 'other' }), note('other'));

  await clock.advance(4_000);
  expect(log.sort()).toEqual(['other', 'throttled']);
  await clock.advance(1_000);
  await Promise.all([throttled, next]);

  expect(log.at(-1)).toBe('next');
});

it('keeps the order of a conversation and does not hold up another', async () => {
  const log: number[] = [];
  let open = () => {};
  const blocked = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = door.pass(errand(), async () => {
    await blocked;
    log.push(1);
  });
  const second = door.pass(errand(), async () => void log.push(2));
  await door.pass(errand({ conversationId: 'other' }), async () => void log.push(3));
  open();
  await Promise.all([first, second]);

  expect(log).toEqual([3, 1, 2]);
});

it('lets replies and outcomes pass before progress', async () => {
  const log: string[] = [];
  const work = ['progress', 'progress', 'outcome', 'reply'].map((urgency) =>
    door.pass(errand({ urgency: urgency as Errand['urgency'] }), async () => void log.push(urgency)),
  );
  await clock.advance(2_000);
  await Promise.all(work);

  // The first was on its way before the others came.
  expect(log).toEqual(['progress', 'reply', 'outcome', 'progress']);
});

it('lets an answer go while progress waits for its share', async () => {
  let shown = 0;
  const progress = Array.from({ length: 10 }, () =>
    door.pass(errand({ urgency: 'progress' }), async () => {
      shown += 1;
    }),
  );
  await clock.advance(0);
  expect(shown).toBe(3);

  await door.pass(errand({ urgency: 'reply' }), async () => undefined);

  expect(shown).toBe(3);
  await clock.advance(30_000);
  await Promise.all(progress);
  expect(shown).toBe(10);
});

it('asks before each request whether it is still wanted', async () => {
  const request = failing(status(503));
  let asked = 0;
  const stillWanted = async () => {
    asked += 1;
    return asked === 1;
  };

  expect(await outcome(door.pass(errand({ stillWanted }), request.run))).toBeInstanceOf(ErrandGivenUp);
  expect(request.tries).toBe(1);
});

it('gives up what waits when it closes, and is idle then', async () => {
  let open = () => {};
  const running = door.pass(errand(), () => new Promise<string>((resolve) => (open = () => resolve('sent'))));
  const waiting = door.pass(errand(), async () => 'never').catch((error: unknown) => error);
  await clock.advance(0);

  door.close();
  open();

  expect(await running).toBe('sent');
  expect(await waiting).toBeInstanceOf(ErrandGivenUp);
  await door.idle();
  expect(door.waiting).toBe(0);
});

it('never goes beyond the limits, whatever comes', async () => {
  const times: number[] = [];
  const work = Array.from({ length: 120 }, (_, index) =>
    door.pass(errand({ urgency: index % 3 === 0 ? 'progress' : 'outcome' }), async () => void times.push(clock.now())),
  );
  await clock.advance(120_000);
  await Promise.all(work);

  const most = (span: number) => Math.max(...times.map((at) => times.filter((t) => t > at - span && t <= at).length));
  expect([most(1_000), most(2_000), most(30_000)]).toEqual([7, 8, 60]);
});
