import { parseArgs } from 'node:util';
import { ChaosWorld, isRight } from './chaos-world.ts';
import { killWorkers } from './killing.ts';

/** `npm run chaos`: kills workers in the middle of large jobs and prints what became of them, as JSON lines. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    mebibytes: { type: 'string', default: '256' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const kills = Number(values.kills);
const mebibytes = Number(values.mebibytes);
const seed = Number(values.seed);
const startedAt = Date.now();
const say = (facts: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(facts)}\n`);

const world = await ChaosWorld.start(mebibytes * 1024 ** 2);
try {
  say({ kills, mebibytes, seed });
  const killed = await killWorkers(world, { kills, seed, concurrency: 2 });
  for (const { at } of killed) say({ killed: at });
  const last = await world.startWorker(2);
  await world.ended(kills * 120_000);
  await last.stop();
  const fates = await world.fates();
  const sent = world.cloud.state.counters.bytes;
  const needed = kills * mebibytes * 1024 ** 2;
  const wrong = fates.filter((fate) => !isRight(fate));
  for (const fate of wrong) say({ wrong: fate });
  say({
    jobs: fates.length,
    published: fates.filter(({ outcome }) => outcome === 'published').length,
    repliesUnsure: fates.filter(({ isReplyUnsure }) => isReplyUnsure).length,
    verified: fates.filter(({ isVerified }) => isVerified).length,
    takenMoreThanOnce: fates.filter(({ attempts }) => attempts > 1).length,
    bytesSentOverNeeded: Number((sent / needed).toFixed(3)),
    seconds: Math.round((Date.now() - startedAt) / 1000),
  });
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await world.close();
}
