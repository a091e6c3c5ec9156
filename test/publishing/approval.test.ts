import { eq } from 'drizzle-orm';
import type { MobileApps } from '../../src/graph/mobile-apps.ts';
import { ProblemError } from '../../src/problems/problem.ts';
import { changeMarker, justificationFor } from '../../src/publishing/justification.ts';
import { publishJobs } from '../../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { PublishWorld, shownApp } from './publish-world.ts';

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

const theirs = { displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24', versionName: '4' };

async function heldAt(...calls: (keyof MobileApps)[]): Promise<string> {
  for (const call of calls) world.office.held.add(call);
  const id = await world.job();
  await world.run(id);
  return id;
}

const publishedOnce = async (id: string) => {
  expect(await world.view(id)).toMatchObject({ state: 'done', outcome: 'published', problem: null });
  expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
  expect(world.intune.apps.size).toBe(1);
};

describe('a change that needs a second administrator', () => {
  it.each<keyof MobileApps>(['create', 'createContentVersion', 'createFile', 'commitFile', 'activate'])(
    'at %s waits without an end, and goes on with the same change once it is approved',
    async (call) => {
      const id = await heldAt(call);
      expect(await world.view(id)).toMatchObject({ state: 'queued', step: 'awaitApproval', outcome: null });
      expect(world.finished).toEqual([]);
      expect(world.waiting).toEqual([{ jobId: id, outcome: null }]);

      await world.run(id);
      expect(await world.view(id)).toMatchObject({ step: 'awaitApproval', attempts: 0 });
      world.office.decide('approved');
      await world.run(id);

      await publishedOnce(id);
      expect(world.office.filed).toHaveLength(1);
      expect(world.office.filed[0]?.status).toBe('completed');
      expect(world.waiting).toHaveLength(1);
      const { approvals } = await world.view(id);
      expect(approvals).toMatchObject([{ state: 'completed', decidedBy: 'Megan Bowen' }]);
    },
  );

  it('is filed with a reason that names who asks and who may approve', async () => {
    await heldAt('activate');

    const [filed] = world.office.filed;
    expect(filed?.justification).toContain('Asked for by Alex in Microsoft Teams');
    expect(filed?.justification).toContain('Asked to approve: Megan Bowen. Not Alex, who asks.');
  });

  it('holds up the app of others in the same way', async () => {
    const app = world.intune.seed(theirs);
    world.office.held.add('update');
    const id = await world.job({
      action: { kind: 'newVersion', appId: app.id },
      existing: [shownApp(app)],
    });
    await world.run(id);
    expect(app.committedContentVersion).toBe('1');

    world.office.decide('approved');
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
    expect(app.committedContentVersion).toBe('2');
  });

  it('may be needed more than once in a job', async () => {
    const id = await heldAt('create', 'activate');
    world.office.decide('approved');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ step: 'awaitApproval' });
    world.office.decide('approved');
    await world.run(id);

    await publishedOnce(id);
    expect(world.office.filed.map(({ change }) => change)).toEqual(['create', 'activate']);
    expect(world.waiting).toHaveLength(2);
  });

  it('is filed once although the answer was lost', async () => {
    world.office.losesAnswers = 1;
    const id = await heldAt('activate');
    expect(world.office.filed).toHaveLength(1);
    world.office.decide('approved');
    await world.run(id);

    await publishedOnce(id);
    expect(world.office.filed).toHaveLength(1);
  });

  it('is filed once although the answer to a create was lost', async () => {
    world.office.losesAnswers = 1;
    const id = await heldAt('create');
    expect(world.office.filed).toHaveLength(1);
    expect(await world.view(id)).toMatchObject({ step: 'awaitApproval' });
    world.office.decide('approved');
    await world.run(id);

    await publishedOnce(id);
  });

  it('is found by its reason where Intune names no number', async () => {
    world.office.namesNoCode = true;
    const id = await heldAt('activate');
    world.office.decide('approved');
    await world.run(id);

    await publishedOnce(id);
  });

  it('says so where neither Intune names the number nor the connection may look for it', async () => {
    world.office.namesNoCode = true;
    world.office.mayRead = false;
    const id = await heldAt('activate');

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalRequired' } });
    expect(world.intune.apps.size).toBe(1);
  });

  it('waits behind nobody else’s request', async () => {
    await heldAt('activate');
    const [app] = [...world.intune.apps.values()];
    const other = await world.job({ existing: [shownApp(app!)] });
    await world.run(other);

    expect(await world.view(other)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalPending' } });
    expect(world.office.filed).toHaveLength(1);
  });
});

