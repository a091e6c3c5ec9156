import { ProblemError } from '../../src/problems/problem.ts';
import type { ExistingApp, PublishPlan } from '../../src/publishing/plan.ts';
import { withAction } from '../../src/publishing/planner.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import type { FakeApp, Point } from '../fakes/mobile-apps.ts';
import { PublishWorld, shownApp } from './publish-world.ts';

let database: TestDatabase;
let world: PublishWorld;
let old: FakeApp;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await new PublishWorld(database).open();
  await world.worker().prepare();
  old = world.intune.seed({ displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24' });
});
afterEach(() => world.close());

const superseding = (how: 'update' | 'replace' = 'update') =>
  world.job({ action: { kind: 'supersede', appId: old.id, how }, existing: [shownApp(old)] });
const made = () => [...world.intune.apps.values()].filter(({ id }) => id !== old.id);
const relation = (targetId: string, how: 'update' | 'replace' = 'update') => ({
  kind: 'supersedence' as const,
  targetId,
  how,
});

it.each(['update', 'replace'] as const)('makes a new app that supersedes the old one: %s', async (how) => {
  const id = await superseding(how);

  await world.run(id);

  expect(await world.view(id)).toMatchObject({ outcome: 'published', problem: null, warnings: [] });
  expect(made()).toMatchObject([{ publishingState: 'published', relations: [relation(old.id, how)] }]);
  expect(old).toMatchObject({ committedContentVersion: '1', relations: [] });
  const { steps } = await world.view(id);
  expect(steps.map(({ step }) => step).slice(-2)).toEqual(['awaitPublished', 'relate']);
});

it.each<Point>(['relations:before', 'relations:after', 'setRelations:before', 'setRelations:after'])(
  'is related once by the worker that follows one that died at %s',
  async (point) => {
    const id = await superseding();
    const death = world.dieAt(point);
    void world.run(id);
    await death.reached;

    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'published', warnings: [] });
    expect(made()).toMatchObject([{ relations: [relation(old.id)] }]);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
  },
);

it('keeps what others related meanwhile', async () => {
  const other = world.intune.seed({ displayName: 'Runtime' });
  const id = await superseding();
  const needed = { kind: 'dependency' as const, targetId: other.id, how: 'autoInstall' as const };
  world.intune.hook = (point) => {
    for (const app of made()) if (point === 'relations:before' && app.id !== other.id) app.relations = [needed];
  };

  await world.run(id);

  expect(made().find((app) => app !== other)?.relations).toEqual([needed, relation(old.id)]);
});

it('stays published, assigned to nobody, where Intune does not take the relation', async () => {
  world.intune.hook = (point) => {
    if (point === 'setRelations:before') throw new ProblemError('graphRequestRefused');
  };
  const id = await superseding();

  await world.run(id);

  const { outcome, problem, warnings } = await world.view(id);
  expect({ outcome, problem }).toEqual({ outcome: 'publishedWithWarnings', problem: null });
  expect(warnings).toEqual([expect.stringMatching(/it supersedes nothing yet.+Press Show the app, then Relations/)]);
  expect(made()).toMatchObject([{ publishingState: 'published', relations: [], assignments: [] }]);
});

it('waits for a second administrator and sends the very same relations once they are approved', async () => {
  world.office.held.add('setRelations');
  const id = await superseding();
  await world.run(id);
  expect(await world.view(id)).toMatchObject({ state: 'queued', step: 'awaitApproval' });
  expect(made()).toMatchObject([{ relations: [] }]);
  world.office.decide('approved');

  await world.run(id);

  expect(await world.view(id)).toMatchObject({ outcome: 'published' });
  expect(made()).toMatchObject([{ relations: [relation(old.id)] }]);
  expect(world.office.filed).toHaveLength(1);
});

it('cannot be cancelled any more: the app is published', async () => {
  world.office.held.add('setRelations');
  const id = await superseding();
  await world.run(id);

  await expect(world.worker().cancel(id, 'Alex')).rejects.toThrow('can no longer be cancelled');
});

describe('the choice', () => {
  const planned = async (supersedence: ExistingApp['supersedence']): Promise<PublishPlan> => {
    const { plan } = await world.plan({ existing: [{ ...shownApp(old), supersedence }] });
    return plan;
  };

  it.each([
    ['possible', undefined, { kind: 'supersede', appId: 'app-1', how: 'update' }],
    ['possible', 'replace', { kind: 'supersede', appId: 'app-1', how: 'replace' }],
    ['full', 'update', null],
    [null, 'update', null],
  ] as const)('where it is %s, chosen as %s', async (state, supersedence, action) => {
    const chosen = withAction(await planned(state), { action: `supersede:${old.id}`, texts: undefined, supersedence });

    expect(chosen?.action ?? null).toEqual(action);
    // The new app is whole: nothing of the old one is kept in its place.
    if (chosen !== null) expect(chosen.app).toEqual((await planned(state)).app);
  });
});
