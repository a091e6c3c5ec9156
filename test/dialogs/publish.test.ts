import { createHash, randomBytes } from 'node:crypto';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { buildZip } from '../packages/fixtures/zip-file.ts';

const apk = buildApk();
const digest = createHash('sha256').update(apk).digest('hex');
const token = 'signature-of-the-link';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  files = await startLinkServer(serveFile(apk));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  files.answer = serveFile(apk);
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
});

afterEach(() => rig.cloud.faults.clear());

const contoso = () => rig.registration().tenantId;
const created = () => rig.cloud.state.apps(contoso()).filter((app) => app.displayName === 'Sample');
const on = (message: { card: unknown }, key: string) =>
  JSON.stringify(message.card).match(new RegExp(`"${key}":"?([0-9a-f-]+)`))?.[1];

const formValues = (message: { card: unknown }, change: Record<string, string> = {}) => ({
  release: on(message, 'release'),
  revision: Number(on(message, 'revision')),
  displayName: 'Sample',
  description: 'A sample',
  publisher: 'Contoso',
  notes: 'Kept for administrators',
  minimumOs: 'v9_0',
  connectionId:
    JSON.stringify(message.card).match(/"choices":\[\{"title":"[^"]*","value":"([0-9a-f-]{36})"/)?.[1] ?? '',
  ...change,
});

const link = () => `${files.origin}/sample.apk?sig=${token}`;

const drafted = async () => {
  await rig.connect(alex, general);
  const { message } = await rig.teams.say(alex, general, `publish ${link()}`);
  return { draft: await rig.card(general, 'Show the plan'), asked: message };
};

const planned = async () => {
  const { draft, asked } = await drafted();
  await rig.teams.press(alex, draft, 'publish.plan', formValues(draft));
  const plan = await rig.card(general, 'What will happen');
  return {
    plan,
    asked,
    press: { release: on(plan, 'release'), revision: Number(on(plan, 'revision')), action: 'create' },
  };
};

const forget = () => {
  const intune = rig.cloud.state.intune(contoso());
  for (const app of created()) intune.apps.delete(app.id);
};
afterEach(forget);

it('asks for a connection first', async () => {
  await rig.teams.say(alex, general, 'publish');

  await rig.card(general, 'Connect to Intune first');
});

it('publishes a linked package: plan, progress, outcome in the thread with a mention', async () => {
  const { plan, asked, press } = await planned();
  expect(cardText(plan.card)).toContain('This app is not in Contoso production yet');
  expect(cardText(plan.card).replace(/\s/g, '')).toContain(digest);

  await rig.teams.press(alex, plan, 'publish.confirm', press);

  const published = await rig.card(general, '✓ Published');
  expect(published.id).toBe(plan.id);
  expect(cardText(published.card)).toContain('assigned to no group');
  const news = await rig.text(general, 'is in Contoso production.');
  expect(news.mentions).toEqual([alex.teamsId]);
  expect(news.threadId).toBe(asked.threadId);
  expect(created()).toMatchObject([
    { type: 'androidLobApp', publishingState: 'published', content: { plainSha256: digest, verified: true } },
  ]);
});

it('shows host and file of a link, never its token', async () => {
  const { draft } = await drafted();

  expect(cardText(draft.card)).toContain(new URL(files.origin).hostname);
  const everything =
    JSON.stringify(rig.teams.messages(general).map(({ card, text, activity }) => [card, text, activity])) +
    rig.logged.join('');
  expect(everything).not.toContain(token);
});

it('makes one job of a button pressed twice', async () => {
  const { plan, press } = await planned();

  const presses = await Promise.all([1, 2, 3].map(() => rig.teams.press(alex, plan, 'publish.confirm', press)));

  for (const pressed of presses) expect(pressed.status).toBe(200);
  await rig.card(general, '✓ Published');
  expect(created()).toHaveLength(1);
  await rig.text(general, 'is in Contoso production');
  const replies = rig.teams.messages(general).filter((message) => message.text?.includes('is in Contoso production'));
  expect(replies).toHaveLength(1);
});

it('lets only who asked confirm, whatever role others have', async () => {
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });
  const { plan, press } = await planned();

  const pressed = await rig.teams.press(adele, plan, 'publish.confirm', press);

  expect(pressed.text).toContain('Only Alex Wilber');
  expect(created()).toEqual([]);
});

