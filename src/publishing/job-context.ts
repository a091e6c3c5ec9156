import type { Logger } from 'pino';
import type { ApprovalRequests } from '../graph/approval-requests.ts';
import type { Clock } from '../graph/content/clock.ts';
import type { StorageGrant } from '../graph/content/sas-lease.ts';
import type { ChangeVoucher } from '../graph/held-changes.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import type { Outbound } from '../network/outbound.ts';
import type { StepName } from './job-progress.ts';
import type { JobRecord } from './job-record.ts';
import type { PackageOrigin, PackageOrigins } from './package-origin.ts';
import type { PublishPlan } from './plan.ts';
import type { RequestTrail } from './request-trail.ts';

/** What a connection gives a job. */
export interface PublishAccess {
  /** The app registration that acts. */
  clientId: string;
  mobileApps: MobileApps;
  /** The same apps, for changes that a second administrator may have to approve. */
  changes(voucher: ChangeVoucher): MobileApps;
  approvals: ApprovalRequests;
  /** Hosts to which content may go in this connection's cloud. */
  isStorageHost(url: URL): boolean;
  outbound: Outbound;
}

export interface JobContext {
  record: JobRecord;
  plan: PublishPlan;
  /** Who confirmed the plan. */
  requester: { objectId: string; name: string };
  /** People of the workspace whose part it is to approve. */
  approvers: readonly { objectId: string; name: string }[];
  icon: { mimeType: string; base64: string } | null;
  origin: PackageOrigin;
  origins: PackageOrigins;
  access: PublishAccess;
  clock: Clock;
  /** Notes the requests of a step. */
  trail: RequestTrail;
  log: Logger;
  /** Aborted with the reason to stop: cancelled, draining or superseded. */
  signal: AbortSignal;
  /** Encrypted bytes the storage has now; returns the speed. */
  measure(bytesDone: number): number | null;
  /** Only in memory: the address is a secret. */
  grant: StorageGrant | null;
}

/** One step: does its part if it is not done yet, and names the next. */
export type Step = (context: JobContext) => Promise<StepName | 'done'>;

/** What an earlier step has left; its absence is a fault of this program. */
export function made<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`The job has no ${what}`);
  return value;
}
