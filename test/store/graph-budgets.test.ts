import type { Wait } from '../../src/graph/retry-delay.ts';
import { GraphBudgets } from '../../src/store/graph-budgets.ts';
import { type DatabaseKind, databaseKinds, freshDatabase, type TestDatabase } from '../fakes/databases.ts';

const kinds = await databaseKinds();

describe.each<DatabaseKind>(kinds)('the budget of an app in a tenant, on %s', (kind) => {
  let database: TestDatabase;
  let now = 0;
  let tenant = 0;
  beforeAll(async () => {
    database = await freshDatabase(kind);
  });
  afterAll(() => database.close());
  beforeEach(() => {
    now = Date.parse('2026-11-21T09:00:00Z');
    tenant += 1;
  });

  const limits = { changes: 100, requests: 1_000 };
  const wait: Wait = async (ms, signal) => {
    now += ms;
    signal?.throwIfAborted();
  };
  /** One process; all share the database and the time. */
  const process = (change: Partial<typeof limits> = {}) =>
    new GraphBudgets({
      db: database.db,
      limits: { ...limits, ...change },
      wait,
      now: () => now,
      databaseNow: () => now,
    }).of(`tenant-${tenant}`, 'app');

  /** The most of these moments that lie within 20 seconds. */
  const mostIn20Seconds = (moments: readonly number[]) =>
    Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + 20_000).length));

  it('lets a publish of ordinary size through without waiting', async () => {
    const budget = process();
    const start = now;

    for (let change = 0; change < 90; change += 1) await budget.take('change');

    expect(now).toBe(start);
  });

  it.each([1, 3])('is never overdrawn by %d processes that change as much as they can', async (processes) => {
    const budgets = Array.from({ length: processes }, () => process());
    const moments: number[] = [];

    for (let round = 0; round < 300; round += 1) {
      await budgets[round % processes]?.take('change');
      moments.push(now);
      now += 30;
    }

    expect(mostIn20Seconds(moments)).toBeLessThanOrEqual(100);
    // And is not left unused either: 300 changes need three windows.
    expect(now - (moments[0] ?? 0)).toBeLessThan(80_000);
  });

  it('counts reads beside changes, and lets people read while changes wait', async () => {
    const budget = process({ changes: 10, requests: 60 });
    for (let change = 0; change < 10; change += 1) await budget.take('change');
    const start = now;

    await budget.take('read');
    expect(now).toBe(start);
    await budget.take('change');
    expect(now).toBeGreaterThan(start);
  });

  it('pauses every process when the service asks one of them', async () => {
    const asked = process();
    const other = process();
    await asked.take('read');
    const start = now;
    asked.pause(15_000);
    // The pause is written beside the answer; another process learns of it when it asks next.
    await asked.take('read');

    expect(now - start).toBeGreaterThanOrEqual(15_000);
    now = start;
    await other.take('read');
    expect(now - start).toBeGreaterThanOrEqual(15_000);
  });

  it('is asked for a portion, not for each request', async () => {
    const budget = process();
    let transactions = 0;
    const counted = new GraphBudgets({
      db: new Proxy(database.db, {
        get: (target, name) => {
          if (name === 'transaction') transactions += 1;
          return Reflect.get(target, name);
        },
      }),
      limits,
      wait,
      now: () => now,
      databaseNow: () => now,
    }).of(`tenant-${tenant}`, 'app');
    await budget.take('read');

    await Promise.all(Array.from({ length: 100 }, () => counted.take('read')));

    expect(transactions).toBeLessThanOrEqual(3);
  });

  it('lets go of those who no longer wait', async () => {
    const budget = process({ changes: 1 });
    await budget.take('change');
    const stop = new AbortController();
    const waiting = new GraphBudgets({
      db: database.db,
      limits: { ...limits, changes: 1 },
      wait: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
          stop.abort(new Error('enough'));
        }),
      now: () => now,
      databaseNow: () => now,
    }).of(`tenant-${tenant}`, 'app');

    await expect(waiting.take('change', stop.signal)).rejects.toThrow('enough');
  });

  it('does not stop anybody when the database is away', async () => {
    const gone = new GraphBudgets({
      db: new Proxy(database.db, {
        get: () => () => {
          throw new Error('away');
        },
      }),
      limits,
      wait,
      now: () => now,
    }).of('tenant', 'app');

    await gone.take('change');
  });
});
