import { eq } from 'drizzle-orm';
import type { Place } from '../../../src/access/actor.ts';
import { createConversations } from '../../../src/bot/conversations.ts';
import { ConnectorFault } from '../../../src/bot/outbound/connector.ts';
import type { Delivery, DeliveryOptions } from '../../../src/bot/outbound/delivery.ts';
import { ErrandGivenUp } from '../../../src/bot/outbound/door.ts';
import { createOutbox, type Outbox } from '../../../src/bot/outbound/outbox.ts';
import type { Message } from '../../../src/dialogs/messenger.ts';
import { createLog } from '../../../src/log.ts';
import type { Database } from '../../../src/store/database.ts';
import { outbox as outboxTable } from '../../../src/store/schema.ts';
import { databaseKinds, openTestDatabase } from '../../fakes/databases.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { sayCard } from '../../fakes/plain-answers.ts';
import { waitFor } from '../../fakes/wait-for.ts';

const place: Place = {
  homeTenantId: 't',
  conversationKind: 'channel',
  conversationId: 'c',
  threadId: '17',
  serviceUrl: 'https://s/',
};
const reply = (text: string): Message => ({ kind: 'reply', place, text });
const update = (summary: string): Message => ({
  kind: 'update',
  place,
  activityId: '9',
  card: sayCard(summary),
  summary,
});

const kinds = await databaseKinds();

