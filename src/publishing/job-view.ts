import type { Problem } from '../problems/problem.ts';
import type { Approval } from './approvals.ts';
import type { TrackedRequest } from './request-trail.ts';

export type JobOutcome = 'published' | 'publishedWithWarnings' | 'failed' | 'cancelled';

export interface StepRecord {
  step: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt: string | null;
  attempts: number;
  /** The latest requests to Graph that changed something or failed. */
  requests: readonly TrackedRequest[];
}

/** A publish job as a card shows it. */
export interface JobView {
  id: string;
  /** Short, for people. */
  number: string;
  releaseId: string;
  workspaceId: string;
  connectionId: string;
  state: 'queued' | 'running' | 'done';
  step: string;
  outcome: JobOutcome | null;
  problem: Problem | null;
  warnings: string[];
  /** 0 to 100 over the upload; 100 after it. */
  percent: number;
  /** Encrypted bytes. */
  bytesDone: number;
  bytesTotal: number;
  /** Over the last seconds; null when nothing moves. */
  bytesPerSecond: number | null;
  /** Graph's id of the app, once it exists. */
  appId: string | null;
  /** Targets that the app goes to, once it is published; null where that is not known. */
  assignments: number | null;
  /** How often a worker took the job; more than one means it went on after an interruption. */
  attempts: number;
  cancelRequestedBy: string | null;
  /** Requests for approval that the job filed, the oldest first. */
  approvals: readonly Approval[];
  steps: StepRecord[];
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}
