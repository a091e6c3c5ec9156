import { groupIds } from '../../demo/graph/seed.ts';
import type { Card } from '../../src/cards/card.ts';
import { buttonTitles, pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;
/** The message whose card is pressed; who presses sees the newest card in its place. */
let message: FakeMessage;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(() => rig.close());

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
});

const connect = async (registration = 'Quartermaster with groups') => {
  message = await rig.connect(alex, general, 'Contoso production', registration);
  return message.card as Card;
};
const press = async (card: Card, title: string, typed: Record<string, string> = {}, nth = 0): Promise<Card> => {
  const pressed = await pressButton(rig.teams, alex, message, card, title, typed, nth);
  expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card;
};
const editor = async () => press(await connect(), 'New assignment template');
const withGroup = async (card: Card, words: string, ids: string, typed: Record<string, string> = {}) => {
  const form = await press(card, 'Add groups');
  const found = await press(form, 'Search', { words });
  return press(found, 'Add', { chosen: ids, ...typed });
};
const saved = async (name = 'Pilot first') => {
  const card = await withGroup(await editor(), 'mobile pi', groupIds.pilot);
  return press(card, 'Save', { name });
};

it('builds a template by fields: groups searched by name, an exclusion, everybody, saved and listed', async () => {
  let card = await editor();
  expect(cardText(card)).toContain('Groups of Contoso production');

  card = await press(card, 'Add groups', { name: 'Pilot first' });
  card = await press(card, 'Search', { words: 'mob' });
  expect(cardText(card)).toContain('Mobile pilot');
  card = await press(card, 'Add', { chosen: groupIds.pilot });
  expect(cardText(card)).toContain('Required: Mobile pilot');
  card = await withGroup(card, 'contr', groupIds.contractors, { part: 'exclude' });
  card = await press(card, 'Add all users or devices');
  card = await press(card, 'Add', { everybody: 'allUsers', intent: 'available' });
  card = await press(card, 'Save');

  const words = cardText(card);
  expect(words).toContain('Pilot first is saved');
  expect(words).toContain('Required: Mobile pilot');
  expect(words).toContain('Required: not Contractors');
  expect(words).toContain('Available: All users');
  await rig.teams.say(adele, general, 'templates');
  const list = await rig.card(general, '3 targets · Contoso production');
  expect(cardFaults(list.card)).toEqual([]);
});

it('adds several groups at once and tells what happened', async () => {
  const card = await withGroup(await editor(), 'st', `${groupIds.allStaff}`);

  expect(cardText(card)).toContain('One target was added');
});

it('changes a target: intent, filter and the settings of each platform', async () => {
  let card = await withGroup(await editor(), 'mobile', groupIds.pilot);
  card = await press(card, 'Change');
  expect(cardText(card)).toContain('Corporate Android (android)');
  card = await press(card, 'Windows apps', { filter: '22f1c0de-0001-4a00-9a00-000000000001', filterMode: 'exclude' });
  card = await press(card, 'iPhone, iPad and Mac apps', {
    availableDays: '0',
    deadlineDays: '3',
    deadlineTime: '18:00',
    timeZone: 'Europe/Berlin',
    notifications: 'hideAll',
    grace: '60',
  });
  card = await press(card, 'Keep', { uninstallOnRemoval: 'yes' });

  const words = cardText(card);
  expect(words).toContain('not devices of filter Corporate Android');
  expect(words).toContain('deadline 3 days after at 18:00');
  expect(words).toContain('Europe/Berlin');
  expect(words).toContain('no notifications');
  expect(words).toContain('60 min restart grace');
  expect(words).toContain('removed with the device');
});

it.each<[string, Record<string, string>, string]>([
  ['a deadline before it is available', { availableDays: '5', deadlineDays: '2' }, 'before the app becomes available'],
  ['a time that is none', { deadlineDays: '1', deadlineTime: '25:00' }, 'A time such as 09:00'],
  ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'such as Europe/Berlin'],
  ['a grace period beyond two weeks', { grace: '30000' }, '1 to 20,160'],
  ['a countdown longer than the grace', { grace: '10', countdown: '60' }, 'longer than the grace period'],
  ['updating superseded apps of a required app', { superseded: 'yes' }, 'goes with apps that are available'],
])('refuses %s and keeps what was typed', async (_what, typed, expected) => {
  let card = await withGroup(await editor(), 'mobile', groupIds.pilot);
  card = await press(card, 'Change');
  card = await press(card, 'Windows apps');

  card = await press(card, 'Keep', { ...typed, snooze: '7' });

  expect(cardText(card)).toContain(expected);
  expect(JSON.stringify(card)).toContain('"value":"7"');
});

it.each<[string, Record<string, string>, string]>([
  ['the same group twice', {}, 'already in this template'],
  ['a group included and excluded', { part: 'exclude' }, 'cannot be included and excluded at once'],
])('refuses %s with the reason', async (_what, typed, expected) => {
  const card = await withGroup(await editor(), 'mobile', groupIds.pilot);

  const again = await withGroup(card, 'mobile', groupIds.pilot, typed);

  expect(cardText(again)).toContain(expected);
  expect(buttonTitles(again)).toContain('Search');
});

