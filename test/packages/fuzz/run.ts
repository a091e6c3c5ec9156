import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { FuzzNews, FuzzTask } from './fuzz-worker.ts';

/** Feeds the readers harmed packages for as long as is asked; what breaks them is kept to be looked at. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** A folder of real packages to harm as well. */
    files: { type: 'string' },
    out: { type: 'string', default: join('data', 'fuzz') },
  },
});
const hangMs = 15_000;
const slowMs = 2_000;
const largestFile = 4 * 1024 ** 2;
const heapMiB = 512;

const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!Number.isFinite(minutes) || minutes <= 0 || !Number.isInteger(seed)) {
  process.stderr.write('Say how long: npm run fuzz -- --minutes N [--seed N] [--files FOLDER] [--out FOLDER]\n');
  process.exit(2);
}

function filesIn(folder: string): FuzzTask['files'] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.(apk|ipa|msi|intunewin|msix|appx|msixbundle|appxbundle|pkg|dmg|exe)$/i.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size <= largestFile)
    .map((path) => ({ name: relative(folder, path), bytes: readFileSync(path) }));
}

interface Tally {
  facts: number;
  problems: number;
  slowest: number;
}
const tallies = new Map<string, Tally>();
const findings: string[] = [];
let runs = 0;
let peak = 0;

function tallyOf(format: string): Tally {
  const known = tallies.get(format) ?? { facts: 0, problems: 0, slowest: 0 };
  tallies.set(format, known);
  return known;
}

function keep(kind: string, { round, format, error }: FuzzNews, bytes: Uint8Array | undefined): void {
  const words = (error ?? '').split('\n').slice(0, 2).join(' ').trim();
  findings.push(`${kind} in ${format}, seed ${seed}, round ${round}: ${words}`);
  process.stderr.write(`${findings.at(-1)}\n`);
  if (bytes === undefined || findings.length > 100) return;
  mkdirSync(values.out, { recursive: true });
  const name = `${kind}-${seed}-${round}`;
  writeFileSync(join(values.out, `${name}.bin`), bytes);
  writeFileSync(join(values.out, `${name}.txt`), `${format}\n${error ?? ''}\n`);
}

/** Until the time is up or the worker is stuck; returns the round to go on with. */
function carryOn(firstRound: number, files: FuzzTask['files'], until: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
    workerData: { seed, firstRound, files } satisfies FuzzTask,
    resourceLimits: { maxOldGenerationSizeMb: heapMiB },
  });
  let current: FuzzNews = { round: firstRound, format: '', state: 'begun' };
  let heardAt = Date.now();
  const end = (next: number) => {
    clearInterval(watch);
    void worker.terminate();
    resolve(next);
  };
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (Date.now() >= until) return end(current.round);
    if (Date.now() - heardAt < hangMs) return undefined;
    keep('hang', current, current.bytes);
    return end(current.round + 1);
  }, 250);
  worker.on('message', (news: FuzzNews) => {
    heardAt = Date.now();
    if (news.state === 'begun') {
      current = news;
      return;
    }
    runs += 1;
    const tally = tallyOf(news.format);
    if (news.state === 'facts') tally.facts += 1;
    else tally.problems += 1;
    tally.slowest = Math.max(tally.slowest, news.milliseconds ?? 0);
    if (news.state === 'crash') keep('crash', news, news.bytes);
    else if ((news.milliseconds ?? 0) > slowMs) keep('slow', news, current.bytes);
  });
  worker.on('error', (error) => {
    keep('end', { ...current, error: error.stack ?? error.message }, current.bytes);
    end(current.round + 1);
  });
  return promise;
}

const files = values.files === undefined ? [] : filesIn(values.files);
const start = Date.now();
const until = start + minutes * 60_000;
for (let round = 0; Date.now() < until; ) round = await carryOn(round, files, until);

const seconds = Math.round((Date.now() - start) / 1000);
process.stdout.write(
  `${JSON.stringify({
    runs,
    seconds,
    seed,
    findings: findings.length,
    peakMiB: Math.round(peak / 1024 ** 2),
    formats: Object.fromEntries(
      [...tallies].map(([format, tally]) => [format, { ...tally, slowest: Math.round(tally.slowest) }]),
    ),
  })}\n`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
