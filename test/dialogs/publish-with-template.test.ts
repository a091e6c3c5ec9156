import { groupIds } from '../../demo/graph/seed.ts';
import type { Card } from '../../src/cards/card.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let general: FakePlace;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
});

afterEach(() => {
  rig.cloud.faults.clear();
  const intune = rig.cloud.state.intune(contoso());
  for (const app of apps()) intune.apps.delete(app.id);
});

const contoso = () => rig.registration().tenantId;
const intuneApps = () => [...rig.cloud.state.intune(contoso()).apps.values()];
const apps = () => intuneApps().filter(({ properties }) => properties.displayName === 'Sample');
const press = async (message: FakeMessage, card: Card, title: string, typed: Record<string, string> = {}) => {
  const pressed = await pressButton(rig.teams, alex, message, card, title, typed);
  expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card;
};

/** A template for the pilot group, beside the group of the contractors, who are left out. */
const template = async (name = 'Pilot first', filter?: string) => {
  const message = await rig.connect(alex, general, 'Contoso production', 'Quartermaster with groups');
  let card = await press(message, message.card, 'New assignment template');
  card = await press(message, card, 'Add groups');
  card = await press(message, card, 'Search', { words: 'mobile' });
  card = await press(message, card, 'Add', { chosen: groupIds.pilot });
  if (filter !== undefined) {
    card = await press(message, card, 'Change');
    card = await press(message, card, 'Keep', { filter });
  }
  card = await press(message, card, 'Add groups');
  card = await press(message, card, 'Search', { words: 'contr' });
  card = await press(message, card, 'Add', { chosen: groupIds.contractors, part: 'exclude' });
  card = await press(message, card, 'Save', { name });
  return JSON.stringify(card).match(/"template":"([0-9a-f-]{36})"/)?.[1] ?? '';
};

const planned = async (assignmentTemplateId: string, meanwhile: () => Promise<unknown> = async () => undefined) => {
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  await meanwhile();
  const texts = { displayName: 'Sample', description: 'A sample', publisher: 'Contoso' };
  const card = await press(draft, draft.card, 'Show the plan', { ...texts, assignmentTemplateId });
  return { message: draft, card };
};

const sent = () =>
  rig.cloud.state.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/assign'));

it('publishes with a template: the plan shows who gets it, and once it is published they do', async () => {
  const { message, card } = await planned(await template());
  expect(cardText(card)).toContain('Who gets it, with Pilot first');
  expect(cardText(card)).toContain('Required: Mobile pilot');
  expect(cardText(card)).toContain('Required: not Contractors');

  await press(message, card, 'Publish');

  const published = await rig.card(general, '✓ Published');
  expect(cardText(published.card)).toContain('It goes to 2 assignments, with Pilot first');
  expect(apps().map(({ assignments }) => assignments.map(({ intent, target }) => [intent, target.groupId]))).toEqual([
    [
      ['required', groupIds.pilot],
      ['required', groupIds.contractors],
    ],
  ]);
});

it('keeps what others assigned to an app that is there, and shows the difference first', async () => {
  const chosen = await template('For new versions');
  const first = await planned('none');
  await press(first.message, first.card, 'Publish');
  await rig.card(general, '✓ Published');
  const [app] = apps();
  app!.assignments = [
    {
      id: `${groupIds.allStaff}_0_0`,
      intent: 'available',
      target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: groupIds.allStaff },
      settings: null,
    },
    {
      id: `${groupIds.pilot}_0_0`,
      intent: 'available',
      target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: groupIds.pilot },
      settings: null,
    },
  ];

  const { message, card } = await planned(chosen);
  expect(cardText(card)).toContain('Changed: Available: Mobile pilot → Required: Mobile pilot');
  expect(cardText(card)).toContain('New: Required: not Contractors');
  expect(cardText(card)).toContain('One stays as it is');
  await press(message, card, 'Publish', { action: `anyway:${app!.id}` });

  await rig.card(general, 'It goes to 3 assignments, with For new versions');
  expect(new Map(apps()[0]!.assignments.map(({ intent, target }) => [target.groupId, intent]))).toEqual(
    new Map([
      [groupIds.allStaff, 'available'],
      [groupIds.pilot, 'required'],
      [groupIds.contractors, 'required'],
    ]),
  );
});

it('publishes with a warning where Intune does not take the assignments, never fails for it', async () => {
  const intune = rig.cloud.state.intune(contoso());
  const [corporate] = intune.filters;
  const { message, card } = await planned(await template('With a filter', String(corporate!.id)));
  intune.filters.shift();

  await press(message, card, 'Publish');

  const ended = await rig.card(general, 'Published, with warnings');
  intune.filters.unshift(corporate!);
  expect(cardText(ended.card)).toContain('With a filter was not applied');
  expect(apps()).toMatchObject([{ assignments: [] }]);
});

it('sends an assignment with a filter to beta, and the filter arrives', async () => {
  const [corporate] = rig.cloud.state.intune(contoso()).filters;
  const { message, card } = await planned(await template('Filtered', String(corporate!.id)));

  await press(message, card, 'Publish');

  await rig.card(general, 'It goes to 2 assignments, with Filtered');
  expect(apps()[0]?.assignments[0]?.target).toMatchObject({
    deviceAndAppManagementAssignmentFilterId: corporate!.id,
    deviceAndAppManagementAssignmentFilterType: 'include',
  });
  expect(sent().at(-1)?.path).toContain('/beta/');
});

it('refuses a template of another tenant on the form, with what was typed', async () => {
  const id = await template('Elsewhere');

  const { card } = await planned(id, () =>
    rig.database.db.execute(`update templates set tenant_id = 'another' where id = '${id}'`),
  );

  expect(cardText(card)).toContain('ids of another tenant');
  expect(cardText(card)).toContain('A sample');
});

it('notices on the form that a group is gone', async () => {
  const intune = rig.cloud.state.intune(contoso());
  const id = await template('Lost group');
  const pilot = intune.groups.find((group) => group.id === groupIds.pilot)!;
  intune.groups.splice(intune.groups.indexOf(pilot), 1);

  const { card } = await planned(id);
  intune.groups.push(pilot);

  expect(cardText(card)).toContain('Somebody has deleted a group');
  expect(cardText(card)).toContain('Mobile pilot');
});

it('says before a template is deleted that a draft uses it', async () => {
  const id = await template('In use');
  await planned(id);

  await rig.teams.say(alex, general, 'templates');
  const list = await rig.card(general, 'In use');
  const confirm = await press(list, list.card, 'Delete');

  expect(cardText(confirm)).toContain('A draft of Alex Wilber uses it: Sample');
});
