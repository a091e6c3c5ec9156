import type { CardElement } from '../../cards/card.ts';
import { container, notes, text } from '../../cards/pieces.ts';
import type { PublishPlan } from '../../publishing/plan.ts';
import { comparison, lines } from '../templates/assignment-comparison.ts';

const mostCompared = 3;

/** Who gets the app when the plan is carried out. */
export function planAssignment({ assignment, existing }: PublishPlan): (CardElement | null)[] {
  if (assignment === null)
    return [
      text(
        existing.length === 0
          ? 'Nobody receives it before it is assigned. Press Change to choose an assignment template, or assign it later.'
          : 'If you choose a new app: nobody receives it before it is assigned.',
        { subtle: true },
      ),
    ];
  const isNew = existing.length === 0;
  return [
    container(
      [
        text(`Who gets it, with ${assignment.template.name}`, { bold: true }),
        ...lines(assignment.targets),
        text(
          isNew
            ? 'Assigned once Intune has published the app.'
            : 'Assigned once Intune has published the app. What others assigned stays.',
          { subtle: true, small: true },
        ),
      ],
      { separator: true },
    ),
    ...existing.slice(0, mostCompared).map(({ id, displayName }) => {
      const change = assignment.changes.find(({ appId }) => appId === id);
      return change === undefined ? null : comparison(displayName, change);
    }),
    notes(assignment.leftOut),
  ];
}
