import { z } from 'zod';
import { type Database, type Db, queueDatabase } from '../store/database.ts';

const queueName = 'publish-jobs';

const message = z.object({
  jobId: z.string(),
  /** Not to publish: to remove what the failed claim of this number left behind. */
  tidyClaim: z.number().optional(),
  /** Ends the wait of this name only. */
  wake: z.string().optional(),
});
export type QueueMessage = z.infer<typeof message>;

/**
 * A message only says "look after this job"; the job's row says what there is to do, so a message too many does no harm.
 * A worker sends a heartbeat; without one the message goes to another worker within about half a minute.
 */
const queueOptions = {
  retryLimit: 100_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  heartbeatSeconds: 15,
  expireInSeconds: 23 * 3600,
  retentionSeconds: 14 * 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
};

export class PublishQueue {
  readonly #database: Database;
  #workers: string[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Once at start, outside a transaction. The question after it makes pg-boss remember the queue: it would ask for it
   * at the first `send` otherwise, on a connection of its own, and the embedded database has but one.
   */
  async prepare(): Promise<void> {
    const { queue } = this.#database;
    await queue.createQueue(queueName, queueOptions);
    await queue.findJobs(queueName, { id: '00000000-0000-0000-0000-000000000000' });
  }

  async send(tx: Db, content: QueueMessage, afterSeconds = 0): Promise<void> {
    await this.#database.queue.send(queueName, content, {
      db: queueDatabase(tx),
      ...(afterSeconds > 0 ? { startAfter: afterSeconds } : {}),
    });
  }

  async work(
    concurrency: number,
    handle: (content: QueueMessage, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    await this.prepare();
    if (this.#database.kind === 'pglite') await this.#freeMessagesOfDeadProcess();
    for (let i = 0; i < concurrency; i += 1) {
      const worker = await this.#database.queue.work<QueueMessage>(
        queueName,
        { pollingIntervalSeconds: 0.5, heartbeatRefreshSeconds: 4 },
        async (jobs) => {
          for (const job of jobs) await handle(message.parse(job.data), job.signal);
        },
      );
      this.#workers.push(worker);
    }
  }

  /** A message was sent: no need to wait for the next look. */
  nudge(): void {
    for (const worker of this.#workers) this.#database.queue.notifyWorker(worker);
  }

  /** Takes nothing more; resolves when what was taken has been answered. */
  async stop(): Promise<void> {
    if (this.#workers.length === 0) return;
    this.#workers = [];
    await this.#database.queue.offWork(queueName, { wait: true });
  }

  /** The embedded database serves one process, so whoever held a message before this start is gone. */
  async #freeMessagesOfDeadProcess(): Promise<void> {
    const { queue } = this.#database;
    const held = (await queue.findJobs<QueueMessage>(queueName)).filter((job) => job.state === 'active');
    if (held.length > 0)
      await queue.fail(
        queueName,
        held.map((job) => job.id),
      );
  }
}
