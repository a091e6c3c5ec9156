import type { CategoryChoice } from '../../apps/app-categories.ts';
import type { Card } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';

/** A card may be 24 KB at most; tenants have a dozen or two. */
const mostOffered = 120;

export function categoriesCard({ choice, connection }: { choice: CategoryChoice; connection: StoredConnection }): Card {
  const { app, all, draftId } = choice;
  const chosen = new Set(app.categories.map(({ id }) => id));
  const offered = [...all]
    .sort((one, other) => Number(chosen.has(other.id)) - Number(chosen.has(one.id)))
    .slice(0, mostOffered);
  const back = execute('Cancel', 'app.show', { connection: connection.id, app: app.id });
  const head = header({ title: `Categories of ${app.metadata.displayName ?? 'the app'}`, where: connection.name });
  if (all.length === 0)
    return card(
      [head, text('The tenant has no categories yet. An administrator makes them in Intune, Apps, App categories.')],
      [back],
    );
  return card(
    [
      head,
      choiceField({
        id: 'categories',
        label: 'Categories',
        hint: 'Under these headings people find it in Company Portal.',
        expanded: true,
        many: true,
        value: [...chosen].join(','),
        choices: offered.map(({ id, name }) => ({ title: name, value: id })),
      }),
      all.length > mostOffered
        ? text(`${all.length - mostOffered} more are in the Intune admin center.`, { subtle: true })
        : null,
    ],
    [execute('Save', 'app.categories.save', { draft: draftId }, { style: 'positive', takesInputs: true }), back],
  );
}
