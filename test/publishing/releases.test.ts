import { pino } from 'pino';
import { ProblemError } from '../../src/problems/problem.ts';
import { type Release, Releases, StaleRelease } from '../../src/publishing/releases.ts';
import type { Db } from '../../src/store/database.ts';
import { databaseKinds, freshDatabase, insertWorkspace, type TestDatabase, until } from '../fakes/databases.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { samplePlan, sampleRelease } from '../fakes/samples.ts';

const kinds = await databaseKinds();

describe.each(kinds)('releases on %s', (kind) => {
  let database: TestDatabase;
  let workspaceId: string;
  let read: string[];

  beforeAll(async () => {
    database = await freshDatabase(kind);
    workspaceId = await insertWorkspace(database);
  });

  afterAll(() => database.close());

  const make = (change: { fails?: boolean } = {}) => {
    read = [];
    return new Releases({
      database,
      origins: { open: async () => memorySource(Buffer.from('package')) },
      readPackage: async () => {
        if (change.fails) throw new ProblemError('packageTruncated');
        const { facts } = sampleRelease();
        if (facts === null) throw new Error('the sample has facts');
        return facts;
      },
      onRead: async (id) => {
        read.push(id);
      },
      log: pino({ level: 'silent' }),
    });
  };

  const draft = async (releases: Releases): Promise<Release> => {
    const { requester, place, origin } = sampleRelease();
    const id = await database.db.transaction((tx) =>
      releases.create(tx as unknown as Db, {
        workspaceId,
        homeTenantId: 'home',
        requester,
        place,
        origin,
        sha256: null,
      }),
    );
    await until(async () => read.includes(id));
    return releases.get(id);
  };

  it('reads a package in the background and computes its digest', async () => {
    const releases = make();
    await releases.work();

    const release = await draft(releases);

    expect(release).toMatchObject({
      state: 'draft',
      facts: { identifier: 'io.appium.android.apis' },
      requester: { teamsId: '29:alex' },
    });
    expect(release.sha256).toBe('bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a');
    await database.queue.offWork('read-package');
  });

  it('keeps the fault of a package that cannot be published', async () => {
    const releases = make({ fails: true });
    await releases.work();

    const release = await draft(releases);

    expect(release).toMatchObject({ state: 'failed', problem: { code: 'packageTruncated' } });
    await database.queue.offWork('read-package');
  });

  it('writes nothing when the transaction that makes a release fails', async () => {
    const releases = make();
    const { requester, place, origin } = sampleRelease();
    let id = '';

    await expect(
      database.db.transaction(async (tx) => {
        id = await releases.create(tx as unknown as Db, {
          workspaceId,
          homeTenantId: 'home',
          requester,
          place,
          origin,
          sha256: null,
        });
        throw new Error('the caller changed its mind');
      }),
    ).rejects.toThrow('the caller changed its mind');

    await expect(releases.find(workspaceId, id)).resolves.toBeNull();
  });

  it('is not known in another workspace', async () => {
    const releases = make();
    await releases.work();
    const release = await draft(releases);
    const elsewhere = await insertWorkspace(database, `19:other-${kind}@thread.tacv2`);

    await expect(releases.find(elsewhere, release.id)).resolves.toBeNull();
    await database.queue.offWork('read-package');
  });

  it('is confirmed once, however often the button is pressed', async () => {
    const releases = make();
    await releases.work();
    const form = {
      displayName: 'API Demos',
      description: 'x',
      publisher: 'Contoso',
      notes: '',
      minimumOs: 'v9_0',
      connectionId: samplePlan().connectionId,
    };
    const planned = await releases.savePlan(await draft(releases), form, samplePlan());
    let started = 0;
    const press = () => releases.confirm(planned, samplePlan(), async () => ++started);

    const presses = await Promise.allSettled([press(), press(), press()]);

    expect(started).toBe(1);
    const refused = presses.filter((press) => press.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const press of refused) expect(press.reason).toBeInstanceOf(StaleRelease);
    await database.queue.offWork('read-package');
  });
});