describe('an administrator', () => {
  it('who rejects ends the job with the reason, and nothing is left', async () => {
    const id = await heldAt('activate');
    world.office.decide('rejected', { id: 'megan', name: 'Megan Bowen' }, 'Wait for Monday');
    await world.run(id);

    expect(await world.view(id)).toMatchObject({
      outcome: 'failed',
      problem: { code: 'approvalRejected', detail: 'Rejected by Megan Bowen: “Wait for Monday”' },
    });
    expect(world.intune.apps.size).toBe(0);
    expect(world.finished).toHaveLength(1);
  });

  it('who lets it expire costs no second upload', async () => {
    const id = await heldAt('activate');
    world.office.decide('expired', null);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalExpired' } });
    const blocks = world.storage.taken.length;

    await world.worker().retry(id, 'alex');
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ step: 'awaitApproval' });
    world.office.decide('approved');
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'published' });
    expect(world.storage.taken.length).toBe(blocks);
    expect(world.office.filed).toHaveLength(2);
  });

  it.each(['cancelled'] as const)('who has the request %s ends the job', async (status) => {
    const id = await heldAt('activate');
    world.office.decide(status, null);
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalCancelled' } });
    expect(world.intune.apps.size).toBe(0);
  });

  it('who is the one that asked does not count', async () => {
    const id = await heldAt('activate');
    world.office.decide('approved', { id: 'alex', name: 'Alex' });
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvedByRequester' } });
    expect(world.intune.count('activate')).toBe(0);
    expect(world.office.filed[0]?.status).toBe('cancelled');
  });

  it('who completes the request in Intune is noticed', async () => {
    const id = await heldAt('activate');
    const [app] = [...world.intune.apps.values()];
    world.office.decide('completed');
    Object.assign(app!, { committedContentVersion: '1', publishingState: 'published' });
    await world.run(id);

    await publishedOnce(id);
    expect(world.intune.count('activate')).toBe(0);
    expect((await world.view(id)).approvals).toMatchObject([{ state: 'completed' }]);
  });
});

describe('a request that was carried out without a trace', () => {
  it('is not filed a second time by the job itself', async () => {
    const id = await heldAt('create');
    world.office.decide('completed');
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'graphNotReadyYet' } });
    expect(world.office.filed).toHaveLength(1);
  });
});

describe('a connection that may not read requests', () => {
  it('tries the change itself, and publishes once it is approved', async () => {
    world.office.mayRead = false;
    const id = await heldAt('activate');
    await world.run(id);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ step: 'awaitApproval', approvals: [{ isReadable: false }] });
    world.office.decide('approved');
    await world.run(id);

    await publishedOnce(id);
    expect(world.office.filed).toHaveLength(1);
    const steps = (await world.view(id)).steps.map(({ step }) => step);
    expect(steps.filter((step) => step === 'awaitApproval')).toHaveLength(1);
  });

  it('gives up after some days', async () => {
    world.office.mayRead = false;
    const id = await heldAt('activate');
    world.clock.advance(5 * 24 * 3_600_000);
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalExpired' } });
  });

  it('cannot withdraw a request, and says what to do', async () => {
    world.office.mayCancel = false;
    const id = await heldAt('activate');
    await world.worker().cancel(id, 'alex');
    await world.run(id);

    const view = await world.view(id);
    expect(view).toMatchObject({ outcome: 'cancelled' });
    expect(view.warnings.join(' ')).toContain('could not be withdrawn');
    expect(world.intune.apps.size).toBe(1);
  });
});

