import type { Card } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, execute, header, notes, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Category } from '../../graph/intune-app-changes.ts';
import type { Listed } from '../../templates/tenant-lists.ts';
import type { StoredAppTemplate } from './app-template-cards.ts';

/** A card may be 24 KB at most; tenants have a dozen or two. */
const mostOffered = 100;

/** A category of the template that is not in the tenant that is shown. */
export const keptValue = (index: number) => `kept-${index}`;

const back = (template: StoredAppTemplate) =>
  execute('Back', 'appTemplate.edit', { template: template.id, part: 'more' });

interface WhoseCategoriesCard {
  template: StoredAppTemplate;
  connections: readonly StoredConnection[];
}

export function whoseCategoriesCard({ template, connections }: WhoseCategoriesCard): Card {
  if (connections.length === 0)
    return card(
      [
        header({ title: 'Categories' }),
        text('Categories are chosen from those of a tenant. That needs a connection that works.'),
      ],
      [execute('Connections', 'connection.list', { page: 0 }), back(template)],
    );
  return card(
    [
      header({ title: 'Whose categories?' }),
      text('They are kept by name, so that the template fits every tenant that has a category of that name.'),
      choiceField({
        id: 'connection',
        label: 'Connection',
        value: connections[0]?.id,
        choices: connections.slice(0, 40).map(({ id, name }) => ({ title: name, value: id })),
      }),
    ],
    [
      execute(
        'Show them',
        'appTemplate.categories.of',
        { template: template.id },
        { style: 'positive', takesInputs: true },
      ),
      back(template),
    ],
  );
}

export interface TemplateCategoriesCard {
  template: StoredAppTemplate;
  connection: StoredConnection;
  /** Of the template. */
  names: readonly string[];
  listed: Listed<Category>;
  fault?: string | undefined;
}

export function templateCategoriesCard({ template, connection, names, listed, fault }: TemplateCategoriesCard): Card {
  const head = header({ title: 'Categories', where: connection.name });
  if ('problem' in listed)
    return card(
      [
        head,
        strip('attention', listed.problem.title),
        text(`${listed.problem.what} ${listed.problem.detail ?? ''}`.trim()),
      ],
      [
        execute('Check permissions', 'permissions.show', { connection: connection.id }),
        execute('Try again', 'appTemplate.categories.of', { template: template.id, connection: connection.id }),
        back(template),
      ],
    );
  const there = new Map(listed.found.map((category) => [category.name.toLowerCase(), category]));
  const gone = names.map((name, index) => ({ name, index })).filter(({ name }) => !there.has(name.toLowerCase()));
  const chosen = names.flatMap((name) => there.get(name.toLowerCase())?.id ?? []);
  return card(
    [
      head,
      fault === undefined ? null : strip('attention', fault),
      notes(
        gone.map(
          ({ name }) => `${name} is not in the Intune of ${connection.name}. It is left out there when you publish.`,
        ),
      ),
      listed.found.length + gone.length === 0
        ? text('This tenant has no categories yet. An administrator makes them in Intune, Apps, App categories.')
        : choiceField({
            id: 'categories',
            label: 'Categories',
            hint: 'Under these headings people find the app in Company Portal.',
            expanded: true,
            many: true,
            value: [...gone.map(({ index }) => keptValue(index)), ...chosen].join(','),
            choices: [
              ...gone.map(({ name, index }) => ({
                title: `${name} (not in ${connection.name})`,
                value: keptValue(index),
              })),
              ...listed.found.map(({ id, name }) => ({ title: name, value: id })),
            ].slice(0, mostOffered),
          }),
    ],
    [
      execute(
        'Use these',
        'appTemplate.categories.keep',
        { template: template.id, connection: connection.id },
        { style: 'positive', takesInputs: true },
      ),
      back(template),
    ],
  );
}
