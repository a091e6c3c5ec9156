import type { ApprovalRequest } from '../graph/approval-requests.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import { asProblemError, ProblemError } from '../problems/problem.ts';
import { type Approval, awaitedApproval, type HeldChange, withApproval } from './approvals.ts';
import type { JobContext } from './job-context.ts';
import { stepEnded, stepStarted } from './job-progress.ts';
import { AwaitingApproval } from './job-stops.ts';
import { changeMarker, justificationFor } from './justification.ts';

/** Intune keeps a request for about three days; one that it does not let us read is given up after this. */
const longestWaitMs = 4 * 24 * 3_600_000;
/** A code that was approved and is not taken so often belongs to another request than the one sent. */
const mostRefusals = 3;

export interface ChangeOptions {
  /** An earlier request may have been filed without its answer arriving: look before filing another. */
  isRepeat?: boolean;
}

/**
 * Makes a change that the tenant may hold for a second administrator. Held for the first time, it is filed once and the
 * job leaves with `AwaitingApproval`; approved, the same change is sent again with the code instead of the reason.
 */
export async function makeChange<T>(
  context: JobContext,
  change: HeldChange,
  act: (apps: MobileApps) => Promise<T>,
  { isRepeat = false }: ChangeOptions = {},
): Promise<T> {
  const { approvals } = context.record.progress;
  const awaited = awaitedApproval(approvals);
  if (awaited?.change === change) return complete(context, awaited, act);
  // The change was made, and what it made is not to be seen yet: filing it again would make it twice.
  if (approvals.some((entry) => entry.change === change && entry.state === 'elsewhere'))
    throw new ProblemError('graphNotReadyYet');
  if (isRepeat) {
    const filed = await findOwn(context, change);
    if (filed !== null) return remember(context, change, filed);
  }
  return file(context, change, act);
}

async function file<T>(context: JobContext, change: HeldChange, act: (apps: MobileApps) => Promise<T>): Promise<T> {
  const { access, plan, record, requester } = context;
  const approvers = context.approvers.filter(({ objectId }) => objectId !== requester.objectId).map(({ name }) => name);
  const justification = justificationFor({
    change,
    displayName: plan.displayName,
    version: plan.version,
    sha256: plan.sha256,
    requester: requester.name,
    approvers,
    marker: record.progress.marker,
  });
  try {
    return await act(access.changes({ justification }));
  } catch (error) {
    const { code, ids } = asProblemError(error).problem;
    if (code !== 'approvalRequired' && code !== 'approvalPending') throw error;
    const named = code === 'approvalRequired' ? (ids?.approvalId ?? null) : null;
    const filed = named === null ? await findOwn(context, change) : { id: named, expiresAt: null };
    // Somebody else's request for the same thing, or one whose code nobody can find out.
    if (filed === null) throw error;
    return remember(context, change, filed);
  }
}

async function remember(
  context: JobContext,
  change: HeldChange,
  { id, expiresAt }: Pick<ApprovalRequest, 'id' | 'expiresAt'>,
): Promise<never> {
  const { record, access, clock, requester } = context;
  const now = new Date(clock.now());
  const { approvals, steps } = record.progress;
  const filed: Approval = {
    change,
    code: id,
    clientId: access.clientId,
    state: 'open',
    filedAt: now.toISOString(),
    expiresAt,
    decidedAt: null,
    decidedBy: null,
    approvers: context.approvers.filter(({ objectId }) => objectId !== requester.objectId).map(({ name }) => name),
    isReadable: true,
    refusals: 0,
    isTold: false,
  };
  await record.save({
    asked: null,
    approvals: [...approvals, filed],
    steps: stepStarted(stepEnded(steps, now), 'awaitApproval', now),
  });
  context.log.info({ jobId: record.id, change, approvalId: id }, 'a change waits for the approval of an administrator');
  throw new AwaitingApproval();
}

async function complete<T>(context: JobContext, awaited: Approval, act: (apps: MobileApps) => Promise<T>): Promise<T> {
  const { record, access } = context;
  let made: T;
  try {
    made = await act(access.changes({ approvalCode: awaited.code }));
  } catch (error) {
    if (asProblemError(error).problem.code !== 'approvalRequired') throw error;
    const refusals = awaited.refusals + 1;
    if (!awaited.isReadable) {
      await record.save({ asked: null });
      throw new AwaitingApproval();
    }
    if (refusals >= mostRefusals) {
      await close(context, awaited, 'dropped');
      throw new ProblemError('approvalNotTaken', { cause: error });
    }
    // What was read was not yet true everywhere.
    await record.save({
      asked: null,
      approvals: withApproval(record.progress.approvals, awaited.code, { state: 'open', refusals }),
    });
    throw new AwaitingApproval();
  }
  await update(context, awaited, { state: 'completed' });
  return made;
}

