import { databaseKinds } from '../fakes/databases.ts';
import { ChaosWorld, isRight } from './chaos-world.ts';
import { killWorkers } from './killing.ts';

const isReachable = (await databaseKinds()).includes('postgres');
const where = isReachable ? describe : describe.skip;

where('workers that are killed in the middle of jobs (needs PostgreSQL: TEST_DATABASE_URL)', () => {
  it('leave exactly one app with verified content and one outcome for each job', async () => {
    const world = await ChaosWorld.start(32 * 1024 ** 2);
    try {
      const killed = await killWorkers(world, { kills: 10, seed: 20261121, concurrency: 1 });
      const last = await Promise.all([world.startWorker(3), world.startWorker(3)]);
      await world.ended(240_000);
      await Promise.all(last.map((worker) => worker.stop()));

      const fates = await world.fates();
      expect(fates).toHaveLength(10);
      expect(fates.filter((fate) => !isRight(fate))).toEqual([]);
      // Otherwise nobody was killed while at work.
      expect(killed.filter(({ at }) => at !== 'nothing to do').length).toBeGreaterThanOrEqual(8);
      expect(fates.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThanOrEqual(10 + 5);
    } finally {
      await world.close();
    }
  }, 540_000);
});
