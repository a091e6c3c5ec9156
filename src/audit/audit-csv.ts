import type { AuditRow } from './audit-rows.ts';

const columns: readonly [string, (row: AuditRow) => unknown][] = [
  ['number', (row) => row.seq],
  ['time', (row) => row.at.toISOString()],
  ['who', (row) => row.actorName],
  ['object id', (row) => row.actorId],
  ['conversation', (row) => row.conversationId],
  ['action', (row) => row.action],
  ['subject', (row) => row.subjectKind],
  ['subject id', (row) => row.subjectId],
  ['subject name', (row) => row.subjectName],
  ['before', (row) => json(row.before)],
  ['after', (row) => json(row.after)],
  ['result', (row) => row.result],
  ['problem', (row) => row.problem],
  ['reference', (row) => row.reference],
  ['graph request ids', (row) => row.graphRequestIds.join(' ')],
];

const json = (value: unknown) => (value === null ? '' : JSON.stringify(value));

/** Spreadsheets run cells that begin like this. https://owasp.org/www-community/attacks/CSV_Injection */
const runsInSpreadsheet = /^[\s]*[=+\-@\t\r]/;

/** One line as RFC 4180 has it; a cell that a spreadsheet would run is made text by an apostrophe. */
function line(cells: readonly unknown[]): string {
  return `${cells
    .map((cell) => {
      const text = String(cell ?? '');
      const tame = runsInSpreadsheet.test(text) ? `'${text}` : text;
      return `"${tame.replaceAll('"', '""')}"`;
    })
    .join(',')}\r\n`;
}

/** The byte order mark is what makes Excel read UTF-8. */
export const csvHead = `\ufeff${line(columns.map(([name]) => name))}`;

export const csvLines = (rows: readonly AuditRow[]): string =>
  rows.map((row) => line(columns.map(([, read]) => read(row)))).join('');
