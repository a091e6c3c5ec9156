import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const topics = [
  'connections and roles',
  'consent and permissions',
  'package formats',
  'publishing engine',
  'templates and assignments',
];

interface Row {
  number: number;
  feature: string;
  state: string;
}

const rows: Row[] = readFileSync(new URL('docs/coverage.md', root), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, number = '', feature = '', state = '', ...rest] = line.split('|').map((cell) => cell.trim());
    return { number: rest.length === 1 ? Number(number) : Number.NaN, feature, state };
  });

/** Null for a row in order. */
function fault({ feature, state }: Row): string | null {
  if (feature === '') return 'names no feature';
  const [, kind, said = ''] = state.match(/^(done|planned|not ours) \((.+)\)$/) ?? [];
  if (kind === undefined) return `has the state "${state}"`;
  if (kind === 'planned') return topics.includes(said) ? null : `names the topic "${said}"`;
  if (kind === 'not ours') return said.length >= 10 ? null : 'gives no reason';
  const [file = '', test = '', ...more] = said.split(', ');
  if (more.length > 0) return 'names more than a file and a test';
  if (!/^(src|demo|appPackage)\/./.test(file) || !existsSync(new URL(file, root)))
    return `names ${file}, which is no file here`;
  if (!/^test\/.*\.test\.ts$/.test(test) || !existsSync(new URL(test, root)))
    return `names ${test}, which is no test here`;
  return null;
}

describe('the coverage table', () => {
  it('has the rows 1 to 188, each once and in order', () => {
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 188 }, (_, index) => index + 1));
  });

  it('says of each row done with file and test, planned with a topic, or not ours with a reason', () => {
    const faults = rows.flatMap((row) => {
      const found = fault(row);
      return found === null ? [] : [`row ${row.number} ${found}`];
    });

    expect(faults).toEqual([]);
  });

  it.each([
    ['', 'planned (publishing engine)', 'names no feature'],
    ['A feature', 'done', 'has the state "done"'],
    ['A feature', 'planned (some day)', 'names the topic "some day"'],
    ['A feature', 'not ours (no)', 'gives no reason'],
    ['A feature', 'done (src/nowhere.ts, test/docs/coverage.test.ts)', 'names src/nowhere.ts, which is no file here'],
    ['A feature', 'done (src/config.ts, test/nowhere.test.ts)', 'names test/nowhere.test.ts, which is no test here'],
    ['A feature', 'done (src/config.ts)', 'names , which is no test here'],
    ['A feature', 'done (src/config.ts, test/docs/coverage.test.ts)', null],
  ])('%s | %s: %s', (feature, state, expected) => {
    expect(fault({ number: 1, feature, state })).toBe(expected);
  });
});
