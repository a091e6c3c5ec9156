import { appIds, tenantIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let diego: Person;
let chat: FakePlace;
let general: FakePlace;
let connectionCard: FakeMessage & { card: Card };
let connection: string;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
  diego = rig.teams.person('Diego Siciliani');
  ({ general } = rig.teams.team('Mobile', [alex, adele, diego]));
  await rig.teams.install(general, alex);
  chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
  connectionCard = await rig.connect(alex, general);
  connection = JSON.stringify(connectionCard.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1] ?? '';
});

const registration = () => rig.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;
const principal = () =>
  rig.cloud.tenants.tenants
    .find(({ id }) => id === tenantIds.contoso)!
    .servicePrincipals.find(({ appId }) => appId === appIds.contosoPublisher)!;
type Role = ReturnType<typeof principal>['grants'][number]['role'];
const grant = (...roles: Role[]) => {
  principal().grants = roles.map((role) => ({ role, assignmentId: role, createdAt: 0 }));
};

beforeEach(() => {
  grant('DeviceManagementApps.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All');
  registration().requestedRoles = ['DeviceManagementApps.ReadWrite.All'];
  principal().scopeGrants = [];
  principal().intuneApiRoles = [];
});
afterEach(() => rig.cloud.faults.clear());
afterAll(() => rig.close());

/** What the presser sees, at once or, from a busy machine, a moment later in the personal chat. */
const press = async (verb: string, data: Record<string, unknown> = {}): Promise<Card> => {
  const before = rig.teams.messages(chat).length;
  const pressed = await rig.teams.press(alex, connectionCard, verb, { connection, ...data });
  if (pressed.card === null) throw new Error(`No card, but: ${JSON.stringify(pressed)}`);
  const isLate = cardText(pressed.card).includes('Still working on it');
  const later = () => rig.teams.messages(chat).slice(before).at(-1)?.card;
  const shown = isLate ? ((await waitFor(later, 20_000)) as Card) : pressed.card;
  expect(cardFaults(shown)).toEqual([]);
  return shown;
};
const words = async (verb: string, data?: Record<string, unknown>) => cardText(await press(verb, data));

describe('what a connection may do', () => {
  it('is shown to who asks alone, and to anybody who may look', async () => {
    const hers = rig.teams.personalChat(adele);
    await rig.teams.install(hers, adele);

    await rig.teams.say(adele, general, 'permissions Contoso production');

    const lens = await rig.card(hers, 'What Contoso production may do');
    expect(cardFaults(lens.card)).toEqual([]);
    expect(cardText(lens.card)).toContain('DeviceManagementManagedDevices.PrivilegedOperations.All');
    expect(JSON.stringify(rig.teams.messages(general).map(({ card }) => card))).not.toContain('PrivilegedOperations');
  });

  it('is offered as a personal view in the channel to who has no chat with the bot', async () => {
    await rig.teams.say(diego, general, 'permissions Contoso production');
    const offer = rig.teams.lastMessage(general);
    const action = (offer.card?.actions ?? [])[0] as unknown as { verb: string; data: Record<string, unknown> };

    const mine = await rig.teams.press(diego, offer, action.verb, action.data);
    const others = await rig.teams.press(adele, offer, action.verb, action.data);

    expect(mine.card && cardText(mine.card)).toContain('What Contoso production may do');
    expect(others.card === null ? '' : cardText(others.card)).not.toContain('PrivilegedOperations');
  });

  it('begins with publishing and names the excess', async () => {
    const shown = await words('permissions.show');

    expect(shown).toContain('It may publish, and may do more than it needs');
    expect(shown).toMatch(/wipe/);
    expect(shown).not.toContain('See group names');
  });

  it('shows everything on demand, each capability with what it needs', async () => {
    grant('DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All');

    const shown = await words('permissions.all');

    expect(shown).toMatch(/See group names for assignments\s+✓ works/);
    expect(shown).toMatch(/See scope tags\s+✗ missing\s+DeviceManagementRBAC.Read.All/);
    expect(shown).toMatch(/Publish apps\s+✓ granted/);
  });

  it('answers for one purpose, measured by that purpose', async () => {
    await rig.teams.say(adele, general, 'permissions Contoso production for groups');

    const lens = await rig.card(rig.teams.personalChat(adele), 'It may not see group names for assignments yet');
    expect(cardText(lens.card)).toContain('GroupMember.Read.All');
  });

  it('lists the purposes when it does not know one', async () => {
    await rig.teams.say(alex, general, 'permissions Contoso production for wiping');

    await rig.text(general, 'I do not know a purpose named wiping');
  });

  it('says when there is no such connection and no such permission', async () => {
    await rig.teams.say(alex, general, 'permissions Nowhere');

    await rig.text(general, 'There is no connection named Nowhere here, and no permission of that name');
  });

  it('claims nothing where Intune is away', async () => {
    rig.cloud.faults.set('noIntune');
    grant('DeviceManagementApps.ReadWrite.All');

    const shown = await words('permissions.show');

    expect(shown).toContain('Intune');
    expect(shown).not.toContain('It may publish');
  });

  it('stays quick when Microsoft is slow: the card follows in the own chat', async () => {
    const before = rig.teams.messages(chat).length;
    rig.cloud.faults.set('throttleGraph429', 3);

    const pressed = await rig.teams.press(alex, connectionCard, 'permissions.show', { connection });
    const late = await waitFor(() => rig.teams.messages(chat).slice(before).at(-1)?.card);

    expect(pressed.card && cardText(pressed.card)).toContain('Still working on it');
    expect(cardText(late)).toContain('What Contoso production may do');
  });
});

