import { databaseKinds } from '../fakes/databases.ts';
import { ChaosWorld, isRight } from './chaos-world.ts';

const isReachable = (await databaseKinds()).includes('postgres');
const where = isReachable ? describe : describe.skip;

where('three workers on one database (needs PostgreSQL: TEST_DATABASE_URL)', () => {
  it('carry out 60 jobs, none lost and none done twice, although one of them is killed', async () => {
    const world = await ChaosWorld.start(200_000);
    try {
      for (let job = 0; job < 60; job += 1) await world.startJob();
      const workers = await Promise.all([1, 2, 3].map(() => world.startWorker(4)));
      const [victim] = workers;
      // Some are done, some are under way, most are waiting.
      while ((await world.open()) > 48) await new Promise((resolve) => setTimeout(resolve, 20));
      await victim?.kill();
      await world.ended(240_000);
      await Promise.all(workers.slice(1).map((worker) => worker.stop()));

      const fates = await world.fates();
      expect(fates).toHaveLength(60);
      expect(fates.filter((fate) => !isRight(fate))).toEqual([]);
      const taken = fates.reduce((sum, { attempts }) => sum + attempts, 0);
      // Only what the killed one had in its hands is taken a second time.
      expect(taken).toBeLessThanOrEqual(60 + 4);
    } finally {
      await world.close();
    }
  }, 540_000);
});
