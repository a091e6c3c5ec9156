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
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.connect(alex, general);
});

afterAll(() => rig.close());

it('shows the details to who asks alone, and takes anybody who may look', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  await rig.teams.say(adele, general, 'permissions Contoso production');

  const lens = await rig.card(chat, 'What Contoso production may do');
  expect(cardFaults(lens.card)).toEqual([]);
  expect(cardText(lens.card)).toContain('DeviceManagementManagedDevices.PrivilegedOperations.All');
  expect(JSON.stringify(rig.teams.messages(general).map(({ card }) => card))).not.toContain('PrivilegedOperations');
});

it('offers a personal view in the channel to who has no chat with it', async () => {
  await rig.teams.say(alex, general, 'permissions Contoso production');
  const offer = rig.teams.lastMessage(general);
  const action = (offer.card?.actions ?? [])[0] as unknown as { verb: string; data: Record<string, unknown> };

  const mine = await rig.teams.press(alex, offer, action.verb, action.data);
  const others = await rig.teams.press(adele, offer, action.verb, action.data);

  expect(mine.card && cardText(mine.card)).toContain('What Contoso production may do');
  expect(others.card === null ? '' : cardText(others.card)).not.toContain('PrivilegedOperations');
});

it('names the excess, and does not take the reading permission for excess', async () => {
  const shown = await rig.card(general, '✓ Connected');
  const pressed = await rig.teams.press(alex, shown, 'permissions.show', {
    connection: JSON.stringify(shown.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1],
  });

  const words = pressed.card === null ? '' : cardText(pressed.card);
  expect(words).toContain('It may publish, and may do more than it needs');
  expect(words).toMatch(/wipe/);
});

it('says when there is no such connection', async () => {
  await rig.teams.say(alex, general, 'permissions Nowhere');

  await rig.text(general, 'There is no connection named Nowhere here');
});
