import { groupIds } from '../../demo/graph/seed.ts';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { personIds, tenantIds } from '../../demo/tenants.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf } from '../fakes/card-data.ts';
import { type FakeMessage, type FakePlace, FakeTeams, type Person } from '../fakes/connector.ts';
import { createFastClock } from '../fakes/fast-clock.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let cloud: LocalCloud;
let teams: FakeTeams;
let alex: Person;
let adele: Person;
let diego: Person;
let general: FakePlace;
let roles: FakeMessage;

beforeAll(async () => {
  teams = await FakeTeams.start({ homeTenantId: tenantIds.contoso, clock: createFastClock() });
  cloud = await startLocalCloud({ storage: 'memory', pace: 'instant' });
  rig = await ProductRig.start({ teams, cloud });
  alex = teams.person('Alex Wilber', { objectId: personIds.alex });
  adele = teams.person('Adele Vance', { objectId: personIds.adele });
  diego = teams.person('Diego Siciliani', { objectId: personIds.diego });
});

afterAll(async () => {
  await rig.close();
  await teams.close();
  await cloud.stop();
});

beforeEach(async () => {
  ({ general } = teams.team('Mobile', [alex, adele, diego]));
  await teams.install(general, alex);
  await teams.say(alex, general, 'roles');
  roles = teams.lastMessage(general);
});

const press = async (person: Person, verb: string, data: Record<string, unknown> = {}) => {
  const pressed = await teams.press(person, roles, verb, data);
  if (pressed.card !== null) expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card);
};

/** What the words of a command are answered with. */
const mayPublish = async (person: Person) => {
  await teams.say(person, general, 'publish');
  const last = teams.lastMessage(general);
  return last.card !== null && cardText(last.card).includes('Connect to Intune first');
};

describe('a role for a person', () => {
  it('is chosen by the people picker, changed and taken back', async () => {
    expect(await press(alex, 'access.give', { to: 'person' })).toContain('Start typing a name');
    const given = await press(alex, 'access.give.save', { to: 'person', person: adele.objectId, role: 'publisher' });
    expect(given).toContain('Adele Vance is now publisher here.');

    expect(await press(alex, 'access.change', { kind: 'person', holder: adele.objectId })).toContain('Adele Vance');
    const changed = { to: 'person', holder: adele.objectId, role: 'approver' };
    expect(await press(alex, 'access.give.save', changed)).toContain('Adele Vance is now approver here.');
    expect(await press(alex, 'access.revoke', { kind: 'person', holder: adele.objectId })).toContain('no role here');
  });

  it('is not given to a guest or to somebody from elsewhere', async () => {
    const guest = teams.person('Gil Guest', { userRole: 'guest' });
    general.members.push(guest);
    const stranger = teams.person('Sam Stranger');

    const toGuest = await press(alex, 'access.give.save', { to: 'person', person: guest.objectId, role: 'admin' });
    const toStranger = await press(alex, 'access.give.save', {
      to: 'person',
      person: stranger.objectId,
      role: 'admin',
    });

    expect(toGuest).toContain('Guests and people of other organisations can only look');
    expect(toStranger).toContain('not a member here');
  });
});

describe('the form of a role', () => {
  it('keeps who was chosen when something else is wrong', async () => {
    const refused = await teams.press(alex, roles, 'access.give.save', {
      to: 'person',
      person: diego.objectId,
      role: 'x',
    });

    expect(inputsOf(refused.card).person).toBe(diego.objectId);
    expect(cardText(refused.card!)).toContain('Diego Siciliani');
    expect(cardText(refused.card!)).toContain('Choose one of the roles.');
  });

  it('goes on changing the role that it changed', async () => {
    await press(alex, 'access.give.save', { to: 'person', person: adele.objectId, role: 'viewer' });
    const change = { to: 'person', holder: adele.objectId };

    const refused = await teams.press(alex, roles, 'access.give.save', { ...change, role: 'gone' });
    const saved = await pressButton(teams, alex, roles, refused.card!, 'Change', { role: 'approver' });

    expect(cardText(refused.card!)).toContain('Change the role of Adele Vance');
    expect(cardText(saved.card)).toContain('Adele Vance is now approver here.');
  });
});

