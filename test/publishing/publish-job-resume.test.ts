import { newContentKeys } from '../../src/graph/content/content-keys.ts';
import { ProblemError } from '../../src/problems/problem.ts';
import { JobRecord } from '../../src/publishing/job-record.ts';
import { openKeys } from '../../src/publishing/stored-keys.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import type { Point } from '../fakes/mobile-apps.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { PublishWorld, packageBytes, shownApp } from './publish-world.ts';

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

const points: (Point | 'block' | 'blockList')[] = [
  'find:before',
  'create:before',
  'create:after',
  'contentVersions:before',
  'createContentVersion:before',
  'createContentVersion:after',
  'createFile:before',
  'createFile:after',
  'getFile:before',
  'block',
  'blockList',
  'commitFile:before',
  'commitFile:after',
  'activate:before',
  'activate:after',
  'get:before',
];

/** What must be true however often a job was interrupted. */
async function expectPublishedOnce(id: string): Promise<void> {
  expect(await world.view(id)).toMatchObject({ state: 'done', outcome: 'published', problem: null });
  expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
  expect(world.intune.apps.size).toBe(1);
  const [app] = [...world.intune.apps.values()];
  const active = app!.versions.get(app!.committedContentVersion ?? '');
  expect(app!.publishingState).toBe('published');
  expect([...active!.files.values()].map((file) => file.uploadState)).toEqual(['commitFileSuccess']);
  expect(app!.versions.size).toBe(1);
  expect(await world.remains(id)).toEqual({ blocks: 0, keys: 0 });
}

describe('a worker that dies', () => {
  it.each(points)('at %s is followed by one that finishes its job', async (point) => {
    const id = await world.job();
    const death = world.dieAt(point, point === 'block' ? 6 : 1);
    void world.run(id);
    await death.reached;
    await world.run(id);
    await expectPublishedOnce(id);
    expect((await world.view(id)).attempts).toBe(2);
  });

  it.each(points)('at %s and wakes up later changes nothing more', async (point) => {
    const id = await world.job();
    const death = world.dieAt(point, point === 'block' ? 6 : 1);
    const sleeper = world.run(id);
    await death.reached;
    await world.run(id);
    const calls = world.intune.calls.length;
    death.wake();
    await sleeper;
    // A late request to activate what is active already makes Intune process it once more.
    for (const app of world.intune.apps.values()) app.publishingState = 'published';
    await expectPublishedOnce(id);
    const looks = ['getFile', 'get', 'countAssignments'];
    const late = world.intune.calls.slice(calls).filter((call) => !looks.includes(call));
    // What was already on its way may happen; all that follows is to take it back.
    expect(late).toEqual(
      { 'create:before': ['remove'], 'createContentVersion:before': ['removeContentVersion'] }[point as string] ?? [],
    );
  });

  it('at every point, one after the other, is followed by the next', async () => {
    const id = await world.job();
    for (const point of points) {
      const death = world.dieAt(point, point === 'block' ? 2 : 1);
      const run = world.run(id);
      await Promise.race([death.reached, run]);
      world.storage.fault = () => undefined;
    }
    world.intune.hook = () => undefined;
    await world.run(id);
    await expectPublishedOnce(id);
  });

  it('during the upload costs no block that had arrived', async () => {
    const id = await world.job();
    const death = world.dieAt('block', 8);
    void world.run(id);
    await death.reached;
    // All but the one that is stuck, and block 0, which waits for it.
    await waitFor(async () => (await world.remains(id)).blocks === 8);
    const takenBefore = world.storage.taken.length;
    await world.run(id);
    await expectPublishedOnce(id);
    expect(world.storage.taken.length - takenBefore).toBe(2);
  });

  it('during the upload, before the package changed, makes no use of its blocks', async () => {
    const id = await world.job();
    const death = world.dieAt('block', 6);
    void world.run(id);
    await death.reached;
    await waitFor(async () => (await world.remains(id)).blocks >= 3);
    world.bytes = Buffer.from(packageBytes.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)));
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'publishedBytesDiffer' } });
    expect(world.intune.count('commitFile')).toBe(0);
    expect(world.intune.apps.size).toBe(0);
  });
});

const lost = () => {
  throw new ProblemError('networkDown');
};
const once = (point: Point, act: () => void) => {
  let done = false;
  world.intune.hook = (at) => {
    if (at !== point || done) return;
    done = true;
    act();
  };
};

describe('an answer that is lost', () => {
  it.each<Point>([
    'create:before',
    'create:after',
    'createContentVersion:before',
    'createContentVersion:after',
    'createFile:before',
    'createFile:after',
    'getFile:after',
    'commitFile:before',
    'commitFile:after',
    'activate:before',
    'activate:after',
    'get:after',
  ])('at %s leads to no second app and no second outcome', async (point) => {
    const id = await world.job();
    once(point, lost);
    await world.run(id);
    await expectPublishedOnce(id);
  });

  it('is looked up before the create is repeated', async () => {
    const id = await world.job();
    once('create:after', lost);
    await world.run(id);
    expect(world.intune.count('create')).toBe(1);
    expect(world.intune.count('findByMarker')).toBeGreaterThanOrEqual(1);
  });

  it('leaves no app behind when the create keeps failing', async () => {
    const id = await world.job();
    world.intune.hook = (at) => (at === 'create:before' ? lost() : undefined);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'networkDown' } });
    expect(world.intune.apps.size).toBe(0);
    expect(world.finished).toHaveLength(1);
  });
});

