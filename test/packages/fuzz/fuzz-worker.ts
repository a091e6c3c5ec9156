import { parentPort, workerData } from 'node:worker_threads';
import { readPackage } from '../../../src/packages/read-package.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { harm, hostileFiles } from './hostile-files.ts';
import { seededRandom } from './mutate.ts';

export interface FuzzTask {
  seed: number;
  firstRound: number;
  /** Real packages to harm beside those that are built. */
  files: { name: string; bytes: Uint8Array }[];
}

export interface FuzzNews {
  round: number;
  format: string;
  /** Before the reading: whoever hears nothing after it knows where it hangs. */
  state: 'begun' | 'facts' | 'problem' | 'crash';
  milliseconds?: number;
  error?: string;
  bytes?: Uint8Array;
}

const { seed, firstRound, files } = workerData as FuzzTask;
const makers = Object.entries(hostileFiles).flatMap(([format, list]) => list.map((make) => ({ format, make })));
for (const { name, bytes } of files) makers.push({ format: name, make: (random) => harm(Buffer.from(bytes), random) });

for (let round = firstRound; ; round += 1) {
  // Each round has numbers of its own, so that one can be repeated without those before it.
  const random = seededRandom(seed * 1_000_003 + round);
  const maker = makers[round % makers.length];
  if (maker === undefined) break;
  const bytes = maker.make(random);
  const news = { round, format: maker.format };
  parentPort?.postMessage({ ...news, state: 'begun', bytes } satisfies FuzzNews);
  const start = performance.now();
  try {
    await readPackage(memorySource(bytes), 'package');
    parentPort?.postMessage({ ...news, state: 'facts', milliseconds: performance.now() - start } satisfies FuzzNews);
  } catch (error) {
    const isKind = error instanceof ProblemError && error.problem.code !== 'unexpected';
    const cause = isKind ? error.cause : error;
    // A reader that throws something else is turned into "damaged" at the door: its cause tells a fault of ours. Those with
    // a code are Node's own refusals, such as text that is not UTF-8 or a number beyond a buffer.
    const isOurs = cause instanceof Error && !('code' in cause) && /^(Type|Range|Reference)Error$/.test(cause.name);
    const isFault = !isKind || isOurs;
    parentPort?.postMessage({
      ...news,
      state: isFault ? 'crash' : 'problem',
      milliseconds: performance.now() - start,
      ...(isFault ? { error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), bytes } : {}),
    } satisfies FuzzNews);
  }
}
