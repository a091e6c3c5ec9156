import type { AuditRow } from '../../audit/audit-rows.ts';
import type { Card, CardElement } from '../../cards/card.ts';
import { actions, card, container, execute, footer, header, openUrl, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import { catalogue } from '../../problems/catalogue.ts';

export const auditPageSize = 6;

export interface AuditCard {
  workspaceName: string | null;
  filter: string;
  rows: readonly AuditRow[];
  page: number;
  more: boolean;
  now: Date;
}

const results: Record<AuditRow['result'], string> = {
  done: '✓ done',
  allowed: '▸ used',
  refused: '✗ refused',
  failed: '! failed',
};

export function auditCard({ workspaceName, filter, rows, page, more, now }: AuditCard): Card {
  const about = filter === '' ? 'Changes and decisions, newest first' : `With the words ${filter}`;
  return card(
    [
      header({ title: 'Audit', where: [workspaceName, about].filter((part) => part !== null).join(' · ') }),
      ...(rows.length === 0 ? [text(nothing(filter, page))] : rows.map((row) => auditRow(row, now))),
      page > 0 || more ? footer(`Page ${page + 1}`) : null,
      actions([
        page > 0 ? execute('Newer', 'audit.list', { page: page - 1, filter }) : null,
        more ? execute('Older', 'audit.list', { page: page + 1, filter }) : null,
      ]),
      footer('Narrow it with words: a person, a connection, refused, failed, a day such as 2026-11-21.'),
    ],
    [rows.length === 0 ? null : execute('Export as CSV', 'audit.export', { filter })],
  );
}

function nothing(filter: string, page: number): string {
  if (page > 0) return 'That is all.';
  return filter === '' ? 'Nothing has been changed here yet.' : 'No change has these words.';
}

function auditRow(row: AuditRow, now: Date): CardElement {
  const subject = row.subjectName ?? row.subjectKind;
  return container(
    [
      text(`${row.actorName}: ${actionWords(row.action)}${subject === null ? '' : ` · ${subject}`}`, { bold: true }),
      text([results[row.result], plain(problemTitle(row) ?? ''), when(row.at, now)].filter(Boolean).join(' · '), {
        small: true,
        subtle: true,
        markdown: true,
        spacing: 'None',
      }),
      change(row),
    ],
    { separator: true },
  );
}

/** `connection.save` as people read it. */
const actionWords = (action: string) =>
  action
    .replace(/\./g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

function problemTitle({ problem }: AuditRow): string | null {
  if (problem === null) return null;
  const entries: Record<string, { title: string }> = catalogue;
  return entries[problem]?.title ?? problem;
}

function change({ before, after }: AuditRow): CardElement | null {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].slice(0, 6);
  if (names.length === 0) return null;
  const words = names.map((name) => {
    const [old, now] = [before?.[name], after?.[name]];
    const shown = old === undefined ? value(now) : `${value(old)} → ${value(now)}`;
    return `${name}: ${shown}`;
  });
  return text(words.join('; '), { small: true, spacing: 'None' });
}

function value(stored: unknown): string {
  const words = Array.isArray(stored) ? stored.join(', ') : String(stored ?? '');
  if (words === '') return 'none';
  return words.length > 120 ? `${words.slice(0, 119)}…` : words;
}

export function exportCard({ url, filter }: { url: string; filter: string }): Card {
  return card(
    [
      header({
        title: 'Your audit file',
        where: filter === '' ? 'Everything recorded here' : `With the words ${filter}`,
      }),
      text('The link is yours alone, works once and lasts 15 minutes. The file is CSV, for a spreadsheet.'),
    ],
    [openUrl('Open the download page', url), execute('Back', 'audit.list', { page: 0, filter })],
  );
}