describe('a commit', () => {
  it('that is refused is tried with a new content version of its own', async () => {
    world.intune.failCommits = 2;
    const id = await world.job();
    await world.run(id);
    await expectPublishedOnce(id);
    expect(world.intune.count('createContentVersion')).toBe(3);
    expect(world.intune.count('removeContentVersion')).toBe(2);
  });

  it('that is refused three times fails the job and leaves nothing', async () => {
    world.intune.failCommits = 3;
    const id = await world.job();
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'commitFailed' }, appId: null });
    expect(world.intune.apps.size).toBe(0);
    expect(world.finished).toEqual([{ jobId: id, outcome: 'failed' }]);
  });

  it('that is refused for an app of others removes only its own version', async () => {
    world.intune.failCommits = 3;
    const theirs = world.intune.seed({
      displayName: 'Example',
      packageId: 'com.contoso.example',
      versionCode: '24',
      versionName: '4',
    });
    const id = await world.job({
      action: { kind: 'newVersion', appId: theirs.id },
      existing: [shownApp(theirs)],
    });
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'commitFailed' } });
    expect(theirs).toMatchObject({ committedContentVersion: '1', publishingState: 'published' });
    expect([...theirs.versions.keys()]).toEqual(['1']);
    expect(theirs.properties.versionCode).toBe('24');
  });

  it('never encrypts again with the keys of a refused version', async () => {
    world.intune.failCommits = 1;
    const vectors: string[] = [];
    const commitFile = world.intune.commitFile;
    world.intune.commitFile = (appId, type, version, fileId, info) => {
      vectors.push(info.initializationVector, info.encryptionKey);
      return commitFile(appId, type, version, fileId, info);
    };
    const id = await world.job();
    await world.run(id);
    await expectPublishedOnce(id);
    expect(new Set(vectors).size).toBe(4);
  });
});

describe('keys', () => {
  /** Of every content that was begun, in order. */
  const begun = () => {
    const vectors: string[] = [];
    const put = world.vault.put.bind(world.vault);
    world.vault.put = (tx, plain) => {
      vectors.push(openKeys(Buffer.from(plain)).keys.initializationVector.toString('hex'));
      return put(tx, plain);
    };
    return vectors;
  };
  const interrupted = async (id: string) => {
    const death = world.dieAt('block', 6);
    void world.run(id);
    await death.reached;
  };

  it('are the same for a worker that goes on with the same bytes', async () => {
    const vectors = begun();
    const id = await world.job();
    await interrupted(id);
    await world.run(id);
    await expectPublishedOnce(id);
    expect(vectors).toHaveLength(1);
  });

  it('belong to one content file', async () => {
    const id = await world.job();
    const record = await JobRecord.claim(database, world.vault, { jobId: id }, new Date());
    await record?.useKeys('file-1', newContentKeys());
    expect(await record?.keysFor('file-1')).not.toBeNull();
    expect(await record?.keysFor('file-2')).toBeNull();
  });

  it('are new, and every block is sent again, where the bytes were others before', async () => {
    const vectors = begun();
    const id = await world.job();
    world.bytes = Buffer.from(packageBytes.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)));
    await interrupted(id);
    const blocks = (await world.remains(id)).blocks;
    expect(blocks).toBeGreaterThan(0);
    world.bytes = packageBytes;
    world.storage.answered.length = 0;

    await world.run(id);

    await expectPublishedOnce(id);
    expect(new Set(vectors).size).toBe(2);
    expect(vectors).toHaveLength(2);
    expect(new Set(world.storage.taken).size).toBe(10);
  });
});

describe('an upload address', () => {
  it('that expires on the way is renewed without sending anything again', async () => {
    const id = await world.job();
    let passed = 0;
    world.storage.fault = ({ index }) => {
      if (index === undefined) return undefined;
      passed += 1;
      if (passed === 5) world.clock.advance(16 * 60_000);
      return undefined;
    };
    await world.run(id);
    await expectPublishedOnce(id);
    expect(world.intune.count('renewUpload')).toBeGreaterThanOrEqual(1);
    expect(new Set(world.storage.taken).size).toBe(world.storage.taken.length);
  });

  it('on a host of another cloud gets nothing', async () => {
    const getFile = world.intune.getFile;
    world.intune.getFile = async (...place) => {
      const file = await getFile(...place);
      return file.azureStorageUri === null
        ? file
        : { ...file, azureStorageUri: 'https://storage.example.org/c/b?sig=x' };
    };
    const id = await world.job();
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'storageHostRefused' } });
    expect(world.storage.answered).toEqual([]);
  });
});

describe('an app that somebody deletes meanwhile', () => {
  it('ends the job with that explanation', async () => {
    const id = await world.job();
    once('commitFile:before', () => world.intune.apps.clear());
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'appGone' } });
  });
});
