import { eq } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { publishJobs, releasePlaces } from '../store/schema.ts';
import type { JobEvents } from './job-events.ts';

/** What the card of a group is told. */
export interface PlaceNews {
  moved(groupId: string): void;
  /** In the transaction that ends a job of the group. */
  ended(tx: Db, groupId: string, jobId: string): Promise<void>;
}

const mostKnown = 500;
const rememberedMs = 5_000;

/** Tells a group's card of what its jobs do. */
export class PlaceEvents {
  readonly #db: Db;
  readonly #news: PlaceNews;
  /** Progress is told often, so the answer is remembered: for a while only, because a job can get into a group later. */
  readonly #known = new Map<string, { groupId: string | null; until: number }>();
  readonly #now: () => number;

  constructor(db: Db, news: PlaceNews, now: () => number = Date.now) {
    this.#db = db;
    this.#news = news;
    this.#now = now;
  }

  around(events: JobEvents): JobEvents {
    return {
      ...(events.started === undefined
        ? {}
        : { started: (tx, jobId) => events.started?.(tx, jobId) ?? Promise.resolve() }),
      progressed: (jobId) => {
        events.progressed(jobId);
        void this.#moved(jobId).catch(() => undefined);
      },
      approvalAwaited: async (tx, jobId) => {
        await events.approvalAwaited(tx, jobId);
        await this.#ended(tx, jobId);
      },
      finished: async (tx, jobId) => {
        await events.finished(tx, jobId);
        await this.#ended(tx, jobId);
      },
    };
  }

  /** One after the other: of two jobs that end at once, each would still see the other at work, and no card would show both. */
  async #ended(tx: Db, jobId: string): Promise<void> {
    // Told once, so what was remembered is not good enough.
    this.#known.delete(jobId);
    const groupId = await this.#groupOf(jobId, tx);
    if (groupId === null) return;
    await tx
      .select({ releaseId: releasePlaces.releaseId })
      .from(releasePlaces)
      .where(eq(releasePlaces.groupId, groupId))
      .orderBy(releasePlaces.connectionId)
      .for('update');
    await this.#news.ended(tx, groupId, jobId);
  }

  async #moved(jobId: string): Promise<void> {
    const groupId = await this.#groupOf(jobId, this.#db);
    if (groupId !== null) this.#news.moved(groupId);
  }

  async #groupOf(jobId: string, db: Db): Promise<string | null> {
    const known = this.#known.get(jobId);
    if (known !== undefined && known.until > this.#now()) return known.groupId;
    const [row] = await db
      .select({ groupId: releasePlaces.groupId })
      .from(releasePlaces)
      .innerJoin(publishJobs, eq(publishJobs.releaseId, releasePlaces.releaseId))
      .where(eq(publishJobs.id, jobId));
    const groupId = row?.groupId ?? null;
    this.#known.delete(jobId);
    this.#known.set(jobId, { groupId, until: this.#now() + rememberedMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
    return groupId;
  }
}
