import type { Fixer, Problem, SupportIds } from '../problems/problem.ts';
import type { CardAction, CardElement } from './card.ts';
import { actions, container, text } from './pieces.ts';
import { plain } from './text.ts';

const whoFixes: Record<Fixer, string> = {
  you: 'You can fix this',
  appOwner: 'The owner of the app registration can fix this',
  admin: 'An administrator of the tenant can fix this',
  operator: 'The operator of this bot can fix this',
  nobody: 'Nobody has to act',
};

export interface ProblemBlockOptions {
  supportContact: string;
  /** Buttons and links that mend it. */
  fixes?: (CardAction | null)[];
  reference?: string;
}

/** What happened, who can fix it, how; ids for support last and small. */
export function problemBlock(problem: Problem, options: ProblemBlockOptions): CardElement[] {
  const ids = supportLine(problem.ids, options.reference);
  return [
    container([
      text(problem.what),
      problem.detail === undefined ? null : text(problem.detail, { spacing: 'Small' }),
      text(`**${whoFixes[problem.who]}.** ${plain(problem.remedy)}`, { markdown: true }),
    ]),
    ...[actions(options.fixes ?? [])].filter((element) => element !== null),
    text(`${ids === '' ? '' : `${ids} · `}Support: ${options.supportContact}`, { subtle: true, small: true }),
  ];
}

function supportLine(ids: SupportIds | undefined, reference: string | undefined): string {
  return [
    reference === undefined ? '' : `Reference ${reference}`,
    ids?.serviceCode ?? '',
    ids?.correlationId === undefined ? '' : `Correlation ${ids.correlationId}`,
    ids?.traceId === undefined ? '' : `Trace ${ids.traceId}`,
    ids?.requestId === undefined ? '' : `Request ${ids.requestId}`,
    ids?.activityId === undefined ? '' : `Activity ${ids.activityId}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
