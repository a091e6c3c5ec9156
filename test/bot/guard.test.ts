import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { commandThat, echo, says, shows, verbThat } from './routes.ts';

const operator = { objectId: '11111111-aaaa-4aaa-8aaa-000000000001' };
const lent = '55555555-bbbb-4aaa-8aaa-000000000005';
const another = '66666666-bbbb-4aaa-8aaa-000000000006';
const permissions = ['none', 'look', 'publish', 'administer'] as const;

let rig: BotRig;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  const home = '22222222-aaaa-4aaa-8aaa-000000000002';
  const { FakeTeams } = await import('../fakes/connector.ts');
  const teams = await FakeTeams.start({ homeTenantId: home });
  rig = await startBotRig({
    teams,
    belongings: { isLent: async (_workspace, id) => id === lent },
    administrators: [{ homeTenantId: home, objectId: operator.objectId }],
    routes: [
      ...permissions.map((permission) => echo(`do ${permission}`, permission)),
      ...permissions.map((permission) => verbThat(`do.${permission}`, async () => shows(permission), permission)),
      commandThat('card', async () => shows('card')),
      commandThat('allow', async (turn) => {
        await rig.workspaces.allowSharedChannels((await turn.workspace()).id, true);
        return says('allowed');
      }),
    ],
  });
});
afterAll(async () => {
  await rig.close();
  await rig.teams.close();
});

beforeEach(async () => {
  const { teams } = rig;
  alex = teams.person('Alex');
  adele = teams.person('Adele');
  ({ general } = teams.team('Mobile', [alex, adele]));
  await teams.install(general, alex);
});

const may = async (person: Person, place: FakePlace) => {
  const allowed: string[] = [];
  for (const permission of permissions) {
    await rig.teams.say(person, place, `do ${permission}`);
    if (rig.teams.lastMessage(place).text === `do ${permission}()`) allowed.push(permission);
  }
  return allowed;
};

const grant = async (person: Person, role: 'publisher' | 'admin') => {
  const key = { homeTenantId: rig.teams.homeTenantId, kind: 'team' as const, teamsKey: general.team!.id, name: null };
  const workspace = await rig.workspaces.find(key);
  await rig.roles.grant(
    workspace,
    { kind: 'person', objectId: person.objectId, name: person.name },
    role,
    alex.objectId,
  );
};

it('lets everybody of the tenant look', async () => {
  expect(await may(adele, general)).toEqual(['none', 'look']);
});

it('lets the installer do everything', async () => {
  expect(await may(alex, general)).toEqual([...permissions]);
});

it('lets publishers publish and admins administer', async () => {
  await grant(adele, 'publisher');
  expect(await may(adele, general)).toEqual(['none', 'look', 'publish']);
  await grant(adele, 'admin');
  expect(await may(adele, general)).toEqual([...permissions]);
});

it('lets configured administrators do everything', async () => {
  const pradeep = rig.teams.person('Pradeep', operator);
  general.members.push(pradeep);

  expect(await may(pradeep, general)).toEqual([...permissions]);
});

it('lets a person do everything in their own chat', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  expect(await may(adele, chat)).toEqual([...permissions]);
});

it('names the admins when it refuses', async () => {
  await rig.teams.say(adele, general, 'do publish');

  expect(rig.teams.lastMessage(general).text).toBe('refused publish, admins: Alex');
});

it.each([{ connection: lent }, { share: another, connection: lent }, { connection: lent, share: another }])(
  'lets nobody change a lent connection, whatever else the card names: %j',
  async (data) => {
    await rig.teams.say(alex, general, 'card');

    const pressed = await rig.teams.press(alex, rig.teams.lastMessage(general), 'do.administer', data);

    expect(JSON.stringify(pressed.card)).toContain('failed connectionLent');
  },
);

it('lets a place change what is its own', async () => {
  await rig.teams.say(alex, general, 'card');

  const data = { share: lent, connection: another };
  const pressed = await rig.teams.press(alex, rig.teams.lastMessage(general), 'do.administer', data);

  expect(JSON.stringify(pressed.card)).toContain('administer');
  expect(JSON.stringify(pressed.card)).not.toContain('failed');
});

