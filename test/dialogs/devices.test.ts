import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { grant } from '../fakes/grants.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let general: FakePlace;
let chat: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
});

afterAll(() => rig.close());

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
});

const connected = async () => {
  grant(rig.cloud, rig.registration(), ['DeviceManagementManagedDevices.Read.All']);
  return rig.connect(alex, general);
};

it('names the permission that is missing, and where it is added', async () => {
  await rig.connect(alex, general);

  await rig.teams.say(alex, general, 'devices');

  const refused = await rig.card(chat, 'This connection may not see devices');
  expect(cardText(refused.card)).toContain('DeviceManagementManagedDevices.Read.All');
  expect(cardFaults(refused.card)).toEqual([]);
});

it('lists devices to who asked alone, with system, person, compliance and when they were seen', async () => {
  await connected();

  await rig.teams.say(alex, general, 'devices Contoso production');

  const list = await rig.card(chat, 'Devices in Contoso production');
  const words = cardText(list.card);
  expect(words).toContain('Alex’s Pixel');
  expect(words).toContain('Android 13 · Galaxy XCover · diego.siciliani@contoso.example');
  expect(words).toContain('✗ Not compliant · last seen');
  expect(cardFaults(list.card)).toEqual([]);
  expect(JSON.stringify(rig.teams.messages(general).map(({ card }) => card))).not.toContain('diego.siciliani');
});

it('finds a device by a part of its name', async () => {
  await connected();

  await rig.teams.say(alex, general, 'devices Contoso production 0042');

  const list = await rig.card(chat, 'name holds “0042”');
  expect(cardText(list.card)).toContain('FIELD-0042');
  expect(cardText(list.card)).not.toContain('Surface');
});
