import type { Card } from '../../cards/card.ts';
import { openPager } from '../../cards/pager.ts';
import { card, container, execute, facts, header, text } from '../../cards/pieces.ts';
import { duration, exact } from '../../cards/text.ts';
import type { StepRecord } from '../../publishing/job-view.ts';
import type { TrackedRequest } from '../../publishing/request-trail.ts';
import { type JobCard, jobTitle, stepWords, took } from './job-cards.ts';

const pageSize = 8;

/** What a job did, the latest step first, with the ids that Microsoft's support asks for. */
export function stepsCard({ job, release, connection, now }: JobCard, page = 0): Card {
  const steps = job.steps.toReversed();
  const pages = Math.max(1, Math.ceil(steps.length / pageSize));
  const current = Math.min(Math.max(page, 0), pages - 1);
  return card(
    [
      header({ title: jobTitle(release), where: `${connection.name} · job ${job.number}` }),
      facts([['Together', took(job, now)]]),
      steps.length === 0 ? text('No worker has begun yet.', { subtle: true }) : null,
      ...steps
        .slice(current * pageSize, (current + 1) * pageSize)
        .map((step) =>
          container(
            [
              text(stepWords[step.step] ?? step.step, { bold: true }),
              text(timesOf(step), { markdown: true, small: true, spacing: 'None' }),
              ...step.requests.map((request) =>
                text(requestLine(request), { subtle: true, small: true, spacing: 'None' }),
              ),
            ],
            { separator: true },
          ),
        ),
      ...openPager({ verb: 'job.steps', page: current, hasMore: current < pages - 1, data: { job: job.id } }),
    ],
    [execute('Back', 'job.show', { job: job.id })],
  );
}

function timesOf({ startedAt, endedAt, attempts }: StepRecord): string {
  return [
    exact(new Date(startedAt)),
    endedAt === null ? 'not ended' : duration(Date.parse(endedAt) - Date.parse(startedAt)),
    attempts > 1 ? `${attempts} attempts` : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function requestLine({ what, status, requestId }: TrackedRequest): string {
  return [what, status === null ? 'no answer' : String(status), requestId === null ? null : `request ${requestId}`]
    .filter((part) => part !== null)
    .join(' · ');
}
