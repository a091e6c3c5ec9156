import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;

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

const lastCard = () => {
  const { card } = rig.teams.lastMessage(general);
  return card === null ? '' : cardText(card);
};

it('welcomes the team once, with one mention: the installer', async () => {
  const [welcome, ...more] = rig.teams.messages(general);

  expect(more).toEqual([]);
  expect(JSON.stringify(welcome?.card)).toContain(`"mentioned":{"id":"${alex.teamsId}"`);
});

it('lets the installer name a publisher by one command', async () => {
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });

  expect(lastCard()).toContain('Adele Vance is now publisher here.');
  await rig.teams.say(adele, general, 'publish');
  await rig.card(general, 'Connect to Intune first');
});

it('lets nobody else name people', async () => {
  await rig.teams.say(adele, general, 'roles admin', { people: [adele] });

  await rig.text(
    general,
    'this needs the admin role, or an own role with “Name people, share connections, read the audit”. Admins: Alex Wilber',
  );
  await rig.teams.say(alex, general, 'roles');
  expect(lastCard()).not.toContain('Adele Vance');
});

it('asks Teams who somebody is before roles change: a guest stays a guest, even as admin', async () => {
  const guest = rig.teams.person('Gil Guest');
  const { general: place } = rig.teams.team('With guests', [alex, adele, guest]);
  await rig.teams.install(place, alex);
  await rig.teams.say(alex, place, 'roles admin', { people: [guest] });
  await rig.card(place, 'Gil Guest is now admin here.');
  await rig.teams.becomeGuest(place, guest);

  await rig.teams.say(guest, place, 'roles admin', { people: [adele] });

  await rig.text(place, 'guests and people of other organisations may look here');
  const roles = rig.teams
    .messages(place)
    .filter(({ card }) => card !== null)
    .map(({ card }) => cardText(card as never));
  expect(roles.join()).not.toContain('Adele Vance');
});

it('names no guests, and nobody who is not a member', async () => {
  const guest = rig.teams.person('Gil Guest', { userRole: 'guest' });
  general.members.push(guest);

  await rig.teams.say(alex, general, 'roles admin', { people: [guest] });
  const { card } = await rig.card(general, 'Gil Guest is a guest or of another organisation and can only look');
  await rig.teams.say(alex, general, 'roles admin', { people: [rig.teams.person('Sam Stranger')] });

  await rig.text(general, 'I could not find Sam Stranger in this conversation.');
  expect(cardText(card).match(/^admin$/gm)).toHaveLength(1);
});

it('asks for a mention', async () => {
  await rig.teams.say(alex, general, 'roles publisher');

  await rig.text(general, 'Mention the person');
});

it('keeps the last admin', async () => {
  await rig.teams.say(alex, general, 'roles remove', { people: [alex] });

  expect(lastCard()).toContain('is the last admin here');
});

it('takes a role back by card, for admins only', async () => {
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });
  const message = rig.teams.lastMessage(general);

  const refused = await rig.teams.press(adele, message, 'access.revoke', { kind: 'person', holder: adele.objectId });
  const taken = await rig.teams.press(alex, message, 'access.revoke', { kind: 'person', holder: adele.objectId });

  expect(refused.text).toContain('this needs the admin role');
  expect(taken.card && cardText(taken.card)).toContain('Adele Vance has no role here any more.');
});

it('tells people who they are to it, in their own view', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  await rig.teams.say(adele, general, 'whoami');

  const told = await rig.card(chat, 'Object ID');
  expect(cardText(told.card)).toContain('✗ no');
  expect(cardFaults(told.card)).toEqual([]);
});

it('stays silent in a shared channel until an admin allows it', async () => {
  const { team, general: standard } = rig.teams.team('Shared', [alex, adele]);
  const shared = rig.teams.channel(team, 'With partners', 'shared');
  await rig.teams.install(standard, alex);
  await rig.teams.say(alex, shared, 'connections');
  await rig.text(shared, 'I do not answer in shared channels');

  await rig.teams.say(alex, standard, 'roles');
  const roles = await rig.card(standard, 'Allow shared channels');
  await rig.teams.press(alex, roles, 'access.sharedChannels', { allow: true });
  await rig.teams.say(alex, shared, 'connections');

  await rig.card(shared, 'No connections yet');
});

it('lets people of another organisation look, no more', async () => {
  const partner = rig.teams.person('Pat Partner', { tenantId: '77777777-7777-4777-8777-777777777777' });
  const { team, general: standard } = rig.teams.team('Partners', [alex]);
  const shared = rig.teams.channel(team, 'With partners', 'shared');
  shared.members.push(partner);
  await rig.teams.install(standard, alex);
  await rig.teams.say(alex, standard, 'roles');
  await rig.teams.press(alex, await rig.card(standard, 'Allow shared channels'), 'access.sharedChannels', {
    allow: true,
  });

  await rig.teams.say(partner, shared, 'connect');

  await rig.text(shared, 'people of other organisations may look here, no more');
});
