import { ProblemError } from '../../src/problems/problem.ts';
import type { PublishPlan } from '../../src/publishing/plan.ts';
import { noSettings } from '../../src/templates/assignment-template.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import type { Point } from '../fakes/mobile-apps.ts';
import { PublishWorld, shownApp } from './publish-world.ts';

const pilot = '11f1c0de-0002-4a00-9a00-000000000002';
const staff = '11f1c0de-0001-4a00-9a00-000000000001';

let database: TestDatabase;
let world: PublishWorld;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await new PublishWorld(database).open();
  await world.worker().prepare();
});
afterEach(() => world.close());

const assignment: PublishPlan['assignment'] = {
  templateId: 'template-1',
  template: {
    name: 'Pilot first',
    nextKey: 2,
    rows: [
      {
        key: '1',
        who: { kind: 'group', id: pilot, name: 'Mobile pilot' },
        excluded: false,
        intent: 'required',
        filter: null,
        settings: noSettings,
      },
    ],
  },
  targets: ['Required: Mobile pilot'],
  leftOut: [],
  changes: [],
};
const toGroup = (groupId: string, intent: string, isExclusion = false) => ({
  intent,
  target: {
    '@odata.type': `#microsoft.graph.${isExclusion ? 'exclusionGroupAssignmentTarget' : 'groupAssignmentTarget'}`,
    groupId,
  },
  settings: null,
});
const assigned = () => [...world.intune.apps.values()].map(({ assignments }) => assignments);

it.each<Point>(['assignments:before', 'assignments:after', 'assign:before', 'assign:after', 'countAssignments:after'])(
  'is assigned once by the worker that follows one that died at %s',
  async (point) => {
    const id = await world.job({ assignment });
    const death = world.dieAt(point);
    void world.run(id);
    await death.reached;

    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'published', problem: null, assignments: 1, warnings: [] });
    expect(assigned()).toEqual([[toGroup(pilot, 'required')]]);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
  },
);

it('keeps what others assigned meanwhile', async () => {
  const app = world.intune.seed({ displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24' });
  const id = await world.job({
    assignment,
    action: { kind: 'newVersion', appId: app.id },
    existing: [shownApp(app)],
  });
  app.assignments = [toGroup(staff, 'available')];

  await world.run(id);

  expect(new Set(app.assignments)).toEqual(new Set([toGroup(staff, 'available'), toGroup(pilot, 'required')]));
});

it('leaves out what the app says the opposite of, and says so', async () => {
  const app = world.intune.seed({ displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24' });
  const id = await world.job({
    assignment,
    action: { kind: 'newVersion', appId: app.id },
    existing: [shownApp(app)],
  });
  app.assignments = [toGroup(pilot, 'required', true)];

  await world.run(id);

  expect(app.assignments).toEqual([toGroup(pilot, 'required', true)]);
  const { outcome, warnings } = await world.view(id);
  expect(outcome).toBe('publishedWithWarnings');
  expect(warnings).toEqual(['Required: Mobile pilot: not done, because the app says the opposite about it.']);
});

it('is published with a warning where Intune does not take the assignments', async () => {
  world.intune.hook = (point) => {
    if (point === 'assign:before') throw new ProblemError('graphRequestRefused');
  };
  const id = await world.job({ assignment });

  await world.run(id);

  const { outcome, problem, warnings } = await world.view(id);
  expect({ outcome, problem }).toEqual({ outcome: 'publishedWithWarnings', problem: null });
  expect(warnings).toEqual([expect.stringContaining('Pilot first was not applied')]);
  expect([...world.intune.apps.values()]).toMatchObject([{ publishingState: 'published', assignments: [] }]);
});

it('is tried again where Intune is away for a moment', async () => {
  let failures = 2;
  world.intune.hook = (point) => {
    if (point !== 'assign:before' || failures === 0) return;
    failures -= 1;
    throw new ProblemError('graphDown');
  };
  const id = await world.job({ assignment });

  await world.run(id);

  expect(await world.view(id)).toMatchObject({ outcome: 'published', assignments: 1 });
});

describe('categories of an app template', () => {
  const categories = [
    { id: 'c1', name: 'Business' },
    { id: 'c2', name: 'Productivity' },
  ];

  it('are added once beside those that the app is under, whoever carries the job on', async () => {
    const id = await world.job({ categories });
    const death = world.dieAt('addCategory:after');
    void world.run(id);
    await death.reached;

    await world.run(id);

    const [app] = [...world.intune.apps.values()];
    expect(await world.intune.categoriesOf(app?.id ?? '')).toEqual(['c1', 'c2']);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', warnings: [] });
  });

  it('are a warning where Intune does not take them, and the assignments are made', async () => {
    world.intune.hook = (point) => {
      if (point === 'addCategory:before') throw new ProblemError('approvalRequired');
    };
    const id = await world.job({ assignment, categories });

    await world.run(id);

    const { outcome, warnings } = await world.view(id);
    expect(outcome).toBe('publishedWithWarnings');
    expect(warnings).toEqual([expect.stringContaining('Categories (Business, Productivity) were not set')]);
    expect(assigned()).toEqual([[toGroup(pilot, 'required')]]);
  });
});

describe('where a second administrator has to approve', () => {
  const held = async () => {
    world.office.held.add('assign');
    const id = await world.job({ assignment });
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ state: 'queued', step: 'awaitApproval' });
    return id;
  };

  it('waits, and sends the very same assignments once they are approved', async () => {
    const id = await held();
    world.office.decide('approved');

    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'published', assignments: 1 });
    expect(assigned()).toEqual([[toGroup(pilot, 'required')]]);
    expect(world.office.filed).toHaveLength(1);
  });

  it('stays published, with a warning, where they are rejected', async () => {
    const id = await held();
    world.office.decide('rejected');

    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'publishedWithWarnings', problem: null });
    expect(assigned()).toEqual([[]]);
  });

  it('cannot be cancelled any more: the app is published', async () => {
    const id = await held();

    await expect(world.worker().cancel(id, 'Alex')).rejects.toThrow('can no longer be cancelled');
  });
});
