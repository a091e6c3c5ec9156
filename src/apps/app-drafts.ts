import { and, eq, isNull, lt } from 'drizzle-orm';
import { usableConnection } from '../connections/connection-directory.ts';
import type { Db } from '../store/database.ts';
import { appDrafts } from '../store/schema.ts';

type Row = typeof appDrafts.$inferSelect;
export type AppDraft = Row;
export type DraftKind = Row['kind'];

const keptMs = 7 * 24 * 60 * 60_000;

/** Changes that people have begun. A card carries the id of one, and what it is about stands here. */
export class AppDrafts {
  readonly #db: Db;
  readonly #now: () => Date;

  constructor(db: Db, now: () => Date = () => new Date()) {
    this.#db = db;
    this.#now = now;
  }

  async begin(what: Pick<Row, 'workspaceId' | 'connectionId' | 'appId' | 'kind' | 'seen'>): Promise<AppDraft> {
    await this.#db.delete(appDrafts).where(lt(appDrafts.createdAt, new Date(this.#now().getTime() - keptMs)));
    const [row] = await this.#db.insert(appDrafts).values(what).returning();
    if (row === undefined) throw new Error('The new draft did not come back from the store');
    return row;
  }

  async find(workspaceId: string, kind: DraftKind, id: string): Promise<AppDraft | null> {
    const here = and(eq(appDrafts.id, id), eq(appDrafts.workspaceId, workspaceId), eq(appDrafts.kind, kind));
    const [row] = await this.#db.select().from(appDrafts).where(here);
    if (row === undefined) return null;
    // A lent connection may have been taken back since the change was begun.
    return (await usableConnection(this.#db, workspaceId, row.connectionId)) === null ? null : row;
  }

  /** Others changed what was seen: the draft goes on from what is there now. */
  async see(draft: AppDraft, seen: Record<string, unknown>): Promise<AppDraft> {
    await this.#db.update(appDrafts).set({ seen }).where(eq(appDrafts.id, draft.id));
    return { ...draft, seen };
  }

  /** False for who comes second. */
  async finish(tx: Db, draft: AppDraft): Promise<boolean> {
    const open = and(eq(appDrafts.id, draft.id), isNull(appDrafts.doneAt));
    const done = await tx.update(appDrafts).set({ doneAt: this.#now() }).where(open).returning({ id: appDrafts.id });
    return done.length > 0;
  }
}
