import { eq } from 'drizzle-orm';
import { ProblemError } from '../../src/problems/problem.ts';
import type { Db } from '../../src/store/database.ts';
import { connections, publishJobs } from '../../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import type { Point } from '../fakes/mobile-apps.ts';
import { problemOf } from '../fakes/problem-of.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { PublishWorld, shownApp } from './publish-world.ts';

let database: TestDatabase;
let world: PublishWorld;

beforeAll(async () => {
  database = await freshDatabase('pglite');
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await new PublishWorld(database).open();
  await world.worker().prepare();
});
afterEach(() => world.close());

const theirs = { displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24', versionName: '4' };

describe('cancelling', () => {
  it.each<Point | 'block' | 'blockList'>([
    'find:before',
    'create:before',
    'create:after',
    'createContentVersion:after',
    'createFile:after',
    'getFile:after',
    'block',
    'commitFile:after',
  ])('at %s removes what the job created', async (point) => {
    const id = await world.job();
    const jobs = world.worker();
    const halt = world.dieAt(point, point === 'block' ? 4 : 1);
    const run = world.run(id, jobs);
    await halt.reached;
    await jobs.cancel(id, 'sam');
    halt.wake();
    await run;
    expect(await world.view(id)).toMatchObject({
      state: 'done',
      outcome: 'cancelled',
      cancelRequestedBy: 'sam',
      appId: null,
    });
    expect(world.intune.apps.size).toBe(0);
    expect(world.intune.count('activate')).toBe(0);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'cancelled' }]);
    expect(await world.remains(id)).toEqual({ blocks: 0, keys: 0 });
  });

  it('leaves an app of others as it was', async () => {
    const app = world.intune.seed(theirs);
    const id = await world.job({
      action: { kind: 'newVersion', appId: app.id },
      existing: [shownApp(app)],
    });
    const jobs = world.worker();
    const halt = world.dieAt('block', 3);
    const run = world.run(id, jobs);
    await halt.reached;
    await jobs.cancel(id, 'sam');
    halt.wake();
    await run;
    expect(await world.view(id)).toMatchObject({ outcome: 'cancelled' });
    expect([...app.versions.keys()]).toEqual(['1']);
    expect(app.committedContentVersion).toBe('1');
  });

  it('from another process reaches the one that does the work', async () => {
    const id = await world.job();
    const halt = world.dieAt('block', 3);
    const run = world.run(id);
    await halt.reached;
    await world.worker().cancel(id, 'sam');
    halt.wake();
    await run;
    expect(await world.view(id)).toMatchObject({ outcome: 'cancelled' });
    expect(world.intune.apps.size).toBe(0);
  });

  it('ends a job that nobody has begun at once', async () => {
    const id = await world.job();
    await world.worker().cancel(id, 'sam');
    expect(await world.view(id)).toMatchObject({ state: 'done', outcome: 'cancelled', attempts: 0 });
    await world.run(id);
    expect(world.intune.calls).toEqual([]);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'cancelled' }]);
  });

  it('is carried out by the next worker when the first has died', async () => {
    const id = await world.job();
    const death = world.dieAt('createFile:before');
    void world.run(id);
    await death.reached;
    await world.worker().cancel(id, 'sam');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'cancelled' });
    expect(world.intune.apps.size).toBe(0);
  });

  it('finds an app whose creation was never answered', async () => {
    const id = await world.job();
    const death = world.dieAt('create:after');
    void world.run(id);
    await death.reached;
    await world.worker().cancel(id, 'sam');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'cancelled' });
    expect(world.intune.apps.size).toBe(0);
  });

  it.each<Point>(['activate:before', 'activate:after', 'get:before'])(
    'comes too late at %s, and says so',
    async (point) => {
      const id = await world.job();
      const jobs = world.worker();
      const halt = world.dieAt(point);
      const run = world.run(id, jobs);
      await halt.reached;
      expect(await problemOf(jobs.cancel(id, 'sam'))).toMatchObject({ code: 'cancelTooLate' });
      halt.wake();
      await run;
      expect(await world.view(id)).toMatchObject({ outcome: 'published', cancelRequestedBy: null });
    },
  );

  it('changes nothing about a job that has ended', async () => {
    const id = await world.job();
    await world.run(id);
    await world.worker().cancel(id, 'sam');
    expect(await world.view(id)).toMatchObject({ outcome: 'published', cancelRequestedBy: null });
    expect(world.finished).toHaveLength(1);
  });

  it('says so when the draft could not be removed', async () => {
    const id = await world.job();
    const jobs = world.worker();
    const halt = world.dieAt('createContentVersion:after');
    const run = world.run(id, jobs);
    await halt.reached;
    await jobs.cancel(id, 'sam');
    world.intune.hook = (at) => {
      if (at === 'remove:before') throw new ProblemError('graphDown');
    };
    halt.wake();
    await run;
    const view = await world.view(id);
    expect(view.outcome).toBe('cancelled');
    expect(view.warnings).toHaveLength(1);
  });
});