it('lets a viewer look, not publish', async () => {
  const { plan, press } = await planned();

  const pressed = await rig.teams.press(adele, plan, 'publish.confirm', press);

  expect(pressed.text).toContain('this needs the publisher role');
  expect(created()).toEqual([]);
});

it('lets a guest look at most, even one who was named publisher', async () => {
  const guest = rig.teams.person('Gil Guest');
  const { general: place } = rig.teams.team('With guests', [alex, guest]);
  await rig.teams.install(place, alex);
  await rig.teams.say(alex, place, 'roles publisher', { people: [guest] });
  await rig.card(place, 'Gil Guest is now publisher here.');
  await rig.teams.becomeGuest(place, guest);

  await rig.teams.say(guest, place, `publish ${link()}`);

  await rig.text(place, 'guests and people of other organisations may look here');
});

it('answers a press on an old card with the state of today', async () => {
  const { plan, press } = await planned();
  await rig.teams.press(alex, plan, 'publish.discard', press);

  const late = await rig.teams.press(alex, plan, 'publish.confirm', press);

  expect(late.card && cardText(late.card)).toContain('Nothing was sent to Intune');
  expect(created()).toEqual([]);
});

it('keeps what was typed when a field is wrong', async () => {
  const { draft } = await drafted();

  const pressed = await rig.teams.press(
    alex,
    draft,
    'publish.plan',
    formValues(draft, { publisher: ' ', description: 'My words', connectionId: '' }),
  );

  const words = pressed.card === null ? '' : cardText(pressed.card);
  expect(words).toContain('2 fields need a change');
  expect(words).toContain('My words');
});