describe('a role for everybody', () => {
  it('is for members, also those who come later, and never for guests', async () => {
    await press(alex, 'access.give.save', { to: 'everybody', role: 'publisher' });
    const guest = teams.person('Gil Guest', { userRole: 'guest' });
    const newcomer = teams.person('Nia Newcomer');
    general.members.push(guest, newcomer);

    expect(await mayPublish(newcomer)).toBe(true);
    expect(await mayPublish(guest)).toBe(false);
  });
});

describe('a role for a group in Entra', () => {
  const registration = () => {
    const { clientId } = rig.registration();
    const principal = cloud.tenants.tenants[0]?.servicePrincipals.find(({ appId }) => appId === clientId);
    if (principal === undefined) throw new Error('The registration has no principal');
    return principal;
  };
  const connected = async (name?: string) => {
    await rig.connect(alex, general, name);
    const { id } = await rig.workspace(general);
    const [connection] = await rig.service.parts.connections.list(id);
    if (connection === undefined) throw new Error('There is no connection');
    return connection.id;
  };
  const grantReading = () => {
    const { grants } = registration();
    if (!grants.some(({ role }) => role === 'GroupMember.Read.All'))
      grants.push({ role: 'GroupMember.Read.All', assignmentId: 'groups', createdAt: 0 });
  };

  it('explains which permission is missing, and gives nothing', async () => {
    const connection = await connected();

    const told = await press(alex, 'access.give.save', {
      to: 'group',
      group: 'Field service',
      connection,
      role: 'admin',
    });

    expect(told).toContain('GroupMember.Read.All');
    expect(await press(alex, 'access.roles')).not.toContain('Field service');
  });

  it('counts for those who are in it, through groups inside it too, and for nobody else', async () => {
    grantReading();
    const connection = await connected();
    const found = await press(alex, 'access.give.save', {
      to: 'group',
      group: 'all staff',
      connection,
      role: 'approver',
    });
    expect(found).toContain('All staff: approver from now on.');
    await press(alex, 'access.give.save', { to: 'group', group: groupIds.fieldService, connection, role: 'publisher' });

    const whoami = await teams.press(diego, roles, 'access.roles');
    expect(whoami.status).toBe(200);
    const workspace = await rig.service.parts.workspaces.byId((await rig.workspace(general)).id);
    if (workspace === null) throw new Error('There is no workspace');
    const can = (person: Person, permission: 'publish' | 'approve') =>
      rig.service.parts.access.can(
        { homeTenantId: tenantIds.contoso, objectId: person.objectId },
        workspace,
        permission,
      );

    expect([await can(diego, 'publish'), await can(diego, 'approve')]).toEqual([true, true]);
    expect([await can(adele, 'publish'), await can(adele, 'approve')]).toEqual([false, true]);
  });

  it('counts for members of the team only, seen from their own chat', async () => {
    grantReading();
    const connection = await connected('Staff production');
    await press(alex, 'access.give.save', { to: 'group', group: 'All staff', connection, role: 'publisher' });
    const chat = teams.personalChat(adele);
    await teams.install(chat, adele);
    const asked = async () => {
      await teams.say(adele, chat, 'connection Staff production');
      const { text, card } = teams.lastMessage(chat);
      return text ?? (card === null ? '' : cardText(card));
    };

    expect(await asked()).toContain('Connected');
    await teams.leave(general, adele);
    expect(await asked()).not.toContain('Connected');
  });

  it('asks which one, where several fit, or searches anew with what was typed', async () => {
    grantReading();
    cloud.state.intune(tenantIds.contoso).groups.push(
      {
        id: '11f1c0de-0008-4a00-9a00-000000000008',
        displayName: 'Twin',
        description: 'First',
        securityEnabled: true,
      },
      {
        id: '11f1c0de-0009-4a00-9a00-000000000009',
        displayName: 'Twin',
        description: 'Second',
        securityEnabled: true,
      },
    );
    const connection = await connected();

    const typed = { group: 'Twin', connection, role: 'approver' };
    const several = await teams.press(alex, roles, 'access.give.save', { to: 'group', ...typed });
    const again = await pressButton(teams, alex, roles, several.card!, 'Search again');

    expect(cardText(several.card!)).toContain('Twin: First');
    expect(cardText(several.card!)).toContain('Twin: Second');
    expect(inputsOf(again.card)).toEqual(typed);
  });
});

