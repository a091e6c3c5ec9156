import type { Place } from '../../../src/access/actor.ts';
import { type Coalescer, createCoalescer } from '../../../src/bot/outbound/coalescer.ts';
import type { Delivery } from '../../../src/bot/outbound/delivery.ts';
import type { LiveCard, LiveCards } from '../../../src/bot/outbound/live-cards.ts';
import type { Follow } from '../../../src/dialogs/route.ts';
import { createLog } from '../../../src/log.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { sayCard } from '../../fakes/plain-answers.ts';

const place = (conversationId: string): Place => ({
  homeTenantId: 't',
  conversationKind: 'channel',
  conversationId,
  serviceUrl: 'https://s/',
});
const job = (subjectId: string): Follow => ({ subject: 'job', subjectId });

let clock: ManualClock;
let cards: Record<string, LiveCard[]>;
let shown: { at: number; card: string; summary: string }[];
let fail: boolean;
let coalescer: Coalescer;

beforeEach(() => {
  clock = new ManualClock(0);
  cards = { a: [{ place: place('c'), activityId: '1' }] };
  shown = [];
  fail = false;
  const delivery = {
    update: async (_place: Place, activityId: string, _card: unknown, summary: string) => {
      if (fail) throw new Error('Teams is away');
      shown.push({ at: clock.now(), card: activityId, summary });
    },
  } as unknown as Delivery;
  const liveCards = { of: async ({ subjectId }: Follow) => cards[subjectId] ?? [] } as unknown as LiveCards;
  coalescer = createCoalescer({ liveCards, delivery, clock, log: createLog({ level: 'silent' }) });
});

const refresh = (subjectId: string, state: () => string) =>
  coalescer.refresh(job(subjectId), async () => ({ card: sayCard(state()), summary: state() }));

it('shows the first news at once and the rest every three seconds', async () => {
  let percent = 0;
  for (let tick = 0; tick < 100; tick += 1) {
    percent += 1;
    refresh('a', () => `${percent} %`);
    await clock.advance(100);
  }
  await clock.advance(3_000);

  expect(shown).toEqual([
    { at: 0, card: '1', summary: '1 %' },
    { at: 3_000, card: '1', summary: '30 %' },
    { at: 6_000, card: '1', summary: '60 %' },
    { at: 9_000, card: '1', summary: '90 %' },
    { at: 12_000, card: '1', summary: '100 %' },
  ]);
});

it('shows the newest state when the turn of a card comes, and not the one it was asked with', async () => {
  let state = 'first';
  refresh('a', () => state);
  await clock.advance(0);
  refresh('a', () => state);
  state = 'newest';
  await clock.advance(3_000);

  expect(shown.map((entry) => entry.summary)).toEqual(['first', 'newest']);
});

it('is slower with every further live card in the conversation', async () => {
  cards.b = [{ place: place('c'), activityId: '2' }];
  cards.elsewhere = [{ place: place('d'), activityId: '3' }];
  for (let tick = 0; tick < 60; tick += 1) {
    for (const subject of ['a', 'b', 'elsewhere']) refresh(subject, () => subject);
    await clock.advance(500);
  }

  const timesOf = (card: string) => shown.filter((entry) => entry.card === card).map((entry) => entry.at);
  expect(timesOf('1')).toEqual([0, 6_000, 12_000, 18_000, 24_000, 30_000]);
  expect(timesOf('3')).toHaveLength(11);
});

it('does nothing where render has nothing or no card follows', async () => {
  coalescer.refresh(job('a'), async () => null);
  coalescer.refresh(job('nobody'), async () => {
    throw new Error('is not rendered');
  });
  await clock.advance(10_000);

  expect(shown).toEqual([]);
});

it('goes on after a failure', async () => {
  fail = true;
  refresh('a', () => 'lost');
  await clock.advance(5_000);
  fail = false;
  refresh('a', () => 'shown');
  await clock.advance(5_000);

  expect(shown.map((entry) => entry.summary)).toEqual(['shown']);
});

it('shows what waits before it ends', async () => {
  refresh('a', () => 'first');
  await clock.advance(0);
  refresh('a', () => 'last');
  await clock.advance(0);

  await coalescer.flush();

  expect(shown.map((entry) => entry.summary)).toEqual(['first', 'last']);
});