describe.each(kinds)('the outbox on %s', (kind) => {
  let database: Database;
  let clock: ManualClock;
  let sent: string[];
  /** Until a message may leave; default: at once. */
  let turn: () => Promise<void>;
  /** What happens to a message on its way; default: it arrives. */
  let way: (text: string) => Promise<void>;
  let started: Outbox[];

  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.db.delete(outboxTable);
    clock = new ManualClock();
    sent = [];
    started = [];
    turn = async () => undefined;
    way = async () => undefined;
  });
  afterEach(() => Promise.all(started.map((outbox) => outbox.stop())));

  const pass = async (text: string, { stillWanted }: DeliveryOptions) => {
    await turn();
    if (stillWanted !== undefined && !(await stillWanted())) throw new ErrandGivenUp();
    await way(text);
    sent.push(text);
  };

  /** A process: its own objects on the same database. */
  const newProcess = (): Outbox => {
    const delivery = {
      text: (_place: Place, text: string, options: DeliveryOptions) => pass(text, options),
      update: (_place: Place, _id: string, _card: unknown, summary: string, options: DeliveryOptions) =>
        pass(summary, options),
    } as unknown as Delivery;
    const now = () => clock.now();
    const conversations = createConversations({ database, now });
    const outbox = createOutbox({ database, delivery, conversations, clock, log: createLog({ level: 'silent' }) });
    started.push(outbox);
    return outbox;
  };

  const row = async (key: string) => {
    const [found] = await database.db.select().from(outboxTable).where(eq(outboxTable.key, key));
    return found;
  };
  /** Passes time until the condition holds. */
  const passUntil = (condition: () => unknown, step = 1_000) =>
    waitFor(async () => {
      if (await condition()) return true;
      await clock.advance(step);
      return false;
    });

  it('sends what was written with the change it tells of, in order', async () => {
    const outbox = newProcess();
    await database.db.transaction(async (tx) => {
      await outbox.enqueue(tx, 'one', reply('one'));
      await outbox.enqueue(tx, 'two', reply('two'));
    });

    outbox.start();
    await waitFor(() => sent.length === 2);

    expect(sent).toEqual(['one', 'two']);
    await waitFor(async () => (await row('two'))?.state === 'delivered');
  });

  it('sends nothing of a change that was undone', async () => {
    const outbox = newProcess();
    const undone = database.db.transaction(async (tx) => {
      await outbox.enqueue(tx, 'undone', reply('undone'));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');

    expect(await outbox.waiting()).toBe(0);
  });

  it('sends a key once', async () => {
    const outbox = newProcess();
    outbox.start();
    await outbox.enqueue(database.db, 'same', reply('first'));
    outbox.nudge();
    await waitFor(() => sent.length === 1);
    await outbox.enqueue(database.db, 'same', reply('second'));
    outbox.nudge();
    await clock.advance(5_000);

    expect(sent).toEqual(['first']);
  });

  it('survives its process: the next one sends what waits, once', async () => {
    const first = newProcess();
    await first.enqueue(database.db, 'kept', reply('kept'));
    await first.stop();

    newProcess().start();
    newProcess().start();
    await waitFor(() => sent.length > 0);
    await clock.advance(120_000);

    expect(sent).toEqual(['kept']);
  });

  it('lets many processes share the work without sending anything twice', async () => {
    const processes = [newProcess(), newProcess(), newProcess()];
    for (let count = 0; count < 60; count += 1)
      await processes[0]!.enqueue(database.db, `k${count}`, reply(`m${count}`));
    for (const process of processes) process.start();

    await passUntil(() => sent.length >= 60);
    await clock.advance(120_000);

    expect(new Set(sent).size).toBe(60);
    expect(sent).toHaveLength(60);
  });

  it('hands a message over that its process took and never got to', async () => {
    const { db } = database;
    const outbox = newProcess();
    await outbox.enqueue(db, 'taken', reply('taken'));
    const leased = { attempts: 1, nextAttemptAt: new Date(clock.now() + 15_000) };
    await db.update(outboxTable).set(leased).where(eq(outboxTable.key, 'taken'));

    outbox.start();
    await clock.advance(10_000);
    expect(sent).toEqual([]);
    await passUntil(() => sent.length > 0);

    expect(sent).toEqual(['taken']);
  });

  it('keeps a message that has to wait for its turn longer than a claim lasts', async () => {
    const mayLeave = Promise.withResolvers<void>();
    turn = () => mayLeave.promise;
    const outbox = newProcess();
    await outbox.enqueue(database.db, 'late', reply('late'));
    outbox.start();
    await waitFor(async () => (await row('late'))?.attempts === 1);
    newProcess().start();
    const left = async () => ((await row('late'))?.nextAttemptAt.getTime() ?? 0) - clock.now();
    for (let time = 0; time < 6; time += 1) {
      await passUntil(async () => (await left()) < 11_000, 500);
      await passUntil(async () => (await left()) > 13_000, 500);
    }
    mayLeave.resolve();
    await waitFor(() => sent.length > 0);

    expect(sent).toEqual(['late']);
    expect(await row('late')).toMatchObject({ attempts: 1 });
  });

  it('does not send again what a dead process may have sent', async () => {
    const { db } = database;
    const outbox = newProcess();
    await outbox.enqueue(db, 'unsure', reply('unsure'));
    const died = { attempts: 1, lastError: 'sending', nextAttemptAt: new Date(clock.now() + 60_000) };
    await db.update(outboxTable).set(died).where(eq(outboxTable.key, 'unsure'));

    outbox.start();
    await passUntil(async () => (await row('unsure'))?.state !== 'waiting', 10_000);

    expect(sent).toEqual([]);
    expect(await row('unsure')).toMatchObject({ state: 'undeliverable', lastError: 'answerLost' });
  });

  it('repeats an update of a dead process, because twice is once', async () => {
    const { db } = database;
    const outbox = newProcess();
    await outbox.enqueue(db, 'update', update('state'));
    const died = { attempts: 1, lastError: 'sending', nextAttemptAt: new Date(clock.now()) };
    await db.update(outboxTable).set(died).where(eq(outboxTable.key, 'update'));

    outbox.start();
    await waitFor(() => sent.length > 0);

    expect(sent).toEqual(['state']);
  });

  it('does not send again when only the answer was lost', async () => {
    const outbox = newProcess();
    way = async (text) => {
      sent.push(text);
      throw new ConnectorFault('cut', { arrival: 'unknown' });
    };
    await outbox.enqueue(database.db, 'cut', reply('cut'));
    outbox.start();
    await waitFor(async () => (await row('cut'))?.state === 'undeliverable');
    await clock.advance(120_000);

    expect(sent).toEqual(['cut']);
  });

  it.each([
    ['the connector is not reached', new ConnectorFault('refused', { arrival: 'no' })],
    ['Teams is busy', new ConnectorFault('busy', { arrival: 'answered', status: 503 })],
    ['the bot’s secret is wrong', new ConnectorFault('who', { arrival: 'answered', status: 401 })],
  ])('waits longer each time while %s, and sends in the end', async (_what, fault) => {
    const outbox = newProcess();
    const tries: number[] = [];
    way = async () => {
      tries.push(clock.now());
      if (tries.length <= 4) throw fault;
    };
    await outbox.enqueue(database.db, 'later', reply('later'));
    outbox.start();
    await passUntil(() => sent.length === 1, 500);

    const waits = tries.slice(1).map((at, index) => at - tries[index]!);
    expect(waits).toHaveLength(4);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(2_000 * 2 ** index);
  });

  it('gives up after a day', async () => {
    const outbox = newProcess();
    way = async () => {
      throw new ConnectorFault('busy', { arrival: 'answered', status: 503 });
    };
    const startedAt = clock.now();
    await outbox.enqueue(database.db, 'day', reply('day'));
    outbox.start();
    // A gap longer than a lease: nobody is at work on it, so time may pass at once.
    await waitFor(async () => {
      const waiting = await row('day');
      const gap = (waiting?.nextAttemptAt.getTime() ?? 0) - clock.now();
      await (gap > 61_000 ? clock.jump(gap) : clock.advance(1_000));
      return (await row('day'))?.state === 'undeliverable';
    });

    expect(await row('day')).toMatchObject({ lastError: '503' });
    expect(clock.now() - startedAt).toBeGreaterThan(18 * 60 * 60_000);
    expect(sent).toEqual([]);
  });

  it('gives up at once what will never work', async () => {
    const outbox = newProcess();
    way = async () => {
      throw new ConnectorFault('no', { arrival: 'answered', status: 400, code: 'BadSyntax' });
    };
    await outbox.enqueue(database.db, 'bad', reply('bad'));
    outbox.start();
    await waitFor(async () => (await row('bad'))?.state === 'undeliverable');

    expect(await row('bad')).toMatchObject({ attempts: 1, lastError: '400 BadSyntax' });
  });

  it('gives back what it could not send when it stops', async () => {
    const outbox = newProcess();
    way = async () => {
      throw new ErrandGivenUp();
    };
    let claimed = false;
    const original = way;
    way = async (text) => {
      claimed = true;
      await waitFor(() => stopping);
      return original(text);
    };
    let stopping = false;
    await outbox.enqueue(database.db, 'back', reply('back'));
    outbox.start();
    await waitFor(() => claimed);
    const stopped = outbox.stop();
    stopping = true;
    await stopped;
    way = async () => undefined;

    newProcess().start();
    await waitFor(() => sent.length > 0);

    expect(sent).toEqual(['back']);
  });
});
