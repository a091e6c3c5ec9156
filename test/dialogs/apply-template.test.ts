import { groupIds } from '../../demo/graph/seed.ts';
import type { Card } from '../../src/cards/card.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;
let message: FakeMessage;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(() => rig.close());

const press = async (card: Card, title: string, typed: Record<string, string> = {}): Promise<Card> => {
  const pressed = await pressButton(rig.teams, alex, message, card, title, typed);
  expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card;
};
const app = () => {
  const intune = rig.cloud.state.intune(rig.registration().tenantId);
  return [...intune.apps.values()].find(({ properties }) => properties.displayName === 'API Demos')!;
};
const assigned = () => new Map(app().assignments.map(({ intent, target }) => [target.groupId, intent]));
const before = structuredClone;

/** A team with a template for Field service, looking at an app that is there. */
const opened = async (): Promise<Card> => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  message = await rig.connect(alex, general, 'Contoso production', 'Quartermaster with groups');
  let card = await press(message.card as Card, 'New assignment template');
  card = await press(card, 'Add groups');
  card = await press(card, 'Search', { words: 'field' });
  card = await press(card, 'Add', { chosen: groupIds.fieldService });
  await press(card, 'Save', { name: 'Field service' });
  await rig.teams.say(alex, general, 'app Contoso production API Demos');
  message = await rig.card(general, 'Who receives it');
  return press(message.card as Card, 'Assign from a template');
};

it('shows the difference, then adds the template’s targets to what others assigned', async () => {
  const card = await press(await opened(), 'Show the difference');
  expect(cardText(card)).toContain('New: Required: Field service');
  expect(cardText(card)).toContain('3 stay as they are');
  const untouched = assigned();
  expect(untouched.size).toBe(3);

  const done = await press(card, 'Assign');

  expect(cardText(done)).toContain('It goes to 4 assignments now');
  expect(assigned()).toEqual(new Map([...untouched, [groupIds.fieldService, 'required']]));
  const again = await press(card, 'Assign');
  expect(cardText(again)).toContain('It goes to 4 assignments now');
});

it('writes nothing where somebody changed the assignments after the difference was shown', async () => {
  app().assignments = app().assignments.filter(({ target }) => target.groupId !== groupIds.fieldService);
  const card = await press(await opened(), 'Show the difference');
  app().assignments = app().assignments.filter(({ target }) => target.groupId !== groupIds.contractors);
  const kept = before(app().assignments);

  const newer = await press(card, 'Assign');

  expect(cardText(newer)).toContain('Somebody changed the assignments meanwhile');
  expect(app().assignments).toEqual(kept);
});

it('takes others away only where that was asked for, and says how many', async () => {
  const card = await press(await opened(), 'Show the difference', { mode: 'replace' });
  expect(cardText(card)).toMatch(/\d assignments of others are taken away/);

  await press(card, 'Assign');

  expect(assigned()).toEqual(new Map([[groupIds.fieldService, 'required']]));
});

it('is not for everybody', async () => {
  await opened();

  const pressed = await rig.teams.press(adele, message, 'template.apply', {
    connection: JSON.stringify(message.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1],
    app: app().id,
  });

  expect(pressed.text).toContain('role');
});
