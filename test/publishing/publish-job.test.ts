import { eq } from 'drizzle-orm';
import { publishJobs } from '../../src/store/schema.ts';
import { openContent } from '../fakes/content.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { PublishWorld, packageBytes, packageManifest, shownApp } from './publish-world.ts';

let database: TestDatabase;
let world: PublishWorld;

beforeAll(async () => {
  database = await freshDatabase();
  await new PublishWorld(database).open().then(async (first) => {
    await first.worker().prepare();
    await first.close();
  });
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await new PublishWorld(database).open();
});
afterEach(() => world.close());

describe('a publish job', () => {
  it('publishes a new app', async () => {
    const id = await world.job();
    await world.run(id);
    const view = await world.view(id);
    expect(view).toMatchObject({ state: 'done', outcome: 'published', problem: null, percent: 100, attempts: 1 });
    expect(view.number).toMatch(/^[0-9a-hjkmnp-tv-z]{5}$/);
    const app = world.intune.apps.get(view.appId!)!;
    expect(app).toMatchObject({ publishingState: 'published', committedContentVersion: '1', type: 'androidLobApp' });
    expect(app.properties).toMatchObject({
      displayName: 'Example',
      largeIcon: { '@odata.type': '#microsoft.graph.mimeContent', type: 'image/png' },
    });
    expect(app.properties.notes).toMatch(
      new RegExp(`^For the field\\n\\n\\[Quartermaster job ${view.number}-[0-9a-f]{8}\\]$`),
    );
    expect(world.finished).toEqual([{ jobId: id, outcome: 'published' }]);
    expect(world.progressed).toBeGreaterThan(9);
  });

  it('sends the file that was confirmed, announced with its true sizes and manifest', async () => {
    const id = await world.job();
    await world.run(id);
    const view = await world.view(id);
    const [file] = [...world.intune.apps.get(view.appId!)!.versions.get('1')!.files.values()];
    expect(file).toMatchObject({
      size: packageBytes.length,
      sizeEncrypted: view.bytesTotal,
      manifest: packageManifest,
    });
    const info = file!.info!;
    const opened = openContent(world.storage.committed(file!.id)!, {
      encryptionKey: Buffer.from(info.encryptionKey, 'base64'),
      macKey: Buffer.from(info.macKey, 'base64'),
      initializationVector: Buffer.from(info.initializationVector, 'base64'),
    });
    expect(opened.plain.equals(packageBytes)).toBe(true);
  });

  it('keeps neither keys nor blocks after its end', async () => {
    const id = await world.job();
    await world.run(id);
    expect(await world.remains(id)).toEqual({ blocks: 0, keys: 0 });
  });

  it('never stores an upload address or a plain key', async () => {
    const id = await world.job();
    const death = world.dieAt('commitFile:before');
    void world.run(id);
    await death.reached;
    const [row] = await world.db.select().from(publishJobs).where(eq(publishJobs.id, id));
    expect(JSON.stringify(row)).not.toContain('sig=');
    expect(Object.keys(row!.progress as object).filter((name) => /key|iv|vector|uri/i.test(name))).toEqual([]);
    expect(await world.remains(id)).toEqual({ blocks: 10, keys: 1 });
  });

  it('records every step with its times', async () => {
    const id = await world.job();
    await world.run(id);
    const { steps } = await world.view(id);
    expect(steps.map((step) => step.step)).toEqual([
      'createApp',
      'createContentVersion',
      'createFile',
      'awaitUploadUri',
      'upload',
      'commit',
      'awaitCommit',
      'activate',
      'awaitPublished',
    ]);
    expect(steps.every((step) => step.endedAt !== null && step.attempts === 1)).toBe(true);
  });

  it('gives an app that is there new content and properties at once', async () => {
    const theirs = world.intune.seed({
      displayName: 'Example',
      packageId: 'com.contoso.example',
      versionCode: '24',
      versionName: '4.9',
      notes: 'Ask Kim',
    });
    const existing = [shownApp(theirs)];
    const { plan, workspaceId } = await world.plan({ action: { kind: 'newVersion', appId: theirs.id }, existing });
    const id = await world.jobFor({ ...plan, app: { ...plan.app, notes: '' } }, workspaceId);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'published', appId: theirs.id });
    expect(world.intune.apps.size).toBe(1);
    expect(theirs).toMatchObject({ committedContentVersion: '2', publishingState: 'published' });
    expect(theirs.properties).toMatchObject({ versionCode: '25', notes: 'Ask Kim' });
    expect(theirs.properties.largeIcon).toBeDefined();
    expect(world.intune.count('update')).toBe(1);
  });

  it('does nothing more once it has ended', async () => {
    const id = await world.job();
    await world.run(id);
    const calls = world.intune.calls.length;
    await world.run(id);
    expect(world.intune.calls.length).toBe(calls);
    expect(world.finished).toHaveLength(1);
  });
});

describe('a plan that no longer holds', () => {
  const seeded = { displayName: 'Example', packageId: 'com.contoso.example', versionCode: '24', versionName: '4.9' };

  it('stops the job when another app of this package has appeared', async () => {
    const id = await world.job();
    world.intune.seed(seeded);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'planChanged' }, appId: null });
    expect(world.intune.count('create')).toBe(0);
  });

  it.each([
    ['a newer version', { versionCode: '30' }],
    ['another name', { displayName: 'Renamed' }],
  ])('stops the job when the app now has %s', async (_, change) => {
    const theirs = world.intune.seed(seeded);
    const id = await world.job({
      action: { kind: 'newVersion', appId: theirs.id },
      existing: [shownApp(theirs)],
    });
    Object.assign(theirs.properties, change);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'planChanged' } });
    expect(world.intune.count('createContentVersion')).toBe(0);
  });

  it('stops the job when the connection was changed', async () => {
    const { plan, workspaceId } = await world.plan();
    const id = await world.jobFor({ ...plan, connectionRevision: plan.connectionRevision + 1 }, workspaceId);
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'planChanged' } });
    expect(world.intune.calls).toEqual([]);
  });

  it.each([
    ['other bytes', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 20_000 ? byte ^ 1 : byte)))],
    ['fewer bytes', (bytes: Buffer) => bytes.subarray(0, -1)],
  ])('activates nothing when the package now has %s', async (_, change) => {
    world.bytes = change(packageBytes);
    const id = await world.job();
    await world.run(id);
    expect(await world.view(id)).toMatchObject({ outcome: 'failed', problem: { code: 'publishedBytesDiffer' } });
    expect(world.intune.count('commitFile')).toBe(0);
    expect(world.intune.apps.size).toBe(0);
    expect(await world.remains(id)).toEqual({ blocks: 0, keys: 0 });
  });
});