describe('own roles', () => {
  it('are made from chosen permissions, given by a command, changed and deleted', async () => {
    const saved = await press(alex, 'access.ownRole.save', {
      name: ' Release  team ',
      permissions: 'publish,manageApps',
    });
    expect(saved).toContain('Release team is saved.');
    await teams.say(alex, general, 'roles give release team', { people: [adele] });
    await rig.card(general, 'Adele Vance is now Release team here.');
    expect(await mayPublish(adele)).toBe(true);
    const workspace = await rig.service.parts.workspaces.byId((await rig.workspace(general)).id);
    const [role] = workspace === null ? [] : await rig.service.parts.ownRoles.list(workspace);

    const changed = { role: role?.id, revision: role?.revision, name: 'Release team', permissions: 'approve' };
    await press(alex, 'access.ownRole.save', changed);
    expect(await mayPublish(adele)).toBe(false);
    expect(await press(alex, 'access.ownRole.save', changed)).toContain('Somebody changed this role meanwhile');

    expect(await press(alex, 'access.ownRole.delete', { role: role?.id })).toContain('Adele Vance would lose it');
    expect(await press(alex, 'access.ownRole.delete.confirm', { role: role?.id })).toContain(
      'Release team is deleted.',
    );
  });

  it('say what is wrong and keep what was chosen', async () => {
    const nameless = await teams.press(alex, roles, 'access.ownRole.save', { name: ' ', permissions: 'approve' });
    expect(nameless.card && cardText(nameless.card)).toContain('Give the role a name.');
    expect(JSON.stringify(nameless.card)).toContain('"value":"approve"');
    expect(await press(alex, 'access.ownRole.save', { name: 'X', permissions: 'root' })).toContain('at least one');
    expect(await press(alex, 'access.ownRole.save', { name: 'Admin', permissions: 'approve' })).toContain(
      'already has this name',
    );
  });

  it('are made by admins only', async () => {
    expect(await press(adele, 'access.ownRole.save', { name: 'Mine', permissions: 'administer' })).toContain(
      'this needs the admin role',
    );
  });
});

describe('whoami', () => {
  it('says which roles somebody holds and why', async () => {
    const chat = teams.personalChat(adele);
    await teams.install(chat, adele);
    await press(alex, 'access.give.save', { to: 'everybody', role: 'publisher' });

    await teams.say(adele, general, 'whoami');

    const { card } = await rig.card(chat, 'You are here');
    expect(cardText(card)).toContain('publisher, as everybody here');
  });

  it('tells guests that no role counts for them', async () => {
    const guest = teams.person('Gus Guest');
    general.members.push(guest);
    await teams.say(alex, general, 'roles admin', { people: [guest] });
    await rig.card(general, 'Gus Guest is now admin here.');
    await teams.becomeGuest(general, guest);
    const chat = teams.personalChat(guest);
    await teams.install(chat, guest);

    await teams.say(guest, general, 'whoami');

    const { card } = await rig.card(chat, 'You are a guest here');
    expect(cardText(card).match(/✓ yes/g)).toHaveLength(1);
  });
});
