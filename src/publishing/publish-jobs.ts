import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../graph/content/clock.ts';
import { asProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { releases } from '../store/schema.ts';
import { awaitedApproval, pauseBeforeNextLook, withApproval } from './approvals.ts';
import { connectionReadiness } from './connection-check.ts';
import { removeDraft } from './draft-removal.ts';
import type { JobContext, PublishAccess } from './job-context.ts';
import type { JobEvents } from './job-events.ts';
import { hasMadeSomething, isActivating, type JobProgress, nothingMade } from './job-progress.ts';
import { type Ending, JobRecord, type KeyVault } from './job-record.ts';
import { askToCancel, lookAtOnce, type NewJob, takeUpAgain, writeJob } from './job-requests.ts';
import { AwaitingApproval, CancelRequested, Draining, isStop, Superseded } from './job-stops.ts';
import type { JobView } from './job-view.ts';
import { JobViews } from './job-views.ts';
import { type PackageOrigins, packageOrigin } from './package-origin.ts';
import { publishPlan } from './plan.ts';
import { carryOut } from './publish-job.ts';
import { PublishQueue, type QueueMessage } from './publish-queue.ts';
import { iconOf } from './release-icon.ts';
import type { RequestTrail } from './request-trail.ts';
import { UploadMeter } from './upload-meter.ts';
import { watch } from './watch.ts';

const propagationPauseSeconds = 60;
const draftsStaySeconds = 24 * 3600;
const draftStays = 'What the job had created could not be removed. Delete it in the Intune admin center.';

export interface PublishJobsOptions {
  database: Database;
  vault: KeyVault;
  origins: PackageOrigins;
  /** For the person who asked for the job: a connection may work for its owner only. */
  accessTo(connectionId: string, requesterId: string): Promise<PublishAccess>;
  /** Whose part it is to approve in a workspace; they are named in requests for approval. */
  approversOf(workspaceId: string): Promise<readonly { objectId: string; name: string }[]>;
  events: JobEvents;
  /** Must hear of every request that jobs send. */
  trail: RequestTrail;
  /** What one message asks for is done within it. */
  during?: (jobId: string, work: () => Promise<void>) => Promise<void>;
  log: Logger;
  clock?: Clock;
  /** How often a running job looks whether another process cancelled or took it. */
  watchMs?: number;
}

interface Running {
  stop(reason: Error): void;
  meter: UploadMeter;
  bytesDone: number;
  ended: Promise<void>;
}

/** Publish jobs from the moment somebody confirms a plan to their one outcome. */
export class PublishJobs {
  readonly #options: PublishJobsOptions;
  readonly #clock: Clock;
  readonly #queue: PublishQueue;
  readonly #views: JobViews;
  readonly #running = new Map<string, Running>();
  #draining = false;

  constructor(options: PublishJobsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#queue = new PublishQueue(options.database);
    this.#views = new JobViews(
      options.database.db,
      () => this.#clock.now(),
      (id) => {
        const running = this.#running.get(id);
        if (running === undefined || running.bytesDone === 0) return null;
        return { bytesDone: running.bytesDone, bytesPerSecond: running.meter.bytesPerSecond };
      },
    );
  }

  /** Once at start, before `start`; also where no work is done. */
  prepare(): Promise<void> {
    return this.#queue.prepare();
  }

  /** Writes the job and its message in the caller's transaction. */
  async start(tx: Db, job: NewJob): Promise<string> {
    const id = await writeJob(tx, job);
    await this.#queue.send(tx, { jobId: id });
    await this.#options.events.started?.(tx, id);
    return id;
  }

  /** After the transaction of `start` is committed: no need to wait for the next look at the queue. */
  nudge(): void {
    this.#queue.nudge();
  }

  work(concurrency: number): Promise<void> {
    const { during = (_jobId, act) => act() } = this.#options;
    return this.#queue.work(concurrency, (message, signal) =>
      during(message.jobId, () => this.handle(message, signal)),
    );
  }

  /** What a message of the queue asks for. */
  async handle(message: QueueMessage, signal: AbortSignal): Promise<void> {
    if (message.tidyClaim !== undefined) return this.#removeOldDraft(message.jobId, message.tidyClaim);
    await this.#run(message, signal);
  }

  /** Inside a transaction pass it on, to see what it has written. */
  view(id: string, db?: Db): Promise<JobView | null> {
    return this.#views.view(id, db);
  }

  find(workspaceId: string, number: string): Promise<JobView | null> {
    return this.#views.find(workspaceId, number);
  }

  ofRelease(releaseId: string): Promise<JobView | null> {
    return this.#views.ofRelease(releaseId);
  }

  list(workspaceId: string): Promise<JobView[]> {
    return this.#views.list(workspaceId);
  }

  /**
   * Asks for the end of a job; what it created is removed. Throws `cancelTooLate` when the content is already current.
   * A job that has ended stays as it is.
   */
  async cancel(id: string, by: string): Promise<void> {
    await this.#transaction(async (tx) => {
      const asked = await askToCancel(tx, id, by, new Date(this.#clock.now()));
      if (asked === 'ended') await this.#options.events.finished(tx, id);
      if (asked === 'waiting') await this.#queue.send(tx, { jobId: id });
    });
    this.#running.get(id)?.stop(new CancelRequested());
    this.#options.events.progressed(id);
    this.#queue.nudge();
  }

  /** A job that waits for an approval looks whether it came. Anything else stays as it is. */
  async lookNow(id: string): Promise<void> {
    await this.#transaction(async (tx) => {
      const wake = await lookAtOnce(tx, id);
      if (wake !== null) await this.#queue.send(tx, { jobId: id, wake });
    });
    this.#queue.nudge();
  }

  /** Takes up a failed or cancelled job where it stopped. Anything else stays as it is. */
  async retry(id: string, by: string): Promise<void> {
    await this.#transaction(async (tx) => {
      if (await takeUpAgain(tx, id)) await this.#queue.send(tx, { jobId: id });
    });
    this.#options.log.info({ jobId: id, by }, 'a publish job is retried');
    this.#options.events.progressed(id);
    this.#queue.nudge();
  }

  /** Before the process ends: jobs stop where it is safe and go back to the queue. */
  async drain(): Promise<void> {
    this.#draining = true;
    const running = [...this.#running.values()];
    for (const job of running) job.stop(new Draining());
    await Promise.all([this.#queue.stop(), ...running.map((job) => job.ended)]);
  }

  async #run({ jobId, wake }: QueueMessage, claimed: AbortSignal): Promise<void> {
    const { database, vault } = this.#options;
    const before = this.#running.get(jobId);
    before?.stop(new Superseded());
    await before?.ended;
    const record = await JobRecord.claim(database, vault, { jobId, wake }, new Date(this.#clock.now()));
    if (record === null) return;
    const controller = new AbortController();
    const stop = (reason: Error) => controller.abort(reason);
    const lost = () => stop(new Superseded());
    claimed.addEventListener('abort', lost, { once: true });
    const ended = Promise.withResolvers<void>();
    const meter = new UploadMeter(() => this.#clock.now());
    this.#running.set(jobId, { stop, meter, bytesDone: record.progress.bytesDone, ended: ended.promise });
    if (this.#draining) stop(new Draining());
    const stopWatching = watch(() => this.#look(record, stop), this.#options.watchMs ?? 3_000);
    try {
      await this.#carry(record, controller.signal);
    } catch (error) {
      if (error instanceof Superseded) return;
      if (!(error instanceof Draining)) throw error;
      await this.#putBack(record);
    } finally {
      stopWatching();
      claimed.removeEventListener('abort', lost);
      this.#running.delete(jobId);
      ended.resolve();
    }
  }

  async #carry(record: JobRecord, signal: AbortSignal): Promise<void> {
    const { events } = this.#options;
    const changed = () => events.progressed(record.id);
    const ending = await this.#endingOf(record, signal, changed);
    if (ending === 'waitsForConsent') {
      const waitingSince = record.progress.waitingSince ?? this.#clock.now();
      await this.#wait(record, { waitingSince }, propagationPauseSeconds);
      return changed();
    }
    if (ending === 'waitsForApproval') {
      await this.#waitForApproval(record);
      return changed();
    }
    await record.finish(ending, new Date(this.#clock.now()), async (tx) => {
      await events.finished(tx, record.id);
      const leavesDraft = ending.outcome === 'failed' && record.progress.appId !== null;
      if (leavesDraft) await this.#queue.send(tx, { jobId: record.id, tidyClaim: record.claim }, draftsStaySeconds);
    });
    changed();
  }

  async #endingOf(
    record: JobRecord,
    signal: AbortSignal,
    changed: () => void,
  ): Promise<Ending | 'waitsForConsent' | 'waitsForApproval'> {
    try {
      const context = await this.#contextOf(record, signal);
      // A cancelled job is tidied up whatever has become of its connection.
      if (record.cancelRequested) return await carryOut(context, changed);
      const now = this.#clock.now();
      const readiness = await record.read((db) => connectionReadiness(db, context.plan, record.progress, now));
      if (readiness === 'propagating') return 'waitsForConsent';
      if (record.progress.waitingSince !== null) await record.save({ waitingSince: null });
      return await carryOut(context, changed);
    } catch (error) {
      if (error instanceof AwaitingApproval) return 'waitsForApproval';
      if (isStop(error)) throw error;
      const { problem } = asProblemError(error);
      this.#options.log.warn({ err: error, jobId: record.id, problem: problem.code }, 'a publish job could not begin');
      const outcome = record.cancelRequested ? 'cancelled' : 'failed';
      const warnings = record.cancelRequested && hasMadeSomething(record.progress) ? [draftStays] : [];
      return { outcome, problem: record.cancelRequested ? null : problem, warnings, keepsContent: true };
    }
  }

  async #putBack(record: JobRecord): Promise<void> {
    await record.release({}, (tx) => this.#queue.send(tx, { jobId: record.id }));
  }

  async #wait(
    record: JobRecord,
    changes: Partial<JobProgress>,
    seconds: number,
    tell?: (tx: Db) => Promise<void>,
  ): Promise<void> {
    const wake = crypto.randomUUID();
    await record.release({ ...changes, wake, looks: record.progress.looks + 1 }, async (tx) => {
      await this.#queue.send(tx, { jobId: record.id, wake }, seconds);
      await tell?.(tx);
    });
  }

  async #waitForApproval(record: JobRecord): Promise<void> {
    const { approvals } = record.progress;
    const awaited = awaitedApproval(approvals);
    if (awaited === null) throw new Error('The job waits for no approval');
    const seconds = pauseBeforeNextLook(awaited, this.#clock.now());
    if (awaited.isTold) return this.#wait(record, {}, seconds);
    await this.#wait(record, { approvals: withApproval(approvals, awaited.code, { isTold: true }) }, seconds, (tx) =>
      this.#options.events.approvalAwaited(tx, record.id),
    );
  }

  /** True once the job was told to stop. */
  async #look(record: JobRecord, stop: (reason: Error) => void): Promise<boolean> {
    try {
      const found = await record.look();
      if (found === 'mine') return false;
      stop(found === 'lost' ? new Superseded() : new CancelRequested());
      return true;
    } catch {
      this.#options.log.warn({ jobId: record.id }, 'the database did not say whether a job goes on');
      return false;
    }
  }

  /** A failed job that nobody took up again must not leave an unfinished app behind for ever. */
  async #removeOldDraft(jobId: string, claim: number): Promise<void> {
    const { database, vault, log } = this.#options;
    const record = await JobRecord.claimFailed(database, vault, jobId, claim);
    if (record === null || isActivating(record.step, record.progress)) return;
    // Somebody may still approve it, and a retry would go on from there.
    if (awaitedApproval(record.progress.approvals) !== null) return;
    try {
      await removeDraft(await this.#contextOf(record, new AbortController().signal));
      await record.forgetEverything(nothingMade);
    } catch (error) {
      log.warn({ jobId, problem: asProblemError(error).problem.code }, 'an old draft could not be removed');
    }
  }

  async #contextOf(record: JobRecord, signal: AbortSignal): Promise<JobContext> {
    const { origins, accessTo, approversOf, log, trail } = this.#options;
    const [release] = await record.read((db) => db.select().from(releases).where(eq(releases.id, record.releaseId)));
    if (release === undefined) throw new Error('The release of the job is gone');
    const plan = publishPlan.parse(release.plan);
    return {
      record,
      plan,
      requester: { objectId: release.requesterId, name: release.requesterName },
      approvers: await record.read(() => approversOf(release.workspaceId)),
      icon: await record.read((db) => iconOf(db, release, plan)),
      origin: packageOrigin.parse(release.origin),
      origins,
      access: await accessTo(record.connectionId, release.requesterId),
      clock: this.#clock,
      trail,
      log,
      signal,
      grant: null,
      measure: (bytesDone) => this.#measure(record.id, bytesDone),
    };
  }

  #measure(jobId: string, bytesDone: number): number | null {
    const running = this.#running.get(jobId);
    if (running === undefined) return null;
    running.bytesDone = bytesDone;
    running.meter.record(bytesDone);
    this.#options.events.progressed(jobId);
    return running.meter.bytesPerSecond;
  }

  #transaction(act: (tx: Db) => Promise<void>): Promise<void> {
    return this.#options.database.db.transaction((tx) => act(tx as unknown as Db));
  }
}
