import { ProblemError } from '../../problems/problem.ts';
import { compoundFault } from './compound-fault.ts';
import type { CompoundFile } from './compound-file.ts';
import { MsiStrings } from './msi-strings.ts';
import { tableStreamName } from './stream-name.ts';

const largestPool = 8 * 1024 ** 2;
const largestStringData = 128 * 1024 ** 2;
const largestTable = 4 * 1024 ** 2;
/** Far more than the tables read here ever have. */
const mostRows = 50_000;
/** Windows Installer's own limit is 31. */
const mostColumns = 64;

/** Whether a column holds a string's number, or an integer of so many bytes. */
type ColumnKind = 'text' | 2 | 4;

/** Bits of a column's type; the lowest byte is its width. Streams stand in a row as a number of two bytes. */
const textColumn = 0x0800;
const nullableColumn = 0x1000;
const streamColumn = 0x0900;

export type MsiRow = readonly number[];

/** The tables of a Windows Installer database: column after column, each row at the same place in all of them. */
export class MsiTables {
  readonly strings: MsiStrings;
  readonly #file: CompoundFile;

  private constructor(file: CompoundFile, strings: MsiStrings) {
    this.#file = file;
    this.strings = strings;
  }

  /** Null where the file is no such database. */
  static async open(file: CompoundFile): Promise<MsiTables | null> {
    const pool = await file.readStream(tableStreamName('_StringPool'), largestPool);
    const data = await file.openStream(tableStreamName('_StringData'), largestStringData);
    return pool === null || data === null ? null : new MsiTables(file, new MsiStrings(pool, data));
  }

  /** Null where there is no such table, which is also how an empty one is stored. */
  async rows(table: string, columns: readonly ColumnKind[]): Promise<Iterable<MsiRow> | null> {
    const bytes = await this.#file.readStream(tableStreamName(table), largestTable);
    if (bytes === null) return null;
    const widths = columns.map((kind) => (kind === 'text' ? this.strings.referenceSize : kind));
    const rowSize = widths.reduce((sum, width) => sum + width, 0);
    if (bytes.length % rowSize !== 0) throw compoundFault(`table ${table} ends in the middle of a row`);
    if (bytes.length / rowSize > mostRows)
      throw new ProblemError('packageBeyondLimits', { detail: `Its table ${table} has more rows than I read.` });
    return eachRow(bytes, widths, bytes.length / rowSize);
  }

  /** The text of one column of any table, null for no value; nothing where there is no such column. */
  async texts(table: string, column: string, most: number): Promise<(string | null)[]> {
    const columns = await this.#columns(table);
    const index = columns.findIndex(({ name, kind }) => name === column && kind === 'text');
    if (index < 0) return [];
    const kinds = columns.map(({ kind }) => kind);
    const texts: (string | null)[] = [];
    for (const row of (await this.rows(table, kinds)) ?? []) {
      if (texts.length >= most) break;
      texts.push(await this.strings.get(row[index] ?? 0));
    }
    return texts;
  }

  has(table: string): boolean {
    return this.#file.has(tableStreamName(table));
  }

  async #columns(table: string): Promise<{ name: string; kind: ColumnKind }[]> {
    const rows = (await this.rows('_Columns', ['text', 2, 'text', 2])) ?? [];
    const found: { name: string; kind: ColumnKind; place: number }[] = [];
    for (const [tableNumber = 0, place = 0, nameNumber = 0, type = 0] of rows) {
      if (this.strings.sizeOf(tableNumber) !== table.length || (await this.strings.get(tableNumber)) !== table)
        continue;
      const name = (await this.strings.get(nameNumber)) ?? '';
      found.push({ name, kind: columnKind(type & 0x7fff), place });
      if (found.length > mostColumns) throw compoundFault(`table ${table} has too many columns`);
    }
    return found.sort((left, right) => left.place - right.place);
  }

  /** The wanted values of a table of names and values; the first one counts. */
  async values<Name extends string>(table: string, wanted: readonly Name[]): Promise<Map<Name, string> | null> {
    const rows = await this.rows(table, ['text', 'text']);
    if (rows === null) return null;
    const found = new Map<Name, string>();
    const lengths = new Set(wanted.map((name) => name.length));
    for (const [nameNumber = 0, valueNumber = 0] of rows) {
      if (!lengths.has(this.strings.sizeOf(nameNumber))) continue;
      const name = await this.strings.get(nameNumber);
      const match = wanted.find((candidate) => candidate === name);
      if (match === undefined || found.has(match)) continue;
      found.set(match, (await this.strings.get(valueNumber)) ?? '');
      if (found.size === wanted.length) break;
    }
    return found;
  }
}

function* eachRow(bytes: Buffer, widths: readonly number[], count: number): Generator<MsiRow> {
  for (let row = 0; row < count; row += 1) {
    let columnStart = 0;
    yield widths.map((width) => {
      const at = columnStart + row * width;
      columnStart += width * count;
      return bytes.readUIntLE(at, width);
    });
  }
}

function columnKind(type: number): ColumnKind {
  if ((type & ~nullableColumn) === streamColumn) return 2;
  if ((type & textColumn) !== 0) return 'text';
  return (type & 0xff) === 4 ? 4 : 2;
}