describe('cancelling while an approval is awaited', () => {
  it('withdraws the request and removes what the job made', async () => {
    const id = await heldAt('activate');
    await world.worker().cancel(id, 'alex');
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'cancelled', warnings: [] });
    expect(world.office.filed[0]?.status).toBe('cancelled');
    expect(world.intune.apps.size).toBe(0);
  });

  it('says what stays where removing needs a second administrator too', async () => {
    world.office.held.add('remove');
    const id = await heldAt('activate');
    await world.worker().cancel(id, 'alex');
    await world.run(id);

    const view = await world.view(id);
    expect(view).toMatchObject({ outcome: 'cancelled' });
    expect(view.warnings.join(' ')).toContain('stays in Intune');
    expect(world.office.filed).toHaveLength(1);
  });
});

describe('an approved change', () => {
  it('of another app registration is not completed', async () => {
    const id = await heldAt('activate');
    world.office.decide('approved');
    world.clientId = 'client-2';
    await world.run(id);

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalOfOtherApp' } });
    expect(world.intune.count('activate')).toBe(0);
  });

  it('that Intune does not take is given up after three times', async () => {
    const id = await heldAt('activate');
    for (let time = 0; time < 3; time += 1) {
      world.office.decide('approved');
      world.office.filed[0]!.call = 'something else';
      await world.run(id);
    }

    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'approvalNotTaken' } });
    expect(world.office.filed).toHaveLength(1);
  });

  it('whose answer is lost is not made twice', async () => {
    const id = await heldAt('create');
    world.office.decide('approved');
    let isLost = false;
    world.intune.hook = (at) => {
      if (at !== 'create:after' || isLost) return;
      isLost = true;
      throw new ProblemError('networkDown');
    };
    await world.run(id);

    await publishedOnce(id);
    expect(world.intune.count('create')).toBe(1);
    expect(world.office.filed).toHaveLength(1);
  });

  it('goes on in another worker when the first dies in the middle of it', async () => {
    const id = await heldAt('activate');
    world.office.decide('approved');
    const death = world.dieAt('activate:after');
    void world.run(id);
    await death.reached;
    await world.run(id);

    await publishedOnce(id);
    expect(world.intune.count('activate')).toBe(1);
  });
});

describe('waking', () => {
  const wakeOf = async (id: string) => {
    const [row] = await world.db.select().from(publishJobs).where(eq(publishJobs.id, id));
    return (row!.progress as { wake: string }).wake;
  };

  it('looks at once when somebody asks, and the later message does nothing', async () => {
    const id = await heldAt('activate');
    const later = await wakeOf(id);
    await world.worker().lookNow(id);
    const now = await wakeOf(id);
    world.office.decide('approved');

    await world.worker().handle({ jobId: id, wake: later }, new AbortController().signal);
    expect(await world.view(id)).toMatchObject({ step: 'awaitApproval' });
    await world.worker().handle({ jobId: id, wake: now }, new AbortController().signal);

    await publishedOnce(id);
  });

  it('a job that waits for nothing changes nothing', async () => {
    const id = await world.job();
    await world.worker().lookNow(id);
    await world.run(id);
    await world.worker().lookNow(id);

    await publishedOnce(id);
  });
});

describe('the reason', () => {
  it('fits whatever the names are, and keeps what it is found by', () => {
    const text = justificationFor({
      change: 'activate',
      displayName: '😀'.repeat(500),
      version: '1'.repeat(500),
      sha256: 'a'.repeat(64),
      requester: 'Ä'.repeat(500),
      approvers: Array.from({ length: 200 }, (_, index) => `Person ${index}`),
      marker: '[Quartermaster job 7f3k2-12345678]',
    });

    expect(text.length).toBeLessThanOrEqual(1024);
    expect(text).toContain(changeMarker('[Quartermaster job 7f3k2-12345678]', 'activate'));
  });
});
