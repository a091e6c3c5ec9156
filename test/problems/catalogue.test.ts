import { readdirSync } from 'node:fs';
import { catalogue } from '../../src/problems/catalogue.ts';
import type { ProblemEntry } from '../../src/problems/problem.ts';

const folder = new URL('../../src/problems/', import.meta.url);
const fixers = ['you', 'appOwner', 'admin', 'operator', 'nobody'];

/** What each file of the folder defines, whether the catalogue takes it up or not. */
const sections = await Promise.all(
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'catalogue.ts' && file !== 'problem.ts')
    .map(async (file) => {
      const exported = Object.entries((await import(new URL(file, folder).href)) as Record<string, unknown>);
      const rows = exported
        .filter(([name]) => name.endsWith('Problems'))
        .map(([, value]) => Object.keys(value as object));
      return { file, codes: rows.flat() };
    }),
);
const entries = Object.entries(catalogue as Record<string, ProblemEntry>);

it('defines each code once, and takes up every section', () => {
  const defined = sections.flatMap(({ file, codes }) => codes.map((code) => ({ file, code })));
  const twice = defined.filter(({ code, file }) => defined.some((other) => other.code === code && other.file !== file));
  const empty = sections.filter(({ codes }) => codes.length === 0).map(({ file }) => file);

  expect({ twice, empty }).toEqual({ twice: [], empty: [] });
  expect(defined.map(({ code }) => code).toSorted()).toEqual(entries.map(([code]) => code).toSorted());
});

it('says of each what happened, who can mend it and what they do', () => {
  const isSentence = (words: string) => words.trim() === words && /^\p{Lu}.*[.…]$/su.test(words);
  const faults = entries.flatMap(([code, { title, what, who, remedy }]) => [
    ...(/^\S.*[^.\s]$/.test(title) && title.length <= 60 ? [] : [`${code}: title “${title}”`]),
    ...(isSentence(what) ? [] : [`${code}: what “${what}”`]),
    ...(fixers.includes(who) ? [] : [`${code}: who ${who}`]),
    ...(isSentence(remedy) ? [] : [`${code}: remedy “${remedy}”`]),
  ]);

  expect(faults).toEqual([]);
});

it('tells of no two problems in the same words', () => {
  const said = entries.map(([code, { title, what, remedy }]) => ({ code, words: `${title} ${what} ${remedy}` }));
  const alike = said.filter(({ code, words }) => said.some((other) => other.code !== code && other.words === words));

  expect(alike).toEqual([]);
});
