import pg from 'pg';
import type { PublishJobs } from '../../src/publishing/publish-jobs.ts';
import { databaseKinds, freshDatabase, type TestDatabase, until } from '../fakes/databases.ts';
import { PublishWorld } from './publish-world.ts';

const isReachable = (await databaseKinds()).includes('postgres');
const where = isReachable ? describe : describe.skip;

where('a database whose connections break in the middle of a job (needs PostgreSQL: TEST_DATABASE_URL)', () => {
  let database: TestDatabase;
  let world: PublishWorld;
  let jobs: PublishJobs;
  beforeAll(async () => {
    database = await freshDatabase('postgres');
    // The product only notes these; whoever does not listen ends.
    database.queue.on('error', () => undefined);
    world = await new PublishWorld(database).open();
  });
  afterAll(async () => {
    await jobs.drain();
    await world.close();
    await database.close();
  });

  /** As when the server restarts: every connection to this database is cut. */
  async function cutAll(): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await client.end();
  }

  it('gets the job back, and it is done once', async () => {
    jobs = world.worker();
    await jobs.work(1);
    let blocks = 0;
    let cuts = 0;
    world.storage.fault = ({ index }) => {
      if (index === undefined) return undefined;
      blocks += 1;
      if (blocks !== 4 && blocks !== 8) return undefined;
      cuts += 1;
      return { until: cutAll() };
    };

    const id = await world.job({}, jobs);
    const view = await until(async () => {
      const now = await world.view(id).catch(() => null);
      return now?.state === 'done' ? now : null;
    }, 150_000);

    expect(view).toMatchObject({ outcome: 'published', problem: null });
    expect(cuts).toBe(2);
    expect(world.intune.apps.size).toBe(1);
    const [app] = [...world.intune.apps.values()];
    expect(app?.versions.size).toBe(1);
    // What had arrived and was noted was not sent again: at each cut no more than what was on its way.
    expect(world.storage.taken.length).toBeLessThanOrEqual(new Set(world.storage.taken).size + cuts * 8);
  }, 200_000);
});