describe('retrying', () => {
  it('goes on where a failed job stopped', async () => {
    const id = await world.job();
    world.storage.fault = ({ index }) => (index === 8 ? { status: 503, code: 'ServerBusy' } : undefined);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({
      outcome: 'failed',
      problem: { code: 'uploadFailed' },
      step: 'upload',
    });
    const kept = await world.remains(id);
    expect(kept.blocks).toBeGreaterThan(0);
    expect(kept.keys).toBe(1);
    const takenBefore = world.storage.taken.length;
    world.storage.fault = () => undefined;
    await world.worker().retry(id, 'sam');
    expect(await world.view(id)).toMatchObject({ state: 'queued', outcome: null, problem: null });
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
    expect(world.intune.count('create')).toBe(1);
    expect(world.storage.taken.length - takenBefore).toBe(10 - kept.blocks);
    expect(world.finished.map((news) => news.outcome)).toEqual(['failed', 'published']);
  });

  it('begins anew after a cancelled job', async () => {
    const id = await world.job();
    const jobs = world.worker();
    const halt = world.dieAt('block', 3);
    const run = world.run(id, jobs);
    await halt.reached;
    await jobs.cancel(id, 'sam');
    halt.wake();
    await run;
    await jobs.retry(id, 'sam');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', cancelRequestedBy: null });
    expect(world.intune.apps.size).toBe(1);
    expect(world.finished.map((news) => news.outcome)).toEqual(['cancelled', 'published']);
  });

  it('works after the connection was mended, but not after it was turned to another tenant', async () => {
    const { plan, workspaceId } = await world.plan();
    const change = (values: Partial<typeof connections.$inferInsert>) =>
      world.db.update(connections).set(values).where(eq(connections.id, plan.connectionId));
    const id = await world.jobFor(plan, workspaceId);
    await change({ status: 'error' });
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'connectionNotUsable' } });
    await change({ status: 'connected', revision: 2, tenantId: 'tenant-2' });
    await world.worker().retry(id, 'sam');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'planChanged' } });
    await change({ tenantId: 'tenant-1' });
    await world.worker().retry(id, 'sam');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
  });

  it('does not touch a published job', async () => {
    const id = await world.job();
    await world.run(id);
    await world.worker().retry(id, 'sam');
    expect(await world.view(id)).toMatchObject({ state: 'done', outcome: 'published' });
  });

  it('is not needed for ever: the draft of a failed job is removed in the end', async () => {
    const id = await world.job();
    world.storage.fault = () => ({ status: 503, code: 'ServerBusy' });
    await world.run(id);
    const { attempts } = await world.view(id);
    expect(world.intune.apps.size).toBe(1);
    await world.worker().handle({ jobId: id, tidyClaim: attempts }, new AbortController().signal);
    expect(world.intune.apps.size).toBe(0);
    expect(await world.remains(id)).toEqual({ blocks: 0, keys: 0 });
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', appId: null, step: 'createApp' });
  });

  it('keeps the draft from being removed', async () => {
    const id = await world.job();
    world.storage.fault = () => ({ status: 503, code: 'ServerBusy' });
    await world.run(id);
    const { attempts } = await world.view(id);
    await world.worker().retry(id, 'sam');
    await world.worker().handle({ jobId: id, tidyClaim: attempts }, new AbortController().signal);
    expect(world.intune.apps.size).toBe(1);
  });
});

describe('a consent that Microsoft has not spread yet', () => {
  it('is waited for, and then the job goes on', async () => {
    const { plan, workspaceId } = await world.plan();
    const set = (values: Partial<typeof connections.$inferInsert>) =>
      world.db.update(connections).set(values).where(eq(connections.id, plan.connectionId));
    await set({ status: 'notFinished', statusReason: 'propagating' });
    const id = await world.jobFor(plan, workspaceId);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ state: 'queued', step: 'awaitConnection', outcome: null });
    expect(world.intune.calls).toEqual([]);
    await set({ status: 'connected', statusReason: null });
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
  });

  it('is not waited for longer than an hour', async () => {
    const { plan, workspaceId } = await world.plan();
    await world.db
      .update(connections)
      .set({ status: 'notFinished', statusReason: 'propagating' })
      .where(eq(connections.id, plan.connectionId));
    const id = await world.jobFor(plan, workspaceId);
    await world.run(id);
    world.clock.advance(61 * 60_000);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'connectionStillPropagating' } });
  });
});

