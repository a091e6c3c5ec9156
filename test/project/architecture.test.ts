import { filesIn, type Import, importsOf } from './source-files.ts';

const source = filesIn(['src/'], /\.(ts|js)$/);
const imports = source.flatMap(importsOf);

/** They know everything and nothing knows them. */
const compositionRoots = [
  'src/main.ts',
  'src/compose.ts',
  'src/service.ts',
  'src/worker.ts',
  'src/migrate.ts',
  'src/vault-rotate.ts',
  'src/inspect.ts',
  'src/wrap.ts',
];
const services = [
  'connections',
  'consent',
  'permissions',
  'publishing',
  'sign-in',
  'templates',
  'apps',
  'access',
  'audit',
];
const foundation = ['network', 'problems'];
const stores = ['graph', 'packages', 'store'];

/** What a folder of src may import besides itself. The files beside the folders (config, log) may be imported by all. */
const mayImport: Record<string, readonly string[]> = {
  http: ['bot', 'dialogs', ...services, ...stores, ...foundation],
  bot: ['dialogs', 'cards', ...services, ...stores, ...foundation],
  dialogs: ['cards', ...services, ...stores, ...foundation],
  cards: ['problems'],
  ...Object.fromEntries(services.map((name) => [name, [...services, ...stores, ...foundation]])),
  ...Object.fromEntries(stores.map((name) => [name, [...stores, ...foundation]])),
  network: ['problems'],
  problems: [],
};

const folderOf = (path: string): string | undefined => path.match(/^src\/([^/]+)\//)?.[1];
const isRoot = (path: string) => compositionRoots.includes(path) || path.startsWith('src/composition/');
const told = ({ from, to }: Import) => `${from} imports ${to}`;

/** Whether a file reaches the network, a database, a disk or a library by itself or through what it imports. */
function acts(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return imports
    .filter(({ from, typeOnly }) => from === path && !typeOnly)
    .some(({ to }) => folderOf(to) === 'network' || (to.startsWith('src/') ? acts(to, seen) : to !== 'zod'));
}

describe('the way imports point', () => {
  it('is known for each folder of src', () => {
    const unknown = new Set(
      source
        .filter(({ path }) => !isRoot(path))
        .map(({ path }) => folderOf(path) ?? 'http')
        .filter((name) => !(name in mayImport)),
    );

    expect([...unknown]).toEqual([]);
  });

  it('is from the outside in: bot and http, dialogs, services, graph and packages and store, network and problems', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [own, other] = [folderOf(from), folderOf(to)];
      if (isRoot(from) || other === undefined || own === other) return false;
      return own === undefined || !(mayImport[own] ?? []).includes(other);
    });

    expect(wrong.map(told)).toEqual([]);
  });

  it('never goes in a circle between folders', () => {
    const crossing = imports.filter(
      ({ from, to, typeOnly }) => !typeOnly && folderOf(from) !== undefined && folderOf(to) !== folderOf(from),
    );
    const reaches = (
      start: string | undefined,
      goal: string | undefined,
      seen = new Set<string | undefined>(),
    ): boolean =>
      crossing.some(({ from, to }) => {
        const next = folderOf(to);
        if (folderOf(from) !== start || next === undefined || seen.has(next)) return false;
        seen.add(next);
        return next === goal || reaches(next, goal, seen);
      });

    expect(crossing.filter(({ from, to }) => reaches(folderOf(to), folderOf(from))).map(told)).toEqual([]);
  });

  it('leaves the composition roots alone', () => {
    expect(imports.filter(({ from, to }) => isRoot(to) && !isRoot(from)).map(told)).toEqual([]);
  });

  it('lets dialogs use what graph, packages and store know, never what they do: a dialog calls services', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        folderOf(from) === 'dialogs' && !typeOnly && stores.includes(folderOf(to) ?? '') && acts(to),
    );

    expect(wrong.map(told)).toEqual([]);
  });

  it('keeps botbuilder inside src/bot', () => {
    const wrong = imports.filter(
      ({ from, to }) => /^(botbuilder|botframework)(-|\/|$)/.test(to) && folderOf(from) !== 'bot',
    );

    expect(wrong.map(told)).toEqual([]);
  });

  it('never leads from src to demo or from demo to src', () => {
    const demo = filesIn(['demo/'], /\.(ts|js)$/).flatMap(importsOf);
    const wrong = [
      ...imports.filter(({ to }) => /^(demo|test|bench|appPackage)\//.test(to)),
      ...demo.filter(({ to }) => /^(src|test|bench|appPackage)\//.test(to)),
    ];

    expect(wrong.map(told)).toEqual([]);
  });
});

describe('a file of src', () => {
  it('has at most 350 lines', () => {
    const long = source
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 350);

    expect(long).toEqual([]);
  });

  it('leaves the environment to src/config.ts and the composition roots', () => {
    const readers = source.filter(
      ({ path, text }) =>
        /\bprocess\s*\.\s*env\b|\bprocess\s*\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(text) &&
        path !== 'src/config.ts' &&
        !isRoot(path),
    );

    expect(readers.map(({ path }) => path)).toEqual([]);
  });

  it('keeps no state of its own: a module has no variable that changes', () => {
    const stateful = source.filter(({ path, text }) => path.endsWith('.ts') && /^(export )?(let|var) /m.test(text));

    expect(stateful.map(({ path }) => path)).toEqual([]);
  });
});

describe('the configuration', () => {
  const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name).sort();
  const only = (path: string) => filesIn([path], /./)[0]?.text ?? '';

  it('is listed in .env.example, no variable more and none less', () => {
    const schema = only('src/config.ts').match(/const environment = z\.object\(\{(.*?)^\}\);/ms)?.[1] ?? '';
    const own = only('src/own-identity-config.ts').match(/Variables = \{(.*?)^\};/ms)?.[1] ?? '';
    const read = names(`${schema}\n${own}`, /^ {2}([A-Z][A-Z0-9_]*):/gm);
    const listed = names(only('.env.example'), /^(?:# )?([A-Z][A-Z0-9_]*)=/gm);

    expect(read).not.toEqual([]);
    expect(listed).toEqual(read);
  });
});

describe('the project’s text', () => {
  /** Put together here, so that this file does not name what it looks for. */
  const ofOneMachine = new RegExp(
    ['work/(main|shared)\\b', 'root/\\w', 'home/\\w+/', 'tmp/(brief|bash_jobs)']
      .map((path) => `(^|[^\\w.])/${path}`)
      .join('|'),
    'm',
  );

  it('names no path of the machine it was written on', () => {
    const text = filesIn(
      [
        'src/',
        'demo/',
        'test/',
        'bench/',
        'appPackage/',
        'docs/',
        'infra/',
        '.ci/',
        'README.md',
        'package.json',
        '.env.example',
      ],
      /(\.(ts|js|mjs|json|md|yml|yaml|css|html|sh|bicep|sql|example)|\/run)$/,
    );

    expect(text.filter((file) => ofOneMachine.test(file.text)).map(({ path }) => path)).toEqual([]);
  });

  it.each([`cd ${'/'}work/main`, `"${'/'}root/notes"`, `at ${'/'}home/alex/project`])('would be caught: %s', (line) => {
    expect(ofOneMachine.test(line)).toBe(true);
  });
});
