import { readFileSync, writeFileSync } from 'node:fs';
import { faultNames } from '../../demo/faults.ts';
import { type FaultRow, faultRows, makesNewApp } from './fault-rows.ts';
import { type FaultResult, FaultWorld } from './fault-world.ts';

const page = new URL('../../docs/reliability.md', import.meta.url);
const results: [FaultRow, FaultResult][] = [];
let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.start();
});
afterAll(() => world.close());

const often = ({ times }: FaultRow) => (times === undefined ? 'always' : times === 1 ? 'once' : `${times} times`);
const answers = { approve: 'approved', reject: 'rejected', letExpire: 'not decided' } as const;
const nameOf = (row: FaultRow) =>
  `${faultNames[row.fault]}, ${row.answer === undefined ? often(row) : answers[row.answer]}`;

describe('a publish job', () => {
  it.each(faultRows.map((row) => [nameOf(row), row.step, row] as const))(
    'when this happens: %s, at %s',
    async (_name, step, row) => {
      const result = await world.run(row);
      results.push([row, result]);

      const isPublished = result.outcome.startsWith('published');
      const old = step === 'relate' || !makesNewApp.has(step) ? 1 : 0;
      const made = makesNewApp.has(step) && isPublished ? 1 : 0;
      const givenNow = step === 'assign' && result.outcome === 'published' ? 1 : 0;
      // One outcome, told once; an approval is told on its way.
      expect([result.cards, result.replies]).toEqual(row.answer === undefined ? [1, 1] : [2, 2]);
      expect(result.apps).toBe(old + made);
      expect(result.assignments).toBe(2 * old + givenNow);
      if (isPublished) expect(result.contentVersions).toBe(old + 1);
      expect(result.outcome).toMatch(
        /^(published(WithWarnings)?|failed: (commitFailed|intuneNotAvailable|approvalRejected|approvalExpired))$/,
      );
    },
  );
});

function rendered(): string {
  const lines = results.map(
    ([row, { outcome, apps, assignments, contentVersions, blocksSentTwice, cards, replies }]) =>
      `| ${[nameOf(row), row.step, outcome, apps, assignments, contentVersions, blocksSentTwice, cards, replies].join(' | ')} |`,
  );
  return `# Reliability

What becomes of a publish job when something fails. Each row is a run of \`npm test -- test/reliability\` against the local cloud,
which opens and compares what it was sent; the test fails when this table differs from the run. The steps \`signIn\`, \`find\` and
\`createApp\` publish a new app; \`relate\` publishes one that supersedes an app with two assignments and one content version; all other
rows publish a new version of such an app, and \`assign\` assigns it to one more group.

| Fault | Step | Outcome | Apps | Assignments | Content versions | Blocks sent twice | Final cards | Replies |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

Beside this table:

- \`test/publishing/publish-job-resume.test.ts\` stops a worker at 16 points of a job, and lets it wake up too late.
- \`npm run test:chaos\` needs PostgreSQL and is part of every CI run. \`test/chaos/kill.test.ts\` kills ten worker processes with SIGKILL,
  at steps and times drawn by seed, in the middle of packages of 32 MiB; \`test/chaos/concurrency.test.ts\` has three workers on one
  database carry out 60 jobs while one of them is killed. Each job ends with one app, the content that was meant, and one outcome.
- \`npm run chaos\` kills 50 workers in the middle of packages of 256 MiB and prints what became of the jobs. Last run (seed 20261121, two
  cores with other work beside, 831 s): 50 of 50 published, each with one app, one content version, verified content and one
  outcome; all 50 jobs were taken up more than once; 1.3 % more bytes were sent than needed; one reply was unsure, as below.
- A worker that is killed while Teams has its reply and has not answered yet leaves a reply of which nobody can say whether it
  arrived. It is not sent twice; the job’s card shows the outcome in any case.
`;
}

it('is described by docs/reliability.md (RELIABILITY=write makes it anew)', () => {
  expect(results).toHaveLength(faultRows.length);
  if (process.env.RELIABILITY === 'write') writeFileSync(page, rendered());
  expect(readFileSync(page, 'utf8')).toBe(rendered());
});
