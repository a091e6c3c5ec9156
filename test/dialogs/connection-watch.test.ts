import { eq } from 'drizzle-orm';
import { type AppRegistration, appIds, tenantIds } from '../../demo/tenants.ts';
import { connections } from '../../src/store/schema.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

const day = 86_400_000;
let rig: ProductRig;
let alex: Person;
let general: FakePlace;
let id: string;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
});
beforeEach(async () => {
  // One team's connections at a time: the look goes over all of them.
  await rig.database.db.update(connections).set({ deletedAt: new Date() });
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
  const shown = await rig.connect(alex, general, 'Contoso production');
  id = JSON.stringify(shown.card).match(/"connection":"([0-9a-f-]{36})"/)![1]!;
});
afterAll(() => rig.close());

const publisher = (): AppRegistration =>
  rig.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;
const look = () => rig.service.parts.watch.look();
const cardsWith = (words: string) =>
  rig.teams.messages(general).filter(({ card }) => card !== null && cardText(card).includes(words));
const endsIn = (days: number) =>
  rig.database.db
    .update(connections)
    .set({ credentialExpiresAt: new Date(Date.now() + days * day - 60_000), credentialExpirySource: 'typed' })
    .where(eq(connections.id, id));
/** Nothing more is on its way. */
const settled = async () => {
  await waitFor(async () => {
    const rows = await rig.database.db.query.outbox.findMany();
    return rows.every(({ state }) => state !== 'waiting');
  });
};

describe('the hourly look', () => {
  it('tells once that a connection stopped working, with the way to mend it, and once that it works again', async () => {
    const [secret] = publisher().secrets;
    const good = secret!.endsAt;
    const before = rig.teams.messages(general).length;
    secret!.endsAt = Date.now() - 1000;

    await look();
    await look();

    const told = await rig.card(general, 'stopped working');
    const words = cardText(told.card);
    expect(words).toMatch(
      /The secret has expired[\s\S]*Since[\s\S]*can fix this[\s\S]*Support: it-help@contoso.example/,
    );
    expect(words).toContain('Alex Wilber');
    expect(words).toContain('Enter a new credential');
    expect(cardFaults(told.card)).toEqual([]);
    secret!.endsAt = good;
    await look();
    await rig.card(general, 'works again');
    await look();
    await settled();
    expect(rig.teams.messages(general)).toHaveLength(before + 2);
  });

  it('says nothing while nothing changes', async () => {
    const before = rig.teams.messages(general).length;

    await look();
    await look();
    await settled();

    expect(rig.teams.messages(general)).toHaveLength(before);
  });

  it('leaves alone what is switched off', async () => {
    const { messages } = { messages: rig.teams.messages(general) };
    await rig.teams.press(alex, messages.at(-1)!, 'connection.disable', { connection: id });
    const requests = rig.cloud.state.requests('login').length;

    await look();

    expect(rig.cloud.state.requests('login')).toHaveLength(requests);
  });
});

describe('the end of a credential', () => {
  it.each([30, 14, 7, 1])('is told %i days before, once', async (days) => {
    await endsIn(days);

    await look();
    await look();
    await settled();

    expect(cardsWith('needs a new credential soon')).toHaveLength(1);
    expect(cardFaults(cardsWith('needs a new credential soon')[0]!.card!)).toEqual([]);
  });

  it('is told again as it comes nearer, and not all at once after a pause', async () => {
    await endsIn(20);
    await look();
    await endsIn(5);
    await look();
    await settled();

    expect(cardsWith('needs a new credential soon')).toHaveLength(2);
  });

  it.each([
    ['is far away', 31],
    ['is over, which the error says', -1],
  ])('is not told when it %s', async (_what, days) => {
    await endsIn(days);

    await look();
    await settled();

    expect(cardsWith('needs a new credential soon')).toHaveLength(0);
  });

  it('is learnt from Entra where the app may read its registration', async () => {
    const principal = rig.cloud.tenants.tenants
      .find((tenant) => tenant.id === tenantIds.contoso)!
      .servicePrincipals.find(({ appId }) => appId === appIds.contosoPublisher)!;
    principal.grants.push({ role: 'Application.Read.All', assignmentId: 'a', createdAt: 0 });

    await look();

    const expected = publisher().secrets[0]!.endsAt;
    const learnt = await waitFor(async () => {
      const found = await rig.service.parts.connections.get(id);
      return found?.credentialExpirySource === 'graph' ? found : null;
    });
    expect(learnt.credentialExpiresAt?.getTime()).toBe(expected);
    principal.grants.pop();
  });
});
