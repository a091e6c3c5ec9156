import { desc } from 'drizzle-orm';
import { listings } from '../../src/store/schema.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { grant } from '../fakes/grants.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  grant(rig.cloud, rig.registration(), ['GroupMember.Read.All']);
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(() => rig.close());

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
});

afterEach(() => rig.cloud.faults.clear());

const intune = () => rig.cloud.state.intune(rig.registration().tenantId);
const appNamed = (name: string) => {
  const found = [...intune().apps.values()].find((app) => app.properties.displayName === name);
  if (found === undefined) throw new Error(`No app ${name}`);
  return found;
};
const on = (message: { card: unknown }, key: string) =>
  JSON.stringify(message.card).match(new RegExp(`"${key}":"([0-9a-f-]{36})"`))?.[1];
const opens = (message: { card: unknown }, app: string) => ({ connection: on(message, 'connection'), app });

describe('apps', () => {
  it('lists what is in Intune by name, with its kind and whether anybody receives it', async () => {
    await rig.connect(alex, general);

    await rig.teams.say(adele, general, 'apps Contoso production');

    const list = await rig.card(general, 'Apps in Contoso production');
    const words = cardText(list.card);
    expect(words.indexOf('API Demos')).toBeLessThan(words.indexOf('Expenses'));
    expect(words).toContain('Android app (APK) · Contoso · Assigned');
    expect(words).toContain('iOS app (IPA) · Contoso · Nobody receives it');
    expect(cardFaults(list.card)).toEqual([]);
  });

  it('needs no name where there is one connection, and finds by a part of the name and by kind', async () => {
    await rig.connect(alex, general);

    await rig.teams.say(adele, general, 'apps serv android');

    const list = await rig.card(general, 'name holds “serv” · Android');
    expect(cardText(list.card)).toContain('Field Service');
    expect(cardText(list.card)).not.toContain('API Demos');
  });

  it('finds by the fields of the card, and says when nothing fits', async () => {
    await rig.connect(alex, general);
    await rig.teams.say(alex, general, 'apps');
    const list = await rig.card(general, 'Apps in Contoso production');

    const pressed = await rig.teams.press(alex, list, 'apps.find', {
      connection: on(list, 'connection'),
      words: "O'Neill",
      kind: 'web',
    });

    expect(pressed.card && cardText(pressed.card)).toContain('No app fits');
  });

  it('leafs through long lists for the presser alone, without asking Intune for more than a page', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `Row ${String(index + 10)}`);
    const { properties, type } = appNamed('Intranet');
    for (const displayName of names)
      intune().apps.set(`row-${displayName}`, {
        ...appNamed('Intranet'),
        id: `row-${displayName}`,
        type,
        properties: { ...properties, displayName },
      });
    await rig.connect(alex, general);
    await rig.teams.say(alex, general, 'apps Contoso production Row');
    const first = await rig.card(general, 'Page 1, more follow');
    const listing = on(first, 'listing');
    const before = rig.cloud.state.requests('graph').length;

    const second = await rig.teams.press(alex, first, 'apps.page', { listing, page: 1 });
    const third = await rig.teams.press(alex, first, 'apps.page', { listing, page: 2 });
    const back = await rig.teams.press(alex, first, 'apps.page', { listing, page: 1 });

    expect(rig.cloud.state.requests('graph').length - before).toBe(3);
    expect(second.card && cardText(second.card)).toContain('Row 18');
    expect(third.card && cardText(third.card)).toContain('Page 3, the last one');
    expect(back.card).toEqual(second.card);
    for (const name of names) intune().apps.delete(`row-${name}`);
  });

  it('asks which connection where there are several', async () => {
    await rig.connect(alex, general, 'First');
    await rig.connect(alex, general, 'First two');

    await rig.teams.say(alex, general, 'apps');
    const asked = await rig.card(general, 'Which connection?');
    await rig.teams.say(alex, general, 'apps first two expenses');

    expect(asked.card.actions?.map(({ title }) => title)).toEqual(['First', 'First two']);
    const list = await rig.card(general, 'Apps in First two');
    expect(cardText(list.card)).toContain('name holds “expenses”');
  });

  it('leads to connecting where there is no connection', async () => {
    await rig.teams.say(alex, general, 'apps');

    await rig.card(general, 'Connect to Intune first');
  });

  it('does not know a list or a connection of another team', async () => {
    await rig.connect(alex, general);
    await rig.teams.say(alex, general, 'apps');
    const list = await rig.card(general, 'Apps in Contoso production');
    const [listing] = await rig.database.db.select().from(listings).orderBy(desc(listings.createdAt)).limit(1);
    const elsewhere = rig.teams.team('Elsewhere', [alex]).general;
    await rig.teams.install(elsewhere, alex);
    const other = await rig.card(elsewhere, 'Connect to Intune');

    const page = await rig.teams.press(alex, other, 'apps.page', { listing: listing?.id, page: 0 });
    const app = await rig.teams.press(alex, other, 'app.show', opens(list, appNamed('API Demos').id));

    expect(page.text ?? '').toContain('too old to leaf through');
    expect(app.text ?? '').toContain('not known here');
  });

  it('goes on where Intune is overloaded for a moment', async () => {
    await rig.connect(alex, general);
    rig.cloud.faults.set('graph503', 1);

    await rig.teams.say(alex, general, 'apps');

    await rig.card(general, 'API Demos', 15_000);
  });
});