describe('looking at jobs', () => {
  it('shows percent and bytes while a job uploads', async () => {
    const id = await world.job();
    const jobs = world.worker();
    const halt = world.dieAt('block', 6);
    const run = world.run(id, jobs);
    await halt.reached;
    const view = await waitFor(async () => {
      const found = await jobs.view(id);
      return found !== null && found.bytesDone > 0 ? found : null;
    });
    expect(view).toMatchObject({ state: 'running', step: 'upload' });
    expect(view.percent).toBe(Math.floor((view.bytesDone / view.bytesTotal) * 100));
    expect(view.percent).toBeLessThan(100);
    halt.wake();
    await run;
  });

  it('finds a job by the number people type', async () => {
    const { plan, workspaceId } = await world.plan();
    const id = await world.jobFor(plan, workspaceId);
    await world.db.update(publishJobs).set({ number: '01abc' }).where(eq(publishJobs.id, id));
    const jobs = world.worker();
    expect(await jobs.find(workspaceId, ' OLABC ')).toMatchObject({ id });
    expect(await jobs.find('00000000-0000-0000-0000-000000000000', '01abc')).toBeNull();
    await world.db
      .update(publishJobs)
      .set({ number: id.slice(0, 8) })
      .where(eq(publishJobs.id, id));
  });

  it('lists the jobs of a place, newest first', async () => {
    const { plan, workspaceId } = await world.plan();
    const first = await world.jobFor(plan, workspaceId);
    const second = await world.jobFor(plan, workspaceId);
    expect((await world.worker().list(workspaceId)).map((job) => job.id)).toEqual([second, first]);
  });

  it('shows a job that waits for a worker as queued', async () => {
    const id = await world.job();
    expect(await world.view(id)).toMatchObject({ state: 'queued', step: 'queued', percent: 0, startedAt: null });
  });
});

describe('the queue', () => {
  it('carries out what was started, and only that', async () => {
    const jobs = world.worker();
    await jobs.work(2);
    const { plan, workspaceId } = await world.plan();
    await expect(
      world.db.transaction(async (tx) => {
        await jobs.start(tx as unknown as Db, { releaseId: crypto.randomUUID(), workspaceId, plan });
      }),
    ).rejects.toThrow();
    const id = await world.jobFor(plan, workspaceId, jobs);
    jobs.nudge();
    await waitFor(async () => (await world.view(id)).state === 'done');
    expect(await world.view(id)).toMatchObject({ outcome: 'published', attempts: 1 });
    expect(await jobs.list(workspaceId)).toHaveLength(1);
    await jobs.drain();
  });

  it('gets a job back from a worker that is drained, and another one finishes it', async () => {
    const first = world.worker();
    await first.work(1);
    const id = await world.job({}, first);
    const halt = world.dieAt('block', 4);
    first.nudge();
    await halt.reached;
    const drained = first.drain();
    halt.wake();
    await drained;
    expect(await world.view(id)).toMatchObject({ state: 'queued', outcome: null, step: 'upload' });
    const second = world.worker();
    await second.work(1);
    await waitFor(async () => (await world.view(id)).state === 'done');
    expect(await world.view(id)).toMatchObject({ outcome: 'published', attempts: 2 });
    expect(world.intune.count('create')).toBe(1);
    expect(world.finished).toHaveLength(1);
    await second.drain();
  });

  it('lets a create that was begun come to its end before it drains', async () => {
    const jobs = world.worker();
    await jobs.work(1);
    const id = await world.job({}, jobs);
    const halt = world.dieAt('create:before');
    jobs.nudge();
    await halt.reached;
    const drained = jobs.drain();
    halt.wake();
    await drained;
    const view = await world.view(id);
    expect(view.state).toBe('queued');
    expect(view.appId).not.toBeNull();
    expect(world.intune.apps.size).toBe(1);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
  });

  it('takes up at once what a dead process of the embedded database held', async () => {
    const dead = world.worker();
    await dead.work(1);
    const id = await world.job({}, dead);
    const death = world.dieAt('block', 4);
    dead.nudge();
    await death.reached;
    const next = world.worker();
    await next.work(1);
    await waitFor(async () => (await world.view(id)).state === 'done', 15_000);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', attempts: 2 });
    death.wake();
    await dead.drain();
    await next.drain();
    expect(world.finished).toHaveLength(1);
  });
});
