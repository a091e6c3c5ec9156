import type { Card } from '../../src/cards/card.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person, Pressed } from '../fakes/connector.ts';
import { grant } from '../fakes/grants.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let adele: Person;
let general: FakePlace;
let fabrikam: string;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
  const other = rig.cloud.tenants.registrations.find(({ homeTenantId }) => homeTenantId !== contoso());
  if (other === undefined) throw new Error('There is one tenant only');
  other.displayName = 'Publisher of the other tenant';
  fabrikam = other.homeTenantId;
  grant(rig.cloud, { tenantId: fabrikam, clientId: other.appId }, ['DeviceManagementApps.ReadWrite.All']);
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.connect(alex, general, 'Fabrikam', 'Publisher of the other tenant');
  await rig.connect(alex, general, 'Contoso');
  await rig.card(general, /^Contoso\n[\s\S]*✓ Connected/);
});

afterEach(() => {
  rig.cloud.faults.clear();
  for (const tenant of [contoso(), fabrikam])
    for (const app of sampleIn(tenant)) rig.cloud.state.intune(tenant).apps.delete(app.id);
});

const contoso = () => rig.registration().tenantId;
const sampleIn = (tenant: string) => rig.cloud.state.apps(tenant).filter((app) => app.displayName === 'Sample');
const storedIn = (tenant: string) =>
  [...rig.cloud.state.intune(tenant).apps.values()].filter(({ properties }) => properties.displayName === 'Sample');
const on = (shown: { card: unknown }, key: string) =>
  JSON.stringify(shown.card).match(new RegExp(`"${key}":"?([0-9a-f-]+)`))?.[1];
const words = (pressed: Pressed) => (pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card));
const idOf = (shown: { card: unknown }, name: string) =>
  JSON.stringify(shown.card).match(new RegExp(`"title":"${name}[^"]*","value":"([0-9a-f-]{36})"`))?.[1];

/** A plan for Contoso, and the plan card it stands on. */
const planned = async (): Promise<FakeMessage> => {
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  await rig.teams.press(alex, draft, 'publish.plan', {
    release: on(draft, 'release'),
    revision: Number(on(draft, 'revision')),
    displayName: 'Sample',
    description: 'A sample',
    publisher: 'Contoso',
    notes: '',
    minimumOs: 'v9_0',
    connectionId: idOf(draft, 'Contoso'),
  });
  return rig.card(general, 'What will happen');
};
const grouped = async (): Promise<{ plan: FakeMessage; group: Pressed }> => {
  const plan = await planned();
  const release = on(plan, 'release');
  const choose = await rig.teams.press(alex, plan, 'places.choose', { release });
  expect(cardFaults(choose.card!)).toEqual([]);
  const group = await rig.teams.press(alex, plan, 'places.add', { release, connections: idOf(choose, 'Fabrikam') });
  return { plan, group };
};

it('publishes one package to several connections, a row each, and says each outcome', async () => {
  const { plan, group } = await grouped();
  expect(cardFaults(group.card!)).toEqual([]);
  expect(words(group)).toContain('2 places are planned and not published yet');

  const started = await rig.teams.press(alex, plan, 'places.start', { group: on(group, 'group') });
  await rig.teams.press(alex, plan, 'places.start', { group: on(group, 'group') });

  expect(words(started)).not.toContain('are planned');
  await rig.text(general, 'is in Fabrikam.');
  await rig.card(general, '✓ Published', 40_000);
  const done = await rig.card(general, /2 places[\s\S]*✓ Published[\s\S]*✓ Published · Published/, 20_000);
  expect(done.id).toBe(plan.id);
  expect(sampleIn(contoso())).toHaveLength(1);
  expect(sampleIn(fabrikam)).toHaveLength(1);
}, 180_000);

it('keeps a failure where it happened, and takes up that place alone', async () => {
  const { plan, group } = await grouped();
  rig.cloud.faults.set('failCommit');

  await rig.teams.press(alex, plan, 'places.start', { group: on(group, 'group') });
  const failed = await rig.card(general, '2 failed', 100_000);
  rig.cloud.faults.clear();
  const first = { group: on(failed, 'group'), connection: on(failed, 'connection') };
  await rig.teams.press(alex, failed, 'places.retry', first);

  const half = await rig.card(general, '1 failed', 100_000);
  expect(cardText(half.card)).toContain('✓ Published');
  expect(sampleIn(contoso()).length + sampleIn(fabrikam).length).toBe(1);
}, 240_000);

it('lets somebody decide where the package is there already', async () => {
  const first = await planned();
  await rig.teams.press(alex, first, 'publish.confirm', {
    release: on(first, 'release'),
    revision: Number(on(first, 'revision')),
    action: 'create',
  });
  await rig.card(general, '✓ Published', 40_000);
  const { group } = await grouped();

  expect(words(group)).toContain('Decide · Somebody has to choose what happens there');
  expect(words(group)).toContain('One place is planned and not published yet');
});