it('shows a refused press to the presser alone', async () => {
  await rig.teams.say(alex, general, 'card');
  const message = rig.teams.lastMessage(general);

  const pressed = await rig.teams.press(adele, message, 'do.publish');
  await rig.settled();

  expect(pressed.text).toBe('refused publish, admins: Alex');
  expect(message.updates).toBe(0);
  expect(rig.teams.messages(general)).toHaveLength(1);
});

describe('outsiders', () => {
  it.each<[string, Parameters<BotRig['teams']['person']>[1]]>([
    ['a guest', { userRole: 'guest' }],
    ['an anonymous person', { userRole: 'anonymous' }],
    ['somebody of another tenant', { tenantId: '33333333-aaaa-4aaa-8aaa-000000000003' }],
  ])('%s looks and no more, whatever role was given', async (_what, options) => {
    const outsider = rig.teams.person('Gus', options);
    general.members.push(outsider);
    await grant(outsider, 'admin');

    expect(await may(outsider, general)).toEqual(['none', 'look']);
    expect(rig.teams.lastMessage(general).text).toBe('refused outsider');
  });

  it('are those whom the roster does not know', async () => {
    const stranger = rig.teams.person('Stranger');
    await grant(stranger, 'admin');

    expect(await may(stranger, general)).toEqual(['none', 'look']);
  });

  it('are asked about until Teams says, and nothing is done if it does not', async () => {
    await grant(adele, 'publisher');
    rig.teams.failNext('member', { status: 503 }, 100);

    await rig.teams.say(adele, general, 'do publish');
    await rig.settled();
    rig.teams.connector.clearFailures();
    const [refusal] = rig.teams.messages(general).slice(-1);
    await rig.teams.say(adele, general, 'do publish');

    expect(JSON.stringify(refusal!.card)).toContain('failed rosterAway');
    expect(rig.teams.lastMessage(general).text).toBe('do publish()');
  });

  it('are looked up again after a short pause of Teams', async () => {
    await grant(adele, 'publisher');
    rig.teams.failNext('member', { status: 429, retryAfter: 1 });

    await rig.teams.say(adele, general, 'do publish');

    expect(rig.teams.lastMessage(general).text).toBe('do publish()');
  });

  it('are those without an Entra object id', async () => {
    const activity = rig.teams.activity(general, adele, {
      type: 'message',
      text: '<at>Quartermaster</at> do look',
      from: { id: adele.teamsId, name: 'Adele' },
    });

    await rig.teams.deliver(activity);

    expect(rig.teams.lastMessage(general).text).toBe('refused outsider');
  });

  it('are asked about once in five minutes', async () => {
    const before = rig.teams.connector.countOf('member');
    await rig.teams.say(adele, general, 'do publish');
    await rig.teams.say(adele, general, 'do administer');

    // Adele, and the admin whom the refusal names.
    expect(rig.teams.connector.countOf('member')).toBe(before + 2);
  });
});

describe('a shared channel', () => {
  it('is off until the workspace allows it', async () => {
    const shared = rig.teams.channel(general.team!, 'With partners', 'shared');

    expect(await may(alex, shared)).toEqual(['none']);
    expect(rig.teams.lastMessage(shared).text).toBe('shared channel off');
    await rig.teams.say(alex, general, 'allow');
    expect(await may(alex, shared)).toEqual([...permissions]);
  });

  it('is recognised by either of its names', async () => {
    const channel = { id: general.conversationId, membershipType: 'shared' };
    const activity = rig.teams.activity(general, alex, { type: 'message', text: '<at>Quartermaster</at> do look' });
    const channelData = { ...(activity.channelData as object), channel };

    await rig.teams.deliver({ ...activity, channelData });

    expect(rig.teams.lastMessage(general).text).toBe('shared channel off');
  });

  it('does not let people of another tenant do more than look', async () => {
    const partner = rig.teams.person('Pat', { tenantId: '44444444-aaaa-4aaa-8aaa-000000000004' });
    general.members.push(partner);
    const shared = rig.teams.channel(general.team!, 'With partners', 'shared');
    await rig.teams.say(alex, general, 'allow');

    expect(await may(partner, shared)).toEqual(['none', 'look']);
  });
});
