import { asProblemError, type Problem, ProblemError } from '../problems/problem.ts';
import { expectDecision, withdrawApproval } from './approval-gate.ts';
import { awaitedApproval, settled } from './approvals.ts';
import { removeDraft } from './draft-removal.ts';
import { isWorthKeepingDraft, pauseBeforeAnotherTry } from './failure-policy.ts';
import type { JobContext } from './job-context.ts';
import { hasMadeSomething, nothingMade, stepEnded, stepRequests, stepStarted } from './job-progress.ts';
import type { Ending } from './job-record.ts';
import { CancelRequested, isStop } from './job-stops.ts';
import { expectPlanHolds } from './plan-check.ts';
import type { TrackedRequest } from './request-trail.ts';
import { publishingSteps } from './steps/publishing-steps.ts';
import { isNotFound } from './uncertain.ts';

/** Failures of all steps together after which a job gives up, so that steps that send it back and forth come to an end. */
const mostTroubles = 12;
const removalPausesMs = [0, 2_000, 10_000];

/**
 * Carries a job from where it stands to its end. Throws only what is no ending: another worker has it, this worker is
 * going down, the database is away, an administrator has to approve.
 */
export async function carryOut(context: JobContext, onChange: () => void): Promise<Ending> {
  const { record, log } = context;
  try {
    if (record.cancelRequested) throw new CancelRequested();
    await expectDecision(context);
    await takeSteps(context, onChange);
    return ending(record.warnings.length > 0 ? 'publishedWithWarnings' : 'published', context);
  } catch (error) {
    if (error instanceof CancelRequested) return cancelled(context);
    if (isStop(error)) throw error;
    const found = await explained(context, error);
    if (record.step === 'relate' || record.step === 'assign') return publishedOnly(context, found.problem);
    if (found.problem.code === 'unexpected') log.error({ err: error, jobId: record.id }, 'a publish job failed');
    return failed(context, found.problem);
  }
}

/** The app is published whatever came after; what was not done for it any more is told as a warning. */
async function publishedOnly(context: JobContext, problem: Problem): Promise<Ending> {
  const { record, plan, log } = context;
  log.warn(
    { jobId: record.id, step: record.step, problem: problem.code, ids: problem.ids },
    'a published app was not related or assigned',
  );
  const template = plan.assignment?.template.name;
  const missing =
    record.step === 'assign'
      ? `${template ?? 'the template'} was not applied`
      : `it supersedes nothing yet${template === undefined ? '' : `, and ${template} was therefore not applied`}`;
  const why = [problem.what, problem.detail, problem.remedy].filter(Boolean).join(' ');
  const act = record.step === 'assign' ? '' : ' Press Show the app, then Relations, to do it by hand.';
  await record.warn(`The app is published, but ${missing}: ${why}${act}`);
  return ending('publishedWithWarnings', context);
}

async function takeSteps(context: JobContext, onChange: () => void): Promise<void> {
  const { record, clock, signal } = context;
  let stepTroubles = 0;
  let troubles = 0;
  for (;;) {
    signal.throwIfAborted();
    const step = record.step;
    const requests: TrackedRequest[] = [];
    try {
      if (!record.progress.planHolds && !hasMadeSomething(record.progress)) await expectPlanHolds(context);
      // An undecided approval is only tried: nothing has begun as long as Intune does not let it pass.
      if (awaitedApproval(record.progress.approvals)?.state !== 'open')
        await record.save({ steps: stepStarted(record.progress.steps, step, new Date(clock.now())) });
      onChange();
      const next = await context.trail.during(requests, () => publishingSteps[step](context));
      const steps = stepEnded(stepRequests(record.progress.steps, requests), new Date(clock.now()));
      const approvals = settled(record.progress.approvals);
      await record.save({ steps, approvals }, next === 'done' ? {} : { step: next });
      onChange();
      if (next === 'done') return;
      stepTroubles = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (isStop(error)) throw error;
      const { problem } = asProblemError(error);
      await record.save({ steps: stepRequests(record.progress.steps, requests) });
      const pause = pauseBeforeAnotherTry(problem, stepTroubles);
      if (pause === null || troubles >= mostTroubles) throw error;
      context.log.warn(
        { jobId: record.id, step, problem: problem.code, ids: problem.ids },
        'a publishing step is tried again',
      );
      stepTroubles += 1;
      troubles += 1;
      context.grant = null;
      await clock.sleep(pause, signal);
    }
  }
}

function ending(outcome: Ending['outcome'], { record }: JobContext, problem: Problem | null = null): Ending {
  return { outcome, problem, warnings: [...record.warnings], keepsContent: false };
}

async function cancelled(context: JobContext): Promise<Ending> {
  // What a request for approval is about stays as long as somebody may still approve it.
  if (await withdrawApproval(context)) await tidyUp(context);
  else
    await context.record.warn(
      'The request for approval could not be withdrawn. Let an administrator reject it in Intune, and delete the unfinished app there.',
    );
  return ending('cancelled', context);
}

async function failed(context: JobContext, problem: Problem): Promise<Ending> {
  const isHeld = awaitedApproval(context.record.progress.approvals) !== null;
  if (isHeld || isWorthKeepingDraft(problem)) return { ...ending('failed', context, problem), keepsContent: true };
  await tidyUp(context);
  return ending('failed', context, problem);
}

/** Cleaning up must not keep a job from ending, so what could not be removed is told instead. */
async function tidyUp(context: JobContext): Promise<void> {
  const { record, clock, log } = context;
  for (const pause of removalPausesMs) {
    if (pause > 0) await clock.sleep(pause);
    try {
      await removeDraft(context);
      await record.forgetContent({ ...nothingMade, refusedCommits: 0 }, 'createApp');
      return;
    } catch (error) {
      if (isStop(error)) throw error;
      const { code } = asProblemError(error).problem;
      log.warn({ jobId: record.id, problem: code }, 'a draft could not be removed');
      if (code === 'approvalJustificationMissing' || code === 'approvalRequired') {
        await record.warn(
          `${record.progress.ownApp ? 'The unfinished app' : 'The unfinished content version'} stays in Intune, where no device sees it: this tenant wants a second administrator for removing it. Delete it there.`,
        );
        return;
      }
    }
  }
  await record.warn(
    record.progress.ownApp
      ? 'The unfinished app could not be removed. Delete it in the Intune admin center.'
      : 'The unfinished content version could not be removed. Intune shows the app unchanged.',
  );
}

/** "Not found" about something this job works on mostly means that somebody deleted the app. */
async function explained({ record, access }: JobContext, error: unknown): Promise<ProblemError> {
  const { appId } = record.progress;
  if (isNotFound(error) && appId !== null) {
    try {
      await access.mobileApps.get(appId);
    } catch (second) {
      if (isNotFound(second)) return new ProblemError('appGone', { cause: error });
    }
  }
  return asProblemError(error);
}