/** Before a job goes on: whether what it waits for was decided. Throws where it was not, or not in its favour. */
export async function expectDecision(context: JobContext): Promise<void> {
  const { access, clock, record, requester, signal } = context;
  const awaited = awaitedApproval(record.progress.approvals);
  if (awaited === null || awaited.state === 'approved') return;
  if (awaited.clientId !== access.clientId) {
    await close(context, awaited, 'dropped');
    throw new ProblemError('approvalOfOtherApp');
  }
  const request = await read(context, awaited, signal);
  if (request === 'later') throw new AwaitingApproval();
  if (request === 'unreadable') {
    if (clock.now() - Date.parse(awaited.filedAt) <= longestWaitMs)
      return goOn(context, awaited, { isReadable: false });
    await close(context, awaited, 'expired');
    throw new ProblemError('approvalExpired');
  }
  if (request === 'gone') {
    await close(context, awaited, 'cancelled');
    throw new ProblemError('approvalCancelled');
  }
  const decidedBy = request.approver?.name ?? null;
  switch (request.status) {
    case 'approved':
      if (request.approver?.id != null && request.approver.id === requester.objectId) {
        await withdrawApproval(context);
        throw new ProblemError('approvedByRequester');
      }
      return goOn(context, awaited, { state: 'approved', decidedBy, decidedAt: new Date(clock.now()).toISOString() });
    case 'completed':
      return goOn(context, awaited, { state: 'elsewhere', decidedBy });
    case 'rejected':
      await close(context, awaited, 'rejected', decidedBy);
      throw new ProblemError('approvalRejected', saidBy(request));
    case 'cancelled':
      await close(context, awaited, 'cancelled', decidedBy);
      throw new ProblemError('approvalCancelled');
    case 'expired':
      await close(context, awaited, 'expired');
      throw new ProblemError('approvalExpired');
    default:
      if (request.expiresAt !== awaited.expiresAt || !awaited.isReadable)
        await update(context, awaited, { expiresAt: request.expiresAt, isReadable: true });
      throw new AwaitingApproval();
  }
}

/** Takes the open request back, so that nobody approves what nobody waits for. False where Intune did not let us. */
export async function withdrawApproval(context: JobContext): Promise<boolean> {
  const { access, log, record } = context;
  const awaited = awaitedApproval(record.progress.approvals);
  if (awaited === null) return true;
  let isWithdrawn = true;
  try {
    await access.approvals.cancel(awaited.code);
  } catch (error) {
    isWithdrawn = asProblemError(error).problem.code === 'graphNotFound';
    log.warn(
      { jobId: record.id, problem: asProblemError(error).problem.code },
      'a request for approval could not be withdrawn',
    );
  }
  await close(context, awaited, isWithdrawn ? 'cancelled' : 'dropped');
  return isWithdrawn;
}

async function read(
  context: JobContext,
  awaited: Approval,
  signal: AbortSignal,
): Promise<ApprovalRequest | 'unreadable' | 'gone' | 'later'> {
  try {
    return await context.access.approvals.get(awaited.code, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, retryable } = asProblemError(error).problem;
    if (code === 'graphPermissionMissing' || code === 'graphForbidden') return 'unreadable';
    if (code === 'graphNotFound') return 'gone';
    if (retryable === true) return 'later';
    throw error;
  }
}

/** A request of this very job and change that is still open. Not being allowed to look is no reason to fail. */
async function findOwn(context: JobContext, change: HeldChange): Promise<ApprovalRequest | null> {
  const { access, record, signal } = context;
  const known = new Set(record.progress.approvals.map(({ code }) => code));
  try {
    const found = await access.approvals.findOpen(changeMarker(record.progress.marker, change), signal);
    return found.find(({ id }) => !known.has(id)) ?? null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

function saidBy({ approver, answer }: ApprovalRequest): { detail?: string } {
  const who = approver?.name == null ? null : `Rejected by ${approver.name.slice(0, 100)}`;
  const why = answer === null || answer.trim() === '' ? null : `“${answer.trim().slice(0, 300)}”`;
  if (who === null && why === null) return {};
  return { detail: [who ?? 'The answer', why].filter((part) => part !== null).join(': ') };
}

async function goOn({ record, clock }: JobContext, awaited: Approval, change: Partial<Approval>): Promise<void> {
  const { approvals, steps } = record.progress;
  await record.save({
    approvals: withApproval(approvals, awaited.code, change),
    // What was made elsewhere is looked up by the step as after a lost answer.
    ...(change.state === 'elsewhere' ? { asked: awaited.change } : {}),
    ...(change.state === undefined ? {} : { steps: stepEnded(steps, new Date(clock.now())) }),
  });
}

async function close(
  { record, clock }: JobContext,
  { code }: Approval,
  state: Approval['state'],
  decidedBy: string | null = null,
): Promise<void> {
  const now = new Date(clock.now());
  await record.save({
    approvals: withApproval(record.progress.approvals, code, { state, decidedBy, decidedAt: now.toISOString() }),
    steps: stepEnded(record.progress.steps, now),
  });
}

async function update({ record }: JobContext, { code }: Approval, change: Partial<Approval>): Promise<void> {
  await record.save({ approvals: withApproval(record.progress.approvals, code, change) });
}
