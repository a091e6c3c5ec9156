import { and, desc, eq, type SQL } from 'drizzle-orm';
import type { Problem } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { publishJobs } from '../store/schema.ts';
import { awaitedApproval } from './approvals.ts';
import { readJobNumber } from './job-number.ts';
import { type JobProgress, jobProgress, stepNames } from './job-progress.ts';
import type { JobView } from './job-view.ts';

const longestList = 100;
/** A speed that is older says nothing any more. */
const speedLastsMs = 10_000;

/** What this process knows better than the database, because it carries the job out. */
export interface LiveUpload {
  bytesDone: number;
  bytesPerSecond: number | null;
}

export class JobViews {
  readonly #db: Db;
  readonly #now: () => number;
  readonly #live: (jobId: string) => LiveUpload | null;

  constructor(db: Db, now: () => number, live: (jobId: string) => LiveUpload | null) {
    this.#db = db;
    this.#now = now;
    this.#live = live;
  }

  view(id: string, db: Db = this.#db): Promise<JobView | null> {
    return this.#one(eq(publishJobs.id, id), db);
  }

  /** By the number that people see. */
  find(workspaceId: string, number: string): Promise<JobView | null> {
    return this.#one(and(eq(publishJobs.workspaceId, workspaceId), eq(publishJobs.number, readJobNumber(number))));
  }

  ofRelease(releaseId: string): Promise<JobView | null> {
    return this.#one(eq(publishJobs.releaseId, releaseId));
  }

  /** Newest first. */
  async list(workspaceId: string): Promise<JobView[]> {
    const rows = await this.#db
      .select()
      .from(publishJobs)
      .where(eq(publishJobs.workspaceId, workspaceId))
      .orderBy(desc(publishJobs.createdAt))
      .limit(longestList);
    return rows.map((row) => this.#toView(row));
  }

  async #one(where: SQL | undefined, db: Db = this.#db): Promise<JobView | null> {
    const [row] = await db.select().from(publishJobs).where(where).orderBy(desc(publishJobs.createdAt)).limit(1);
    return row === undefined ? null : this.#toView(row);
  }

  #toView(row: typeof publishJobs.$inferSelect): JobView {
    const progress = jobProgress.parse(row.progress);
    const live = row.state === 'running' ? this.#live(row.id) : null;
    const bytesDone = live?.bytesDone ?? progress.bytesDone;
    const isSent = (stepNames as readonly string[]).indexOf(row.step) > stepNames.indexOf('upload');
    const stored = progress.speed !== null && this.#now() - progress.speed.at < speedLastsMs ? progress.speed : null;
    return {
      id: row.id,
      number: row.number,
      releaseId: row.releaseId,
      workspaceId: row.workspaceId,
      connectionId: row.connectionId,
      state: row.state,
      step: shownStep(row, progress),
      outcome: row.outcome,
      problem: row.problem as Problem | null,
      warnings: row.warnings,
      percent: isSent ? 100 : Math.min(100, Math.floor((bytesDone / progress.sizeEncrypted) * 100)),
      bytesDone: isSent ? progress.sizeEncrypted : bytesDone,
      bytesTotal: progress.sizeEncrypted,
      bytesPerSecond:
        row.state === 'running' && row.step === 'upload'
          ? (live?.bytesPerSecond ?? stored?.bytesPerSecond ?? null)
          : null,
      appId: progress.appId,
      assignments: progress.assignments,
      attempts: row.attempts - progress.looks,
      cancelRequestedBy: row.cancelRequestedBy,
      approvals: progress.approvals,
      steps: progress.steps,
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
    };
  }
}

function shownStep(row: typeof publishJobs.$inferSelect, progress: JobProgress): string {
  const { approvals, looks, waitingSince } = progress;
  // A worker that only looks whether something has changed is no news.
  if (row.state !== 'done' && awaitedApproval(approvals)?.state === 'open') return 'awaitApproval';
  if (row.state === 'queued' && waitingSince !== null) return 'awaitConnection';
  if (row.state === 'queued' && row.attempts === looks) return 'queued';
  return row.outcome === 'published' || row.outcome === 'publishedWithWarnings' ? 'done' : row.step;
}