describe('app', () => {
  const shown = async (said: string): Promise<FakeMessage> => {
    await rig.connect(alex, general);
    await rig.teams.say(adele, general, said);
    return rig.card(general, 'Who receives it');
  };

  it('shows version, state, size, who receives it by name, categories and the way to the admin center', async () => {
    const message = await shown('app api demos');

    const words = cardText(message.card!);
    expect(words).toContain('4.1 (24)');
    expect(words).toContain('io.appium.android.apis');
    expect(words).toContain('5.8 MB');
    expect(words).toContain('Developer tools');
    expect(words).toContain('✓ Mobile pilot: required');
    expect(words).toContain('✗ Contractors: left out where it is available');
    expect(words).toContain('✓ Published');
    expect(JSON.stringify(message.card)).toContain(`appId/${appNamed('API Demos').id}`);
    expect(cardFaults(message.card!)).toEqual([]);
  });

  it('finds an app by its id, and shows both ends of a relation', async () => {
    const demos = appNamed('API Demos');
    const field = appNamed('Field Service');
    field.relationships = [
      {
        '@odata.type': '#microsoft.graph.mobileAppSupersedence',
        id: `${field.id}_${demos.id}`,
        targetId: demos.id,
        supersedenceType: 'replace',
      },
    ];

    const message = await shown(`app ${demos.id}`);
    const other = await rig.teams.press(alex, message, 'app.show', opens(message, field.id));

    expect(cardText(message.card!)).toContain('Is superseded by Field Service');
    expect(other.card && cardText(other.card)).toContain('Supersedes API Demos, which is uninstalled first');
    field.relationships = [];
  });

  it('says that a group is gone', async () => {
    const demos = appNamed('Expenses');
    demos.assignments = [
      {
        id: 'gone',
        intent: 'required',
        target: {
          '@odata.type': '#microsoft.graph.groupAssignmentTarget',
          groupId: '99999999-0000-4000-8000-000000000000',
        },
        settings: null,
      },
    ];

    const message = await shown('app Expenses');

    expect(cardText(message.card!)).toContain('A group that is gone (99999999-0000-4000-8000-000000000000)');
    demos.assignments = [];
  });

  it('asks back where a name is not enough', async () => {
    await rig.connect(alex, general);

    await rig.teams.say(alex, general, 'app e');

    const asked = await rig.card(general, 'Which app?');
    expect(cardText(asked.card)).toContain('Expenses');
    expect(cardText(asked.card)).toContain('Intranet');
    const opened = await rig.teams.press(alex, asked, 'app.show', opens(asked, appNamed('Intranet').id));
    expect(opened.card && cardText(opened.card)).toContain('https://intranet.contoso.example/');
  });

  it('says when there is no such app', async () => {
    await rig.connect(alex, general);

    await rig.teams.say(alex, general, 'app Nowhere');

    await rig.text(general, 'I found no app named Nowhere');
  });

  it('says when the app went away meanwhile', async () => {
    const message = await shown('app Field Service');
    const field = appNamed('Field Service');
    intune().apps.delete(field.id);

    const pressed = await rig.teams.press(alex, message, 'app.show', opens(message, field.id));

    expect(pressed.text ?? '').toContain('is not in Contoso production any more');
    intune().apps.set(field.id, field);
  });
});
