import { and, eq, sql } from 'drizzle-orm';
import type { RequestBudget } from '../graph/request-budget.ts';
import { wait as realWait, type Wait } from '../graph/retry-delay.ts';
import type { Db } from './database.ts';
import { graphBudgets } from './schema.ts';

export interface BudgetLimits {
  /** In 20 seconds, for one app in one tenant. */
  changes: number;
  requests: number;
}

export interface GraphBudgetsOptions {
  db: Db;
  limits: BudgetLimits;
  wait?: Wait;
  /** The clock of this process, for the life of what it was handed. The database's clock counts for all else. */
  now?: () => number;
  /** The database's clock, for tests. */
  databaseNow?: () => number;
}

const sliceMs = 4_000;
/** One slice more than the service's 20 seconds: what is handed out at the end of a slice may be used during the next. */
const slicesInWindow = 6;
/** What is handed out at once, so that most requests ask nobody. */
const portion = { changes: 10, requests: 50 };
const mostKept = 500;
const nothing: Handed = { changes: 0, requests: 0, until: 0, slice: 0 };

interface Handed {
  changes: number;
  requests: number;
  until: number;
  /** In which it was counted; what is left of it goes back there. */
  slice: number;
}

type Spent = (typeof graphBudgets.$inferSelect)['spent'];

/** Budgets that all processes share through one row for each app and tenant. */
export class GraphBudgets {
  readonly #options: GraphBudgetsOptions;
  readonly #budgets = new Map<string, RequestBudget>();

  constructor(options: GraphBudgetsOptions) {
    this.#options = options;
  }

  of(tenantId: string, clientId: string): RequestBudget {
    const key = `${tenantId} ${clientId}`;
    const known = this.#budgets.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#budgets.keys();
    if (this.#budgets.size >= mostKept && oldest !== undefined) this.#budgets.delete(oldest);
    const made = new SharedBudget({ ...this.#options, tenantId, clientId });
    this.#budgets.set(key, made);
    return made;
  }
}

class SharedBudget implements RequestBudget {
  readonly #options: GraphBudgetsOptions & { tenantId: string; clientId: string };
  readonly #wait: Wait;
  readonly #now: () => number;
  #handed: Handed = nothing;
  #asking: Promise<number> | null = null;
  #pausing: Promise<unknown> = Promise.resolve();

  constructor(options: GraphBudgetsOptions & { tenantId: string; clientId: string }) {
    this.#options = options;
    this.#wait = options.wait ?? realWait;
    this.#now = options.now ?? Date.now;
  }

  async take(kind: 'change' | 'read', signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#spend(kind)) return;
      // Those who wait ask together; whoever finds nothing left afterwards asks again.
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      const pause = await this.#asking;
      if (this.#spend(kind)) return;
      if (pause > 0) await this.#wait(pause, signal);
    }
  }

  pause(milliseconds: number): void {
    this.#handed = nothing;
    const { db, tenantId, clientId } = this.#options;
    const { databaseNow } = this.#options;
    const until =
      databaseNow === undefined
        ? sql`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`
        : new Date(databaseNow() + milliseconds);
    this.#pausing = db
      .insert(graphBudgets)
      .values({ tenantId, clientId, spent: [], pausedUntil: until })
      .onConflictDoUpdate({
        target: [graphBudgets.tenantId, graphBudgets.clientId],
        set: { pausedUntil: sql`greatest(${graphBudgets.pausedUntil}, excluded.paused_until)` },
      })
      // Whoever was asked to wait does so in any case.
      .catch(() => undefined);
  }

  #spend(kind: 'change' | 'read'): boolean {
    const { changes, requests, until } = this.#handed;
    if (this.#now() >= until || requests < 1 || (kind === 'change' && changes < 1)) return false;
    this.#handed = {
      ...this.#handed,
      requests: requests - 1,
      changes: kind === 'change' ? changes - 1 : changes,
    };
    return true;
  }

  /** Milliseconds to wait before asking again; 0 when something was handed out. */
  async #ask(): Promise<number> {
    try {
      await this.#pausing;
      return await this.#options.db.transaction((tx) => this.#handOut(tx as unknown as Db));
    } catch {
      // Without the database nothing is counted; the service's own 429 is then the limit.
      this.#handed = { ...portion, until: this.#now() + sliceMs, slice: 0 };
      return 0;
    }
  }

  async #handOut(tx: Db): Promise<number> {
    const { tenantId, clientId, limits } = this.#options;
    const mine = and(eq(graphBudgets.tenantId, tenantId), eq(graphBudgets.clientId, clientId));
    await tx.insert(graphBudgets).values({ tenantId, clientId, spent: [] }).onConflictDoNothing();
    const [row] = await tx
      .select({
        spent: graphBudgets.spent,
        pausedUntil: graphBudgets.pausedUntil,
        now: sql<string>`extract(epoch from clock_timestamp()) * 1000`,
      })
      .from(graphBudgets)
      .where(mine)
      .for('update');
    if (row === undefined) throw new Error('The budget was not written');
    const now = this.#options.databaseNow?.() ?? Number(row.now);
    if (row.pausedUntil !== null && row.pausedUntil.getTime() > now) return row.pausedUntil.getTime() - now;
    const slice = Math.floor(now / sliceMs);
    const spent = this.#withoutUnused(row.spent).filter(
      (entry) => entry.slice > slice - slicesInWindow && entry.slice <= slice,
    );
    const left = (what: 'changes' | 'requests') => limits[what] - spent.reduce((sum, entry) => sum + entry[what], 0);
    const requests = Math.max(0, Math.min(portion.requests, left('requests')));
    const changes = Math.max(0, Math.min(portion.changes, left('changes'), requests));
    const before = spent.find((entry) => entry.slice === slice) ?? { changes: 0, requests: 0 };
    const current = { slice, changes: before.changes + changes, requests: before.requests + requests };
    await tx
      .update(graphBudgets)
      .set({ spent: [...spent.filter((entry) => entry.slice !== slice), current] })
      .where(mine);
    this.#handed = { changes, requests, until: this.#now() + sliceMs, slice };
    const missing = requests === 0 ? 'requests' : changes === 0 ? 'changes' : null;
    if (missing === null) return 0;
    const oldest = spent.find((entry) => entry[missing] > 0)?.slice ?? slice;
    return Math.max(50, (oldest + slicesInWindow) * sliceMs - now);
  }

  /** What this process was handed and did not use is given back before it asks again. */
  #withoutUnused(spent: Spent): Spent {
    const { changes, requests, slice } = this.#handed;
    this.#handed = nothing;
    return spent.map((entry) =>
      entry.slice === slice
        ? {
            slice,
            changes: Math.max(0, entry.changes - changes),
            requests: Math.max(0, entry.requests - requests),
          }
        : entry,
    );
  }
}