describe('with a look into the directory', () => {
  it('tells added from not added', async () => {
    registration().requestedRoles = ['GroupMember.Read.All'];
    grant('Application.Read.All');

    const shown = await words('permissions.all');

    expect(shown).toMatch(/See group names for assignments\s+✗ added, not consented/);
    expect(shown).toMatch(/See scope tags\s+✗ not added/);
    expect(shown).toContain('Added to the registration, not consented: GroupMember.Read.All');
  });

  it('tells that a permission was granted for signed-in people only', async () => {
    grant('Application.Read.All', 'DelegatedPermissionGrant.Read.All');
    principal().scopeGrants = [{ id: 'one', personObjectId: null, scopes: ['DeviceManagementApps.ReadWrite.All'] }];

    const shown = await words('permissions.show');

    expect(shown).toContain('! for signed-in people only');
    expect(shown).toContain('was granted as a delegated permission');
  });

  it('says so where it may not look', async () => {
    expect(await words('permissions.all')).toContain('What the registration lists was not read');
  });

  it('sees a grant that no token has yet', async () => {
    grant('Application.Read.All');
    const later = { role: 'DeviceManagementApps.ReadWrite.All', assignmentId: 'x', createdAt: Date.now() + 60_000 };
    principal().grants.push(later as ReturnType<typeof principal>['grants'][number]);

    expect(await words('permissions.show')).toContain('… granted, not passed on yet');
  });
});

describe('what follows', () => {
  it('is a manifest of the least for what is ticked', async () => {
    const first = await words('permissions.manifest');
    const more = JSON.stringify(await press('permissions.manifest', { capabilities: 'publishApps,seeGroupNames' }));

    expect(first).toContain('DeviceManagementApps.ReadWrite.All');
    expect(more).toContain('78145de6-330d-4800-a6ce-494ff2d33d07');
    expect(more).toContain('98830695-27a2-44f7-8c18-0c3ebc9698f6');
    expect(more).not.toContain('5b07b0dd-2377-4e44-a38d-703f09a0dc3c');
  });

  it('is Microsoft’s three checks after a refusal, one by one', async () => {
    expect(await words('permissions.refusal')).toContain('Microsoft names three things to look at');

    expect(await words('permissions.verify', { check: 'app' })).toContain('Intune let it read apps.');
    expect(await words('permissions.verify', { check: 'tenant' })).toContain('Its subscription is active.');
    expect(await words('permissions.verify', { check: 'token' })).toContain('the app alone');
  });

  it('says which of the three checks fails', async () => {
    grant('DeviceManagementManagedDevices.Read.All');
    const app = await words('permissions.verify', { check: 'app' });
    rig.cloud.faults.set('noIntune');
    const tenant = await words('permissions.verify', { check: 'tenant' });

    expect(app).toContain('The token does not have DeviceManagementApps.ReadWrite.All');
    expect(tenant).toContain('This may be why');
  });

  it('is a look at the other resource, Intune’s own API', async () => {
    expect(await words('permissions.intuneApi')).toContain('It has none of them');
    principal().intuneApiRoles = ['get_data_warehouse'];

    expect(await words('permissions.intuneApi')).toContain('read the Intune data warehouse');
  });

  it('is how to give a person rights in Intune', async () => {
    const shown = await words('permissions.intuneRole');

    for (const part of ['Admin groups', 'Scope groups', 'Scope tags', 'Invite external user', 'Intune licence'])
      expect(shown).toContain(part);
  });
});

describe('one permission', () => {
  it.each([
    ['DeviceManagementApps.ReadWrite.All', 'This bot uses it to publish apps'],
    ['devicemanagementmanageddevices.privilegedoperations.all', 'Does to devices'],
    ['scep_challenge_provider', 'Certification Authority partners'],
  ])('%s is explained', async (name, part) => {
    await rig.teams.say(alex, general, `permissions ${name}`);

    const shown = await rig.card(general, part);
    expect(cardFaults(shown.card)).toEqual([]);
  });
});

describe('somebody else’s connection', () => {
  it('is not reached by its id from another team', async () => {
    const stranger = rig.teams.team('Sales', [adele]);
    await rig.teams.install(stranger.general, adele);
    await rig.teams.say(adele, stranger.general, 'help');
    const theirs = rig.teams.lastMessage(stranger.general);

    for (const verb of ['show', 'all', 'manifest', 'refusal', 'intuneRole', 'intuneApi']) {
      const pressed = await rig.teams.press(adele, theirs, `permissions.${verb}`, { connection });
      expect(JSON.stringify(pressed)).not.toContain('Contoso production');
    }
  });
});
