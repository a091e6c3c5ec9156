import { and, desc, eq, ilike, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { auditRows } from '../store/schema.ts';

export type AuditRow = typeof auditRows.$inferSelect;

const largestPage = 500;

/** Reads what was recorded in a workspace, newest first. */
export class AuditRows {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async page(
    workspaceId: string,
    { filter, page, size }: { filter: string; page: number; size: number },
  ): Promise<{ rows: AuditRow[]; more: boolean }> {
    const rows = await this.#db
      .select()
      .from(auditRows)
      .where(matching(workspaceId, filter))
      .orderBy(desc(auditRows.seq))
      .offset(page * size)
      .limit(size + 1);
    return { rows: rows.slice(0, size), more: rows.length > size };
  }

  /** Batch by batch, so that no export holds a workspace's whole history in memory. */
  async *all(workspaceId: string, filter: string): AsyncIterable<AuditRow[]> {
    let below: number | null = null;
    for (;;) {
      const rows: AuditRow[] = await this.#db
        .select()
        .from(auditRows)
        .where(and(matching(workspaceId, filter), below === null ? undefined : lt(auditRows.seq, below)))
        .orderBy(desc(auditRows.seq))
        .limit(largestPage);
      if (rows.length > 0) yield rows;
      if (rows.length < largestPage) return;
      below = rows.at(-1)?.seq ?? 0;
    }
  }
}

/** Every word has to stand somewhere in the row: who, what, on what, with which result, on which day. */
function matching(workspaceId: string, filter: string): SQL | undefined {
  const words = filter.split(/\s+/).filter((word) => word !== '');
  return and(
    eq(auditRows.workspaceId, workspaceId),
    ...words.slice(0, 6).map((word) => {
      const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
      return or(
        ilike(auditRows.actorName, like),
        ilike(auditRows.action, like),
        ilike(auditRows.subjectName, like),
        ilike(auditRows.subjectKind, like),
        ilike(auditRows.result, like),
        ilike(auditRows.problem, like),
        eq(auditRows.subjectId, word),
        eq(auditRows.reference, word),
        sql`to_char(${auditRows.at} at time zone 'UTC', 'YYYY-MM-DD') = ${word}`,
      );
    }),
  );
}
