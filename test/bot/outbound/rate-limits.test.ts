import { createRateLimits, type RateLimits } from '../../../src/bot/outbound/rate-limits.ts';

let now: number;
let limits: RateLimits;
beforeEach(() => {
  now = 1_000_000;
  limits = createRateLimits({ now: () => now });
});

/** Requests that begin and end at once. */
const ask = (count: number, { tenant = 't', conversation = 'c', share = 1 } = {}) => {
  let taken = 0;
  for (let i = 0; i < count; i += 1) {
    const slot = limits.take(tenant, conversation, share);
    if (!slot.taken) break;
    slot.release();
    taken += 1;
  }
  return taken;
};

const waitNow = ({ tenant = 't', conversation = 'c', share = 1 } = {}) => {
  const slot = limits.take(tenant, conversation, share);
  return slot.taken ? 'free' : slot.waitMs;
};

it('lets seven go in a second and says when the next may', () => {
  expect(ask(10)).toBe(7);
  now += 400;
  expect(waitNow()).toBe(600);
});

it('lets eight go in two seconds', () => {
  ask(7);
  now += 1_000;

  expect(ask(5)).toBe(1);
  expect(waitNow()).toBe(1_000);
});

it('lets 60 go in 30 seconds', () => {
  let sent = 0;
  for (let second = 0; second < 30; second += 1) {
    sent += ask(4);
    now += 1_000;
  }

  expect(sent).toBe(60);
});

it('lets 1,800 go in an hour', () => {
  let sent = 0;
  for (let step = 0; step < 1_199; step += 1) {
    sent += ask(2);
    now += 3_000;
  }
  now -= 3_000;

  expect(sent).toBe(1_800);
  expect(waitNow()).toBe(3_600_000 - 1_198 * 3_000);
});

it('counts conversations apart and a tenant together', () => {
  let sent = 0;
  for (let conversation = 0; conversation < 10; conversation += 1) sent += ask(7, { conversation: `c${conversation}` });

  expect(sent).toBe(50);
  expect(waitNow({ conversation: 'another' })).toBe(1_000);
  expect(waitNow({ tenant: 'other' })).toBe('free');
});

it('counts a request from its end, because nobody knows when it arrived', () => {
  const slow = limits.take('t', 'c', 1);
  ask(6);
  now += 900;
  if (slow.taken) slow.release();
  now += 100;

  expect(ask(7)).toBe(1);
  now += 900;
  expect(ask(1)).toBe(0);
});

it('cannot say when, while requests on their way fill a limit', () => {
  for (let i = 0; i < 7; i += 1) limits.take('t', 'c', 1);

  expect(waitNow()).toBeNull();
});

it('keeps a share free: progress takes half, the rest stays for others', () => {
  expect(ask(10, { share: 0.5 })).toBe(3);
  expect(ask(10)).toBe(4);
});

it('forgets conversations in which nothing happens', () => {
  for (let conversation = 0; conversation < 40; conversation += 1) ask(1, { conversation: `c${conversation}` });
  expect(limits.tracked).toBe(41);

  now += 2 * 3_600_000;
  ask(1);

  expect(limits.tracked).toBe(2);
});
