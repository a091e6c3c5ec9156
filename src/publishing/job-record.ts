import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { AcknowledgedBlock } from '../graph/content/block-upload.ts';
import type { ContentKeys } from '../graph/content/content-keys.ts';
import { type Problem, ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { publishJobBlocks, publishJobs } from '../store/schema.ts';
import { type JobProgress, jobProgress, type StepName, stepName } from './job-progress.ts';
import { CancelRequested, isStop, StoreFailure, Superseded } from './job-stops.ts';
import type { JobOutcome } from './job-view.ts';
import { openKeys, sealKeys } from './stored-keys.ts';

/** The part of the secret vault that publishing needs. */
export interface KeyVault {
  put(tx: Db, plain: string | Buffer): Promise<string>;
  get(tx: Db, id: string): Promise<Buffer>;
  remove(tx: Db, id: string): Promise<void>;
}

type Row = typeof publishJobs.$inferSelect;

export interface Ending {
  outcome: JobOutcome;
  problem: Problem | null;
  warnings: string[];
  /** Keys and acknowledged blocks stay, so that a retry goes on with them. */
  keepsContent: boolean;
}

/**
 * A job as the worker that claimed it sees it. Every claim raises `attempts`, and every write asks for the number of
 * its claim: a worker that lost the job without noticing cannot write any more.
 */
export class JobRecord {
  readonly id: string;
  readonly number: string;
  readonly releaseId: string;
  readonly connectionId: string;
  readonly #database: Database;
  readonly #vault: KeyVault;
  readonly #claim: number;
  #step: StepName;
  #progress: JobProgress;
  #keysSecretId: string | null;
  #warnings: string[];
  #cancelRequested: boolean;

  private constructor(database: Database, vault: KeyVault, row: Row) {
    this.id = row.id;
    this.number = row.number;
    this.releaseId = row.releaseId;
    this.connectionId = row.connectionId;
    this.#database = database;
    this.#vault = vault;
    this.#claim = row.attempts;
    this.#step = stepName.parse(row.step);
    this.#progress = jobProgress.parse(row.progress);
    this.#keysSecretId = row.keysSecretId;
    this.#warnings = row.warnings;
    this.#cancelRequested = row.cancelRequestedBy !== null;
  }

  /** Null where there is nothing left to do, or not for the message that would end the wait `wake`. */
  static async claim(
    database: Database,
    vault: KeyVault,
    { jobId, wake }: { jobId: string; wake?: string | undefined },
    now: Date,
  ): Promise<JobRecord | null> {
    const isMeant = wake === undefined ? undefined : sql`${publishJobs.progress} ->> 'wake' = ${wake}`;
    const [row] = await database.db
      .update(publishJobs)
      .set({
        state: 'running',
        attempts: sql`${publishJobs.attempts} + 1`,
        startedAt: sql`coalesce(${publishJobs.startedAt}, ${now.toISOString()}::timestamptz)`,
      })
      .where(and(eq(publishJobs.id, jobId), sql`${publishJobs.state} <> 'done'`, isMeant))
      .returning();
    return row === undefined ? null : new JobRecord(database, vault, row);
  }

  /** Takes up a failed job once more, only to tidy up what it left; nobody has touched it since `claim`. */
  static async claimFailed(
    database: Database,
    vault: KeyVault,
    jobId: string,
    claim: number,
  ): Promise<JobRecord | null> {
    const [row] = await database.db
      .select()
      .from(publishJobs)
      .where(
        and(
          eq(publishJobs.id, jobId),
          eq(publishJobs.attempts, claim),
          eq(publishJobs.state, 'done'),
          eq(publishJobs.outcome, 'failed'),
        ),
      );
    return row === undefined ? null : new JobRecord(database, vault, row);
  }

  get step(): StepName {
    return this.#step;
  }

  get progress(): Readonly<JobProgress> {
    return this.#progress;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** The number of this claim. */
  get claim(): number {
    return this.#claim;
  }

  get cancelRequested(): boolean {
    return this.#cancelRequested;
  }

  /** For what a job needs of other tables: a database that is away is no failure of the job. */
  read<T>(query: (db: Db) => Promise<T>): Promise<T> {
    return this.#store(query);
  }

  async save(
    changes: Partial<JobProgress>,
    options: { step?: StepName; unlessCancelled?: boolean } = {},
  ): Promise<void> {
    await this.#store((db) => this.#write(db, changes, options));
  }

  async warn(warning: string): Promise<void> {
    this.#warnings = [...this.#warnings, warning];
    await this.#store((db) => this.#update(db, { warnings: this.#warnings }));
  }

  async acknowledged(fileId: string): Promise<Map<number, string>> {
    return this.#store(async (db) => {
      const rows = await db
        .select({ index: publishJobBlocks.index, digest: publishJobBlocks.digest })
        .from(publishJobBlocks)
        .where(and(eq(publishJobBlocks.jobId, this.id), eq(publishJobBlocks.fileId, fileId)))
        .orderBy(asc(publishJobBlocks.index));
      return new Map(rows.map((row) => [row.index, row.digest]));
    });
  }

  async acknowledge(
    fileId: string,
    blocks: readonly AcknowledgedBlock[],
    changes: Partial<JobProgress>,
  ): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        await this.#write(tx, changes);
        await tx
          .insert(publishJobBlocks)
          .values(blocks.map((block) => ({ jobId: this.id, fileId, ...block })))
          .onConflictDoNothing();
      }),
    );
  }

  /** The keys of this content file, or null where none were made for it. */
  async keysFor(fileId: string): Promise<ContentKeys | null> {
    const secretId = this.#keysSecretId;
    if (secretId === null) return null;
    try {
      const stored = openKeys(await this.#store((db) => this.#vault.get(db, secretId)));
      return stored.fileId === fileId ? stored.keys : null;
    } catch (error) {
      // Keys that cannot be opened any more cost an upload from the start, not the job.
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }

  /** From now on the content is encrypted with these; blocks made with others no longer count. */
  async useKeys(fileId: string, keys: ContentKeys): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        await this.#dropContent(tx);
        const secretId = await this.#vault.put(tx, sealKeys(fileId, keys));
        await this.#update(tx, { keysSecretId: secretId });
        this.#keysSecretId = secretId;
        await this.#write(tx, { bytesDone: 0, seal: null });
      }),
    );
  }

  /** Together: what is written in `changes`, and that the keys and blocks so far are worthless. */
  async forgetContent(changes: Partial<JobProgress>, step: StepName): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        await this.#dropContent(tx);
        await this.#write(tx, changes, { step });
      }),
    );
  }

  /** Ends the job and tells of it in the same transaction, so that there is one outcome and one piece of news. */
  async finish(ending: Ending, now: Date, tell: (tx: Db) => Promise<void>): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        if (!ending.keepsContent) await this.#dropContent(tx);
        await this.#update(tx, {
          state: 'done',
          outcome: ending.outcome,
          problem: ending.problem,
          warnings: ending.warnings,
          finishedAt: now,
        });
        await tell(tx);
      }),
    );
  }

  /** Puts the job back; `requeue` sends its message in the same transaction. */
  async release(changes: Partial<JobProgress>, requeue: (tx: Db) => Promise<void>): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        await this.#write(tx, changes);
        await this.#update(tx, { state: 'queued' });
        await requeue(tx);
      }),
    );
  }

  /** After a failure was tidied up: a retry starts from nothing. */
  async forgetEverything(changes: Partial<JobProgress>): Promise<void> {
    await this.#store((db) =>
      db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        const [row] = await tx
          .update(publishJobs)
          .set({ progress: { ...this.#progress, ...changes }, step: 'createApp', keysSecretId: null })
          .where(and(eq(publishJobs.id, this.id), eq(publishJobs.attempts, this.#claim)))
          .returning({ id: publishJobs.id });
        if (row === undefined) throw new Superseded();
        await tx.delete(publishJobBlocks).where(eq(publishJobBlocks.jobId, this.id));
        if (this.#keysSecretId !== null) await this.#vault.remove(tx, this.#keysSecretId);
      }),
    );
  }

  async #dropContent(tx: Db): Promise<void> {
    await this.#update(tx, { keysSecretId: null });
    await tx.delete(publishJobBlocks).where(eq(publishJobBlocks.jobId, this.id));
    if (this.#keysSecretId !== null) await this.#vault.remove(tx, this.#keysSecretId);
    this.#keysSecretId = null;
  }

  async #write(
    db: Db,
    changes: Partial<JobProgress>,
    options: { step?: StepName; unlessCancelled?: boolean } = {},
  ): Promise<void> {
    const progress = { ...this.#progress, ...changes };
    const step = options.step ?? this.#step;
    await this.#update(db, { progress, step }, options.unlessCancelled ?? false);
    this.#progress = progress;
    this.#step = step;
  }

  async #update(db: Db, values: Partial<Row>, unlessCancelled = false): Promise<void> {
    const mine = and(
      eq(publishJobs.id, this.id),
      eq(publishJobs.attempts, this.#claim),
      eq(publishJobs.state, 'running'),
    );
    const [row] = await db
      .update(publishJobs)
      .set(values)
      .where(unlessCancelled ? and(mine, isNull(publishJobs.cancelRequestedBy)) : mine)
      .returning({ cancelRequestedBy: publishJobs.cancelRequestedBy });
    if (row !== undefined) {
      this.#cancelRequested = row.cancelRequestedBy !== null;
      return;
    }
    if (!unlessCancelled) throw new Superseded();
    const [still] = await db.select({ id: publishJobs.id }).from(publishJobs).where(mine);
    throw still === undefined ? new Superseded() : new CancelRequested();
  }

  /** What the job has become in other hands; null where it is gone. */
  async elsewhere(): Promise<{ progress: JobProgress; isDone: boolean } | null> {
    const [row] = await this.read((db) => db.select().from(publishJobs).where(eq(publishJobs.id, this.id)));
    return row === undefined ? null : { progress: jobProgress.parse(row.progress), isDone: row.state === 'done' };
  }

  /** Whether somebody cancelled, asked without writing. */
  async look(): Promise<'mine' | 'cancelled' | 'lost'> {
    const [row] = await this.read((db) =>
      db
        .select({
          attempts: publishJobs.attempts,
          state: publishJobs.state,
          cancelRequestedBy: publishJobs.cancelRequestedBy,
        })
        .from(publishJobs)
        .where(eq(publishJobs.id, this.id)),
    );
    if (row === undefined || row.attempts !== this.#claim || row.state !== 'running') return 'lost';
    this.#cancelRequested = row.cancelRequestedBy !== null;
    return this.#cancelRequested ? 'cancelled' : 'mine';
  }

  async #store<T>(act: (db: Db) => Promise<T>): Promise<T> {
    try {
      return await act(this.#database.db);
    } catch (error) {
      throw isStop(error) || error instanceof ProblemError ? error : new StoreFailure(error);
    }
  }
}
