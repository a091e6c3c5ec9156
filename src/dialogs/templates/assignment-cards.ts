import type { Card, CardElement } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, facts, footer, header, notes, strip, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import type { AssignmentRow, AssignmentTemplate } from '../../templates/assignment-template.ts';
import { rowTitle } from '../../templates/assignment-titles.ts';
import { longestName } from '../../templates/template-name.ts';
import type { StoredTemplate } from '../../templates/templates.ts';
import { rowDetails } from './assignment-words.ts';

export type StoredAssignmentTemplate = StoredTemplate<AssignmentTemplate>;

export interface AssignmentEditorCard {
  template: StoredAssignmentTemplate;
  draft: AssignmentTemplate;
  /** The connection whose groups it names. */
  where: string;
  page: number;
  /** What was just done, or what stands in the way. */
  said?: { tone: 'good' | 'attention' | 'warning'; words: string } | undefined;
  faults?: readonly string[];
  /** Ids of groups that are not in the directory any more. */
  gone?: ReadonlySet<string>;
}

export const rowsOnPage = 6;

export function assignmentEditorCard(view: AssignmentEditorCard): Card {
  const { template, draft, where, said, faults = [], gone = new Set() } = view;
  const pages = Math.max(1, Math.ceil(draft.rows.length / rowsOnPage));
  const page = Math.min(Math.max(view.page, 0), pages - 1);
  const data = { template: template.id, revision: template.revision };
  const turnTo = (title: string, to: number) =>
    execute(title, 'assignment.page', { ...data, page: to }, { takesInputs: true });
  return card(
    [
      header({
        title: template.content === null ? 'New assignment template' : `Change ${template.content.name}`,
        where: `Groups of ${where}`,
        badge: { text: 'Draft', tone: 'default' },
      }),
      said === undefined ? null : strip(said.tone, said.words),
      notes(faults),
      textField({
        id: 'name',
        label: 'Name',
        hint: 'How your team calls it, for example Pilot first.',
        maxLength: longestName,
        value: draft.name,
      }),
      text('Who gets the app', { bold: true }),
      draft.rows.length === 0 ? text('Nobody yet. Add a group, all users or all devices.', { subtle: true }) : null,
      ...draft.rows
        .slice(page * rowsOnPage, (page + 1) * rowsOnPage)
        .map((row) => editableRow(row, data, gone.has(row.who.kind === 'group' ? row.who.id : ''))),
      ...(pages === 1
        ? []
        : [
            footer(`Page ${page + 1} of ${pages}`),
            actions([
              page > 0 ? turnTo('Previous', page - 1) : null,
              page < pages - 1 ? turnTo('Next', page + 1) : null,
            ]),
          ]),
      footer('Nothing is assigned to anybody before you publish with this template or apply it.'),
    ],
    [
      execute('Save', 'assignment.save', data, { style: 'positive', takesInputs: true }),
      execute('Add groups', 'assignment.groups', data, { takesInputs: true }),
      execute('Add all users or devices', 'assignment.everybody', data, { takesInputs: true }),
      execute('Discard', 'assignment.discard', data),
    ],
  );
}

function editableRow(row: AssignmentRow, data: Record<string, unknown>, isGone: boolean): CardElement {
  const details = rowDetails(row);
  const press = { ...data, row: row.key };
  return container(
    [
      text(rowTitle(row), { bold: true }),
      isGone
        ? text('! This group is not in the directory any more. Remove it.', { tone: 'attention', spacing: 'None' })
        : null,
      details.length === 0 ? null : text(details.join(' · '), { subtle: true, small: true, spacing: 'None' }),
      actions([
        row.excluded ? null : execute('Change', 'assignment.row', press, { takesInputs: true }),
        execute('Remove', 'assignment.removeRow', press, { takesInputs: true }),
      ]),
    ],
    { separator: true },
  );
}

export interface AssignmentTemplateCard {
  template: StoredAssignmentTemplate;
  where: string;
  now: Date;
  saved?: string;
  gone?: ReadonlySet<string>;
}

const rowsShown = 20;

/** A saved template, to look at. */
export function assignmentTemplateCard({
  template,
  where,
  now,
  saved,
  gone = new Set(),
}: AssignmentTemplateCard): Card {
  const content = template.content ?? template.draft;
  const rows = content?.rows ?? [];
  const missing = rows.filter(({ who }) => who.kind === 'group' && gone.has(who.id)).length;
  const press = { template: template.id };
  return card(
    [
      header({
        title: content?.name || 'Assignment template',
        where: `Assignment template · groups of ${where}`,
        badge: template.content === null ? { text: 'Not saved', tone: 'warning' } : undefined,
      }),
      saved === undefined ? null : strip('good', saved),
      missing === 0
        ? null
        : strip(
            'attention',
            missing === 1
              ? 'A group of this template is not in the directory any more'
              : `${missing} groups of this template are not in the directory any more`,
          ),
      ...rows.slice(0, rowsShown).map((row) => {
        const lost = row.who.kind === 'group' && gone.has(row.who.id) ? ['! deleted'] : [];
        const details = [...lost, ...rowDetails(row)];
        return container([
          text(rowTitle(row)),
          details.length === 0 ? null : text(details.join(' · '), { subtle: true, small: true, spacing: 'None' }),
        ]);
      }),
      rows.length > rowsShown ? text(`… and ${rows.length - rowsShown} more`, { subtle: true }) : null,
      facts([['Changed', { markdown: `${plain(template.changedByName)}, ${when(template.changedAt, now)}` }]]),
    ],
    [
      execute('Edit', 'assignment.edit', press),
      execute('Copy', 'assignment.copy', press),
      execute('Delete', 'template.delete', press),
      execute('All templates', 'template.list', { page: 0 }),
    ],
  );
}
