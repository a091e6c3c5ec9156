import { linkApps } from '../../src/store/schema.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person, Pressed } from '../fakes/connector.ts';
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

const intune = () => rig.cloud.state.intune(rig.registration().tenantId);
const made = () => [...intune().apps.values()].filter(({ properties }) => properties.displayName === 'Sample link');

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.connect(alex, general);
});

afterEach(() => {
  rig.cloud.faults.clear();
  for (const { id } of made()) intune().apps.delete(id);
});

const on = (shown: { card: unknown }, key: string) =>
  JSON.stringify(shown.card).match(new RegExp(`"${key}":"?([^",}]+)`))?.[1];
const words = (pressed: Pressed) => (pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card));
const link = (shown: { card: unknown }) => ({ link: on(shown, 'link'), revision: Number(on(shown, 'revision')) });

const drafted = async (said: string): Promise<FakeMessage> => {
  await rig.teams.say(alex, general, `publish ${said}`);
  return rig.card(general, 'Show the plan');
};
const values = async (draft: FakeMessage, own: Record<string, string>) => ({
  ...link(draft),
  displayName: 'Sample link',
  description: 'A sample',
  publisher: 'Contoso',
  notes: '',
  connectionId: JSON.stringify(draft.card).match(
    /"choices":\[\{"title":"Contoso production","value":"([0-9a-f-]{36})"/,
  )?.[1],
  ...own,
});
const planned = async (said: string, own: Record<string, string>) => {
  const draft = await drafted(said);
  expect(cardFaults(draft.card!)).toEqual([]);
  const plan = await rig.teams.press(alex, draft, 'link.plan', await values(draft, own));
  return { draft, plan };
};

const kinds: [string, string, Record<string, string>, Record<string, unknown>][] = [
  [
    'winGetApp',
    'https://apps.microsoft.com/detail/9NZVDKPMR9RD',
    { runAsAccount: 'system' },
    { packageIdentifier: '9NZVDKPMR9RD', installExperience: expect.objectContaining({ runAsAccount: 'system' }) },
  ],
  [
    'iosStoreApp',
    'https://apps.apple.com/us/app/teams/id1113153706',
    { bundleId: 'com.microsoft.skype.teams', devices: 'iPad', minimumOs: 'v14_0' },
    {
      bundleId: 'com.microsoft.skype.teams',
      appStoreUrl: 'https://apps.apple.com/us/app/teams/id1113153706',
      applicableDeviceType: expect.objectContaining({ iPad: true, iPhoneAndIPod: false }),
      minimumSupportedOperatingSystem: expect.objectContaining({ v14_0: true }),
    },
  ],
  [
    'androidStoreApp',
    'https://play.google.com/store/apps/details?id=com.microsoft.teams',
    { minimumOs: 'v8_0' },
    { appStoreUrl: 'https://play.google.com/store/apps/details?id=com.microsoft.teams' },
  ],
  [
    'webApp',
    'web https://portal.contoso.example/',
    { type: 'webApp', useManagedBrowser: 'true' },
    { appUrl: 'https://portal.contoso.example/', useManagedBrowser: true },
  ],
  [
    'iosiPadOSWebClip',
    'web https://clip.contoso.example/',
    { type: 'iosiPadOSWebClip' },
    { appUrl: 'https://clip.contoso.example/' },
  ],
  [
    'windowsWebApp',
    'web https://win.contoso.example/',
    { type: 'windowsWebApp' },
    { appUrl: 'https://win.contoso.example/' },
  ],
  [
    'macOSWebClip',
    'web https://mac.contoso.example/',
    { type: 'macOSWebClip', fullScreen: 'true' },
    { appUrl: 'https://mac.contoso.example/', fullScreenEnabled: true },
  ],
];

it.each(kinds)('creates a %s from a link: form, plan, app', async (type, said, own, expected) => {
  const { draft, plan } = await planned(said, own);
  expect(cardFaults(plan.card!)).toEqual([]);
  expect(words(plan)).toContain('Nobody receives it before it is assigned');
  expect(made()).toEqual([]);

  const created = await rig.teams.press(alex, draft, 'link.create', link(plan));

  expect(words(created)).toContain('Created in Contoso production');
  expect(made()).toMatchObject([{ type, properties: { ...expected, displayName: 'Sample link' } }]);
});

it('creates one app however often it is pressed', async () => {
  const { draft, plan } = await planned('web https://once.contoso.example/', { type: 'webApp' });

  await Promise.all([1, 2, 3].map(() => rig.teams.press(alex, draft, 'link.create', link(plan))));
  const later = await rig.teams.press(alex, draft, 'link.create', link(plan));

  expect(made()).toHaveLength(1);
  expect(words(later)).toContain('Who receives it');
});

it('finds the app again when the answer to its creation was lost', async () => {
  const { draft, plan } = await planned('web https://lost.contoso.example/', { type: 'webApp' });
  rig.cloud.faults.set('dropCreateAnswer', 1);

  const created = await rig.teams.press(alex, draft, 'link.create', link(plan));

  expect(words(created)).toContain('Created in Contoso production');
  expect(made()).toHaveLength(1);
});

it('goes on with a creation that a restart interrupted', async () => {
  const { draft, plan } = await planned('web https://restart.contoso.example/', { type: 'webApp' });
  await rig.teams.press(alex, draft, 'link.create', link(plan));
  const hourAgo = new Date(Date.now() - 3_600_000);
  await rig.database.db.update(linkApps).set({ state: 'creating', appId: null, creatingSince: hourAgo });

  const again = await rig.teams.press(alex, draft, 'link.create', link(plan));

  expect(words(again)).toContain('Created in Contoso production');
  expect(made()).toHaveLength(1);
});

it('says when the same link is there already', async () => {
  const { plan } = await planned('web https://intranet.contoso.example/', { type: 'webApp' });

  expect(words(plan)).toContain('The same link is there already');
  expect(words(plan)).toContain('Intranet');
  expect(words(plan)).toContain('Create another');
});

it('keeps what was typed when a field is wrong', async () => {
  const draft = await drafted('https://apps.apple.com/app/id1113153706');

  const refused = await rig.teams.press(
    alex,
    draft,
    'link.plan',
    await values(draft, { bundleId: 'no id', devices: 'both', minimumOs: 'v13_0', notes: 'My notes' }),
  );

  expect(words(refused)).toContain('One field needs a change');
  expect(words(refused)).toContain('A bundle id looks like com.contoso.expenses');
  expect(words(refused)).toContain('My notes');
});

it('lets only who asked confirm, and nothing be created from an old card', async () => {
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });
  const { draft, plan } = await planned('web https://mine.contoso.example/', { type: 'webApp' });

  const other = await rig.teams.press(adele, draft, 'link.create', link(plan));
  await rig.teams.press(alex, draft, 'link.discard', link(plan));
  const late = await rig.teams.press(alex, draft, 'link.create', link(plan));

  expect(other.text).toContain('Only Alex Wilber');
  expect(words(late)).toContain('Nothing was sent to Intune');
  expect(made()).toEqual([]);
});

it('explains a link that names no app', async () => {
  await rig.teams.say(alex, general, 'publish https://apps.microsoft.com/home');

  await rig.text(general, 'names no app');
});

it('assigns only after Intune has published the app', async () => {
  const before = rig.cloud.delays.publishing;
  rig.cloud.delays.publishing = 60_000;
  const { draft, plan } = await planned('web https://slow.contoso.example/', { type: 'webApp' });
  const created = await rig.teams.press(alex, draft, 'link.create', link(plan));
  const target = { connection: on(created, 'connection'), app: made()[0]?.id };
  const assign = await rig.teams.press(alex, draft, 'app.assign.plan', {
    ...target,
    who: 'allUsers',
    intent: 'available',
  });

  const early = await rig.teams.press(alex, draft, 'app.assign.confirm', { draft: on(assign, 'draft') });
  rig.cloud.advance(60_000);
  const later = await rig.teams.press(alex, draft, 'app.assign.confirm', { draft: on(assign, 'draft') });

  expect(words(early)).toContain('The app is not ready yet');
  expect(words(later)).toContain('All users, available');
  rig.cloud.delays.publishing = before;
});