it('refuses all devices as available: that takes users', async () => {
  const form = await press(await editor(), 'Add all users or devices');

  const card = await press(form, 'Add', { everybody: 'allDevices', intent: 'available' });

  expect(cardText(card)).toContain('Apps are made available to users');
});

it('does not save a template without a name or with exclusions alone', async () => {
  const card = await withGroup(await editor(), 'contr', groupIds.contractors, { part: 'exclude' });

  const refused = cardText(await press(card, 'Save', { name: ' ' }));

  expect(refused).toContain('Give the template a name');
  expect(refused).toContain('Only exclusions');
});

it('says which permission is missing where groups cannot be read, and takes an id instead', async () => {
  let card = await press(await connect('Quartermaster publisher'), 'New assignment template');
  card = await press(card, 'Add groups');
  card = await press(card, 'Search', { words: 'mobile' });
  expect(cardText(card)).toContain('GroupMember.Read.All');

  const refused = await press(card, 'Add', { groupId: 'mobile pilot' });
  expect(cardText(refused)).toContain('is a GUID');
  card = await press(refused, 'Add', { groupId: groupIds.pilot.toUpperCase(), groupName: 'Our pilot' });

  expect(cardText(card)).toContain('Required: Our pilot');
});

it('takes no group that the directory does not know', async () => {
  const form = await press(await editor(), 'Add groups');
  const found = await press(form, 'Search', { words: 'mobile' });

  const card = await press(found, 'Add', { chosen: '99999999-9999-4999-8999-999999999999' });

  expect(cardText(card)).toContain('There is no such group');
});

it('notices a group that was deleted', async () => {
  const intune = rig.cloud.state.intune(rig.registration().tenantId);
  const temporary = { ...intune.groups[0]!, id: '11f1c0de-0009-4a00-9a00-000000000009', displayName: 'Temporary' };
  intune.groups.push(temporary);
  const card = await press(await withGroup(await editor(), 'temp', temporary.id), 'Save', { name: 'Short-lived' });
  intune.groups.splice(intune.groups.indexOf(temporary), 1);

  const edited = await press(card, 'Edit');

  expect(cardText(edited)).toContain('not in the directory any more');
});

it('edits in a draft: what was saved stays until it is saved again', async () => {
  const card = await press(await saved('Pilot first'), 'Edit');
  const changed = await press(card, 'Add all users or devices', { name: 'Pilot and all' });
  const added = await press(changed, 'Add', { everybody: 'allUsers' });

  const kept = await press(added, 'Discard');

  expect(cardText(kept)).toContain('Nothing was changed');
  expect(cardText(kept)).toContain('Pilot first');
  expect(cardText(kept)).not.toContain('All users');
});

it('copies under a name that is free', async () => {
  const copy = await press(await saved('Rings'), 'Copy');

  const again = await press(copy, 'Save');

  expect(cardText(again)).toContain('Rings (copy) is saved');
});

it('does not save two templates under one name', async () => {
  await saved('Twins');
  await rig.teams.say(alex, general, 'templates');
  message = await rig.card(general, 'New assignment template');
  const card = await withGroup(await press(message.card as Card, 'New assignment template'), 'mobile', groupIds.pilot);

  const refused = await press(card, 'Save', { name: 'twins' });

  expect(cardText(refused)).toContain('already has this name');
});

it('answers an old card with the newest state instead of overwriting it', async () => {
  const card = await editor();
  const newer = await withGroup(card, 'mobile', groupIds.pilot);
  expect(cardText(newer)).toContain('Mobile pilot');

  const late = await press(card, 'Save', { name: 'From an old card' });

  expect(cardText(late)).toContain('Somebody changed this template meanwhile');
  expect(cardText(late)).toContain('Mobile pilot');
});

it('begins one draft when the button is pressed twice', async () => {
  const status = await connect();
  await press(status, 'New assignment template');
  await press(status, 'New assignment template');

  await rig.teams.say(alex, general, 'templates');

  const list = await rig.card(general, 'Not saved yet');
  expect(buttonTitles(list.card).filter((title) => title === 'Go on')).toHaveLength(1);
});

it('deletes after saying what uses it', async () => {
  const card = await saved('Short');
  const confirm = await press(card, 'Delete');
  expect(cardText(confirm)).toContain('Nothing uses it');

  const list = await press(confirm, 'Delete');

  expect(cardText(list)).toContain('Short is deleted');
  expect(cardText(list)).toContain('No templates yet');
});

it('lets a viewer look, not change', async () => {
  const card = await saved('For all to see');

  const pressed = await rig.teams.press(adele, message, 'assignment.edit', templateOf(card));

  expect(pressed.text).toContain('this needs the publisher role');
});

it('knows no template of another team', async () => {
  const card = await saved('Ours');
  const { general: elsewhere } = rig.teams.team('Other', [alex]);
  await rig.teams.install(elsewhere, alex);
  await rig.teams.say(alex, elsewhere, 'templates');
  const theirs = await rig.card(elsewhere, 'No templates yet');

  const pressed = await rig.teams.press(alex, theirs, 'assignment.show', templateOf(card));

  expect(pressed.text).toContain('not known here');
});

const templateOf = (card: Card) => ({
  template: JSON.stringify(card).match(/"template":"([0-9a-f-]{36})"/)?.[1] ?? '',
});
