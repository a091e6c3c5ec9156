import type { CardElement } from '../../cards/card.ts';
import { container, notes, text } from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import type { ChangeOfApp } from '../../templates/planned-assignment.ts';

const mostShown = 8;

/** What changes for an app that is there, target by target. */
export function comparison(displayName: string, change: ChangeOfApp): CardElement {
  const { added, changed, removed, kept, contradictions } = change;
  const isSame = added.length + changed.length + removed.length === 0;
  return container([
    text(`Assignments of ${displayName}`, { bold: true }),
    isSame ? text('Nothing changes.', { spacing: 'None' }) : null,
    ...lines(added.map((title) => `New: ${title}`)),
    ...lines(changed.map((title) => `Changed: ${title}`)),
    ...lines(removed.map((title) => `Taken away: ${title}`)),
    kept === 0 ? null : text(kept === 1 ? 'One stays as it is.' : `${kept} stay as they are.`, { spacing: 'None' }),
    notes(contradictions.map((title) => `${title}: not done, because the app says the opposite about it.`)),
  ]);
}

export function lines(titles: readonly string[]): CardElement[] {
  const shown = titles
    .slice(0, mostShown)
    .map((title) => text(`- ${plain(title)}`, { markdown: true, spacing: 'None' }));
  const left = titles.length - shown.length;
  return left > 0 ? [...shown, text(`… and ${left} more`, { subtle: true, spacing: 'None' })] : shown;
}
