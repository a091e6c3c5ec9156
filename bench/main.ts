import { benchmark as apps } from './apps.ts';
import { benchmark as inspect } from './inspect.ts';
import { benchmark as memory } from './memory.ts';
import { benchmark as peers } from './peers.ts';
import { benchmark as publish } from './publish.ts';
import { benchmark as ready } from './ready.ts';
import { benchmark as small } from './small.ts';
import { benchmark as turns } from './turns.ts';

const benchmarks = [turns, ready, apps, publish, small, peers, memory, inspect];

const asked = process.argv.slice(2);
const known = benchmarks.flatMap(({ names }) => names);
const answers = (word: string, name: string) => name === word || name.startsWith(`${word}.`);
const wanted = (name: string) => asked.length === 0 || asked.some((word) => answers(word, name));
const say = (progress: string) => process.stderr.write(`${progress}\n`);

const unknown = asked.filter((word) => !known.some((name) => answers(word, name)));
if (unknown.length > 0) {
  say(`No such figure: ${unknown.join(', ')}. Known: ${known.join(', ')}`);
  process.exit(2);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => interrupted.abort(`ended by ${name}`));

let missing = 0;
for (const benchmark of benchmarks) {
  if (interrupted.signal.aborted || !benchmark.names.some(wanted)) continue;
  try {
    for await (const figure of benchmark.run({ wanted, signal: interrupted.signal, say }))
      process.stdout.write(`${JSON.stringify(figure)}\n`);
  } catch (error) {
    // One figure that cannot be had leaves the others.
    missing += 1;
    const reason = interrupted.signal.aborted ? interrupted.signal.reason : error;
    const names = benchmark.names.filter(wanted).join(', ');
    say(`${names}: ${reason instanceof Error ? (reason.stack ?? reason.message) : reason}`);
  }
}
process.exitCode = missing > 0 ? 1 : 0;
