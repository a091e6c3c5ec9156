import type { Db } from '../store/database.ts';

/** How a publish job tells of itself. Implemented by the dialogs, which turn it into cards. */
export interface JobEvents {
  /** Called inside the transaction that starts the job. */
  started?(tx: Db, jobId: string): Promise<void>;
  /** Something a card shows has changed; called often, costs nothing. */
  progressed(jobId: string): void;
  /** A change was filed for approval. Called once for each, inside the transaction that lets the job wait. */
  approvalAwaited(tx: Db, jobId: string): Promise<void>;
  /** Called once, inside the transaction that ends the job, so that the news cannot be lost. */
  finished(tx: Db, jobId: string): Promise<void>;
}