it('says which place could not be planned, and plans it again', async () => {
  const plan = await planned();
  const release = on(plan, 'release');
  const choose = await rig.teams.press(alex, plan, 'places.choose', { release });
  rig.cloud.faults.set('noIntune');

  const group = await rig.teams.press(alex, plan, 'places.add', { release, connections: idOf(choose, 'Fabrikam') });
  expect(words(group)).toContain('No plan · The tenant has no usable Intune');
  rig.cloud.faults.clear();
  const connection = idOf(choose, 'Fabrikam');
  const again = await rig.teams.press(alex, plan, 'places.retry', { group: on(group, 'group'), connection });

  expect(words(again)).toContain('2 places are planned and not published yet');
});

const pressed = async (message: FakeMessage, card: Card, title: string, typed: Record<string, string> = {}) =>
  (await pressButton(rig.teams, alex, message, card, title, typed)).card;
const templateOf = (card: Card) => JSON.stringify(card).match(/"template":"([0-9a-f-]{36})"/)?.[1] ?? '';
const templates = async () => {
  await rig.teams.say(alex, general, 'templates');
  return rig.card(general, 'New app template');
};

it('takes the app template to every place and the assignment template where its groups are, and shows all places again', async () => {
  const message = await templates();
  let card = await pressed(message, message.card, 'New app template');
  card = await pressed(message, card, 'More about the app', { name: 'Field apps', displayName: 'Sample' });
  const appTemplateId = templateOf(await pressed(message, card, 'Save', { owner: 'Field team' }));
  card = await pressed(message, message.card, 'New assignment template');
  card = await pressed(message, card, 'Contoso');
  card = await pressed(message, card, 'Add all users or devices');
  card = await pressed(message, card, 'Add', { everybody: 'allUsers', intent: 'available' });
  const assignmentTemplateId = templateOf(await pressed(message, card, 'Save', { name: 'Everybody' }));
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  card = await pressed(draft, draft.card, 'Fill in', { appTemplateId });
  const connectionId = idOf(draft, 'Contoso')!;
  card = await pressed(draft, card, 'Show the plan', { publisher: 'Contoso', connectionId, assignmentTemplateId });
  expect(cardText(card)).toContain('Who gets it, with Everybody');
  card = await pressed(draft, card, 'More places');
  card = await pressed(draft, card, 'Plan them', { connections: idOf({ card }, 'Fabrikam')! });
  expect(cardFaults(card)).toEqual([]);
  expect(cardText(card)).toContain('A new app, assigned with Everybody');
  expect(cardText(card)).toContain('A new app. The assignment template is left out: its groups are in another tenant');

  await pressed(draft, card, 'Publish to 2 places');

  const done = await rig.card(general, /2 places[\s\S]*✓ Published[\s\S]*✓ Published · Published/, 60_000);
  expect(storedIn(contoso())).toMatchObject([
    { properties: { owner: 'Field team' }, assignments: [{ intent: 'available' }] },
  ]);
  expect(storedIn(fabrikam)).toMatchObject([{ properties: { owner: 'Field team' }, assignments: [] }]);
  const job = await pressed(done, done.card, 'Open');
  expect(cardText(await pressed(done, job, 'All places'))).toContain('2 places');
  await rig.teams.say(alex, general, 'jobs');
  const jobs = await rig.card(general, 'Publish jobs');
  expect(cardText(await pressed(jobs, jobs.card, 'All places'))).toContain('2 places');
}, 120_000);

it('leads to the place’s own card where a template is gone, and forgets that once it is planned there', async () => {
  const message = await templates();
  let card = await pressed(message, message.card, 'New assignment template');
  card = await pressed(message, card, 'Contoso');
  card = await pressed(message, card, 'Add all users or devices');
  card = await pressed(message, card, 'Add', { everybody: 'allUsers', intent: 'available' });
  const assignmentTemplateId = templateOf(await pressed(message, card, 'Save', { name: 'Gone soon' }));
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  const connectionId = idOf(draft, 'Contoso')!;
  card = await pressed(draft, draft.card, 'Show the plan', {
    displayName: 'Sample',
    publisher: 'Contoso',
    connectionId,
    assignmentTemplateId,
  });
  await rig.database.db.execute(`update templates set deleted_at = now() where id = '${assignmentTemplateId}'`);
  card = await pressed(draft, card, 'More places');
  card = await pressed(draft, card, 'Plan them', { connections: idOf({ card }, 'Fabrikam')! });
  expect(cardText(card)).toContain('No plan · No such template');

  card = await pressed(draft, card, 'Decide');
  card = await pressed(draft, card, 'Show the plan');
  card = await pressed(draft, card, 'All places');

  expect(cardText(card)).toContain('2 places are planned and not published yet');
});

it('is for who asked', async () => {
  const { plan, group } = await grouped();
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });

  const refused = await rig.teams.press(adele, plan, 'places.start', { group: on(group, 'group') });

  expect(refused.text).toContain('Only Alex Wilber');
});
