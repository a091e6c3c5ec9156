import { createHash, randomUUID } from 'node:crypto';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { appInfo, buildIpa, buildProfile, profilePlist } from '../packages/fixtures/ipa-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { xmlPlist } from '../packages/fixtures/property-list-file.ts';

type Sent = FakeMessage & { card: NonNullable<FakeMessage['card']> };

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  files = await startLinkServer(serveFile(Buffer.from('x')));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});
afterAll(async () => {
  await rig.close();
  await files.close();
});
beforeEach(async () => {
  ({ general } = rig.teams.team('Apps', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.connect(alex, general);
});

const profile = buildProfile({ plist: profilePlist({ ExpirationDate: new Date('2099-06-01T12:00:00Z') }) });
const ipa = (identifier: string, version: string) =>
  buildIpa({
    info: xmlPlist(
      appInfo({
        CFBundleDisplayName: 'Notes',
        CFBundleIdentifier: identifier,
        CFBundleShortVersionString: version,
        CFBundleVersion: version,
      }),
    ),
    profile,
  });

const dataOf = (card: Sent, verb: string): Record<string, unknown> => {
  const found: Record<string, unknown>[] = [];
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const node = value as Record<string, unknown>;
    if (node.verb === verb && node.type === 'Action.Execute') found.push(node.data as Record<string, unknown>);
    for (const child of Object.values(node)) walk(child);
  };
  walk(card.card);
  if (found[0] === undefined) throw new Error(`The card has no ${verb}`);
  return found[0];
};
const inputsOf = (card: Sent): Record<string, string> => {
  const values: Record<string, string> = {};
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const node = value as Record<string, unknown>;
    if (String(node.type).startsWith('Input.') && typeof node.id === 'string')
      values[node.id] = typeof node.value === 'string' ? node.value : '';
    for (const child of Object.values(node)) walk(child);
  };
  walk(card.card);
  return values;
};
const press = async (card: Sent, verb: string, change: Record<string, unknown> = {}, by = alex): Promise<Sent> => {
  const pressed = await rig.teams.press(by, card, verb, { ...inputsOf(card), ...dataOf(card, verb), ...change });
  if (pressed.card === null) throw new Error(`The press was answered with ${pressed.text}`);
  expect(cardFaults(pressed.card)).toEqual([]);
  return { ...card, card: pressed.card } as Sent;
};
const newest = (words: string, after = 0): Promise<Sent> =>
  waitFor(() =>
    rig.teams
      .messages(general)
      .filter((sent): sent is Sent => sent.card !== null && cardText(sent.card).includes(words))
      .filter((sent) => Number(sent.id) > after)
      .at(-1),
  );

async function published(draft: Sent, change: Record<string, unknown>, choice: Record<string, unknown> = {}) {
  const plan = await press(draft, 'publish.plan', change);
  const running = await press(plan, 'publish.confirm', choice);
  return waitFor(
    () =>
      rig.teams
        .messages(general)
        .find(
          (sent): sent is Sent =>
            sent.id === running.id && sent.card !== null && cardText(sent.card).includes('✓ Published'),
        ),
    30_000,
  );
}

async function publish(bytes: Buffer, name: string, choice: (appId: string) => Record<string, unknown>, appId = '') {
  // No strong ETag: the bytes are copied, as those of an upload are.
  files.answer = serveFile(bytes, { etag: 'W/"x"' });
  const { message } = await rig.teams.say(alex, general, `publish ${files.origin}/${name}`);
  const draft = await newest('Show the plan', Number(message.id));
  return published(draft, { publisher: 'Example' }, choice(appId));
}

const apps = (identifier: string) =>
  [...rig.cloud.state.intune(rig.registration().tenantId).apps.values()].filter(
    (app) => app.properties.bundleId === identifier || app.properties.packageId === identifier,
  );

it('goes back to the package before, after a plan that says what that means', async () => {
  const identifier = `com.example.n${randomUUID().slice(0, 8)}`;
  const first = ipa(identifier, '1.0');
  await publish(first, 'notes.ipa', () => ({ action: 'create' }));
  const [app] = apps(identifier);
  const second = await publish(ipa(identifier, '2.0'), 'notes.ipa', (id) => ({ action: `update:${id}` }), app?.id);
  expect(app?.committedContentVersion).toBe('2');

  const versions = await press(second, 'job.versions');
  expect(cardText(versions.card)).toContain('2.0 · published last');
  expect(cardText(versions.card)).toContain('package kept');
  const asked = await rig.teams.press(alex, versions, 'job.again', dataOf(versions, 'job.again'));
  expect(asked.text).toContain('A draft of Notes 1.0 follows here');
  const draft = await newest('Show the plan', Number(second.id));
  const plan = await press(draft, 'publish.plan', { publisher: 'Example' });
  expect(cardText(plan.card)).toContain('Devices that have a newer build keep it');
  const running = await press(plan, 'publish.confirm', { action: `anyway:${app?.id}` });
  await waitFor(() => app?.committedContentVersion === '3');

  expect(running.id).toBe(draft.id);
  await waitFor(() => app?.content?.plainSha256 === createHash('sha256').update(first).digest('hex'));
  expect(apps(identifier)).toHaveLength(1);
}, 60_000);

it('says why there is no way back for an Android app', async () => {
  const done = await publish(buildApk(), 'sample.apk', () => ({ action: 'create' }));

  const versions = await press(done, 'job.versions');

  expect(cardText(versions.card)).toContain('Android devices install only a higher version code');
  expect(JSON.stringify(versions.card)).not.toContain('job.again');
});

it('lets a viewer look at the versions, not go back', async () => {
  const identifier = `com.example.n${randomUUID().slice(0, 8)}`;
  await publish(ipa(identifier, '1.0'), 'notes.ipa', () => ({ action: 'create' }));
  const [app] = apps(identifier);
  const second = await publish(ipa(identifier, '2.0'), 'notes.ipa', (id) => ({ action: `update:${id}` }), app?.id);

  const versions = await press(second, 'job.versions', {}, adele);
  const asked = await rig.teams.press(adele, versions, 'job.again', dataOf(versions, 'job.again'));

  expect(asked.text).toContain('this needs the publisher role');
}, 60_000);