it('has no default among several connections', async () => {
  await rig.connect(alex, general, 'First');
  await rig.connect(alex, general, 'Second');

  await rig.teams.say(alex, general, `publish ${link()}`);

  const draft = await rig.card(general, 'Show the plan');
  const choice =
    JSON.stringify(draft.card).match(/\{"type":"Input.ChoiceSet","id":"connectionId".*?"choices"/)?.[0] ?? '';
  expect(choice).not.toContain('"value"');
});

it('offers a new version where the package is there, and keeps the app’s id', async () => {
  const first = await planned();
  await rig.teams.press(alex, first.plan, 'publish.confirm', first.press);
  await rig.card(general, '✓ Published');
  const [app] = created();
  await rig.teams.say(alex, general, `publish ${link()}`);
  const draft = await rig.card(general, 'Show the plan');
  await rig.teams.press(alex, draft, 'publish.plan', formValues(draft));
  const plan = await rig.card(general, 'This app is already there');

  await rig.teams.press(alex, plan, 'publish.confirm', {
    release: on(plan, 'release'),
    revision: Number(on(plan, 'revision')),
    action: `anyway:${app?.id}`,
    texts: 'keep',
  });

  await waitFor(() => created()[0]?.committedContentVersion === '2');
  expect(created()).toHaveLength(1);
});

it('cancels, and removes what the job had created', async () => {
  const { plan, press } = await planned();
  rig.cloud.faults.set('slowStorage');
  await rig.teams.press(alex, plan, 'publish.confirm', press);
  const running = await rig.card(general, 'Cancel');
  const asked = await rig.teams.press(alex, running, 'job.cancel', { job: on(running, 'job') });
  expect(asked.card && cardText(asked.card)).toContain('is removed');

  await rig.teams.press(alex, running, 'job.cancel.confirm', { job: on(running, 'job') });

  await rig.card(general, 'Cancelled');
  await rig.text(general, 'was not published');
  await waitFor(() => created().length === 0);
});

it('tells why it failed, and publishes on retry', async () => {
  const { plan, press } = await planned();
  rig.cloud.faults.set('failCommit');
  await rig.teams.press(alex, plan, 'publish.confirm', press);
  const failed = await rig.card(general, 'Not published', 45_000);
  await rig.text(general, 'could not be published');
  rig.cloud.faults.clear('failCommit');

  await rig.teams.press(alex, failed, 'job.retry', { job: on(failed, 'job') });

  await rig.card(general, '✓ Published');
  expect(created()).toMatchObject([{ content: { plainSha256: digest, verified: true } }]);
}, 60_000);

it('finds jobs again by list and by number', async () => {
  const { plan, press } = await planned();
  await rig.teams.press(alex, plan, 'publish.confirm', press);
  const published = await rig.card(general, '✓ Published');
  const number = cardText(published.card).match(/Job ([0-9a-z]{5})/)?.[1] ?? '';

  await rig.teams.say(adele, general, 'jobs');
  await rig.teams.say(adele, general, `job ${number}`);
  await rig.teams.say(adele, general, 'job zzzzz');

  const list = await rig.card(general, 'Newest first');
  expect(cardText(list.card)).toContain(number);
  expect(cardFaults(list.card)).toEqual([]);
  await rig.text(general, 'There is no such job here');
});

it('answers publish with a link for the presser alone', async () => {
  const chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
  await rig.connect(alex, general);

  await rig.teams.say(alex, general, 'publish');

  const invitation = await rig.card(chat, 'Open the upload page');
  expect(JSON.stringify(invitation.card)).toContain('https://quartermaster.example/u/');
  expect(JSON.stringify(rig.teams.messages(general).map(({ card }) => card))).not.toContain('/u/');
});

const aab = buildZip([
  { name: 'BundleConfig.pb', content: Buffer.from('x') },
  { name: 'base/manifest/AndroidManifest.xml', content: Buffer.from('x') },
]);

it.each<[string, () => Buffer | null, string]>([
  ['a text file', () => Buffer.from('this is no package'), 'sample.apk'],
  ['0 bytes', () => Buffer.alloc(0), 'empty'],
  ['a truncated package', () => apk.subarray(0, Math.floor(apk.length / 2)), 'sample.apk'],
  ['an app bundle', () => aab, 'Build an APK from this bundle'],
])('refuses %s kindly', async (_what, bytes, expected) => {
  files.answer = serveFile(bytes() ?? apk);
  await rig.connect(alex, general);

  await rig.teams.say(alex, general, `publish ${link()}`);

  const refused = await waitFor(() =>
    rig.teams
      .messages(general)
      .find(({ card }) => card !== null && cardText(card).includes(expected) && /fix this/.test(cardText(card))),
  );
  expect(cardFaults(refused.card as never)).toEqual([]);
  expect(cardText(refused.card as never)).not.toMatch(/ at .*:\d+:\d+|Error:/);
});

it.each<[string, number, Record<string, string>, RegExp]>([
  ['a sign-in page', 200, { 'content-type': 'text/html' }, /sign|page/i],
  ['401', 401, {}, /sign/i],
  ['403', 403, {}, /allow|access|refus/i],
  ['404', 404, {}, /no|not/i],
  ['a file of 3 GB', 200, { 'content-length': '3000000000', 'accept-ranges': 'bytes', etag: '"x"' }, /large|big/i],
])('tells a link that answers with %s apart', async (_what, status, headers, expected) => {
  files.answer = (request, response) => {
    response.writeHead(status, headers);
    if (request.method === 'HEAD' || headers['content-length'] !== undefined) {
      response.flushHeaders();
      response.destroy();
    } else response.end('<html></html>');
  };
  await rig.connect(alex, general);
  const before = rig.teams.messages(general).length;

  await rig.teams.say(alex, general, `publish ${link()}`);

  const said = await waitFor(() =>
    rig.teams
      .messages(general)
      .slice(before)
      .find(
        (message: FakeMessage) =>
          message.card !== null && expected.test(cardText(message.card)) && /fix this/.test(cardText(message.card)),
      ),
  );
  expect(JSON.stringify(said.card)).not.toContain(token);
});

it.each([
  ['a private address', 'https://10.0.0.7/app.apk', 'not allowed'],
  ['the metadata service', 'https://169.254.169.254/latest', 'not allowed'],
  ['plain http', 'http://example.com/app.apk', 'link'],
  ['no link at all', 'the-app', 'link'],
])('refuses %s, and offers to upload the package', async (_what, url, expected) => {
  await rig.connect(alex, general);

  await rig.teams.say(alex, general, `publish ${url}`);
  const refused = await rig.card(general, expected);
  const upload = await rig.teams.press(alex, refused, 'publish.start', {});

  expect(JSON.stringify(refused.card)).toContain('Upload it instead');
  expect(upload.card && cardText(upload.card)).toContain('Choose the package on the upload page');
});

it('stops when a link changes its bytes after the plan', async () => {
  const { plan, press } = await planned();
  files.answer = serveFile(buildApk({}, [{ name: 'assets/other', content: Buffer.from('other') }]), { etag: '"v2"' });

  await rig.teams.press(alex, plan, 'publish.confirm', press);

  await rig.card(general, 'Not published');
  expect(
    rig.cloud.state
      .apps(contoso())
      .filter((app) => app.displayName === 'Sample' && app.publishingState === 'published'),
  ).toEqual([]);
});

describe('a link whose bytes have to be copied', () => {
  const apk = buildApk({}, [{ name: 'assets/data', content: randomBytes(300_000) }]);
  const half = Math.floor(apk.length / 2);
  /** A host without ranges, which sends the second half when `go` is called. */
  const halting = () => {
    const going = Promise.withResolvers<'whole' | 'broken'>();
    files.answer = (request, response) => {
      response.writeHead(200, { 'content-length': String(apk.length) });
      if (request.headers.range !== undefined) return void response.end(apk);
      response.write(apk.subarray(0, half));
      void going.promise.then((how) => (how === 'whole' ? response.end(apk.subarray(half)) : response.destroy()));
    };
    return going.resolve;
  };
  const fetching = async () => {
    await rig.connect(alex, general);
    await rig.teams.say(alex, general, `publish ${link()}`);
    return rig.card(general, 'kB of');
  };

  const shown = async (person: Person, on: FakeMessage, verb: string, data: Record<string, unknown>) => {
    const { card, text } = await rig.teams.press(person, on, verb, data);
    if (card === null) throw new Error(`Answered with ${text}`);
    return card;
  };

  it('shows how much is here, and the draft comes by itself', async () => {
    const go = halting();
    const card = await fetching();
    expect(cardFaults(card.card)).toEqual([]);
    expect(cardText(card.card)).toContain('Fetching the package');
    expect(JSON.stringify(card.card)).not.toContain(token);

    go('whole');

    const draft = await rig.card(general, 'Show the plan');
    expect(draft.id).not.toBe(card.id);
    const ended = await rig.card(general, 'Its draft is on a card of its own');
    expect(ended.id).toBe(card.id);
    expect(ended.card?.actions ?? []).toEqual([]);
  });

  it('is cancelled from its card by whoever asked, and by nobody else', async () => {
    const go = halting();
    const card = await fetching();
    const press = { import: on(card, 'import') };

    const refused = await rig.teams.press(adele, card, 'import.cancel', press);
    expect(refused.text).toMatch(/Only Alex Wilber|needs the \w+ role/);
    expect(cardText(await shown(adele, card, 'import.show', press))).toContain('Fetching the package');
    const cancelled = await shown(alex, card, 'import.cancel', press);

    expect(cardText(cancelled)).toContain('Nothing was published, and nothing of the package is kept');
    expect(cardFaults(cancelled)).toEqual([]);
    go('whole');
    expect(cardText(await shown(alex, card, 'import.cancel', press))).toContain('Nothing was published');
    expect(
      rig.teams
        .messages(general)
        .some((message) => message.card !== null && cardText(message.card).includes('Show the plan')),
    ).toBe(false);
  });

  it('tells whoever asked that it could not be fetched', async () => {
    const go = halting();
    const card = await fetching();
    const press = { import: on(card, 'import') };
    files.answer = (_request, response) => {
      response.statusCode = 403;
      response.end();
    };

    go('broken');

    const failed = await rig.card(general, 'Not fetched', 20_000);
    expect(failed.id).toBe(card.id);
    const news = await rig.text(general, 'could not be fetched from');
    expect(news.mentions).toEqual([alex.teamsId]);
    expect(cardText(await shown(alex, failed, 'import.show', press))).toContain('Not fetched');
  });
});
