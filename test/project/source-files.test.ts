import { importsOf } from './source-files.ts';

const found = (text: string) =>
  importsOf({ path: 'src/bot/turns/turn.ts', text }).map(({ to, typeOnly }) => [to, typeOnly]);

describe('reading imports', () => {
  it.each([
    [`import { a } from './a.ts';`, 'src/bot/turns/a.ts', false],
    [`import type { A } from '../../store/a.ts';`, 'src/store/a.ts', true],
    [`import { type A, type B } from '../b.ts';`, 'src/bot/b.ts', true],
    [`import { type A, b } from '../b.ts';`, 'src/bot/b.ts', false],
    [`import {\n  a,\n  b,\n} from 'botbuilder';`, 'botbuilder', false],
    [`import whole, { part } from "pg";`, 'pg', false],
    [`import * as all from 'zod';`, 'zod', false],
    [`import './effects.ts';`, 'src/bot/turns/effects.ts', false],
    [`export { a } from '../a.ts';`, 'src/bot/a.ts', false],
    [`export * from '../a.ts';`, 'src/bot/a.ts', false],
    [`export type { A } from '../a.ts';`, 'src/bot/a.ts', true],
    [`const late = await import('../late.ts');`, 'src/bot/late.ts', false],
  ])('%j', (text, to, typeOnly) => {
    expect(found(text)).toEqual([[to, typeOnly]]);
  });

  it('finds nothing in an export that imports nothing', () => {
    expect(found(`export const from = 'here';\nexport function read() { return 'it from "there"'; }`)).toEqual([]);
  });
});
