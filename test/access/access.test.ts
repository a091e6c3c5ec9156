import { randomUUID } from 'node:crypto';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Permission, Workspace } from '../../src/access/actor.ts';
import { OwnRoles } from '../../src/access/own-roles.ts';
import { createRoles, everybody, type Roles } from '../../src/access/roles.ts';
import { createWorkspaces, type WorkspaceKey, type Workspaces } from '../../src/access/workspaces.ts';
import { Audit } from '../../src/audit/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { connections } from '../../src/store/schema.ts';
import { databaseKinds, openTestDatabase } from '../fakes/databases.ts';
import { problemOf } from '../fakes/problem-of.ts';

const tenant = '55555555-aaaa-4aaa-8aaa-000000000005';
const person = (name: string) => ({ homeTenantId: tenant, objectId: `object-${name}`, name });
const alex = person('Alex');
const adele = person('Adele');
const pradeep = person('Pradeep');

const audit = new Audit();
const personHolder = ({ objectId, name }: { objectId: string; name: string }) => ({
  kind: 'person' as const,
  objectId,
  name,
});
const pilot = { kind: 'group' as const, objectId: 'pilot', name: 'Mobile pilot' };

const kinds = await databaseKinds();

describe.each(kinds)('on %s', (kind) => {
  let database: Database;
  let roles: Roles;
  let ownRoles: OwnRoles;
  let workspaces: Workspaces;
  let access: Access;
  let now: number;
  let key: WorkspaceKey;
  let inTeam: Set<string>;
  let inGroup: (objectId: string) => Promise<boolean>;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  beforeEach(() => {
    now = Date.parse('2026-11-21T09:00:00Z');
    roles = createRoles({ database, audit });
    ownRoles = new OwnRoles({ database, audit });
    workspaces = newProcess();
    inTeam = new Set();
    inGroup = async () => false;
    access = createAccess({
      roles,
      members: {
        find: async (_workspace, { objectId }) => (inTeam.has(objectId) ? { name: 'A member', insider: true } : null),
      },
      groups: { has: (_workspace, _group, objectId) => inGroup(objectId) },
      administrators: [{ homeTenantId: tenant.toUpperCase(), objectId: pradeep.objectId }],
    });
    key = { homeTenantId: tenant, kind: 'team', teamsKey: `19:${randomUUID()}@thread.tacv2`, name: 'Mobile' };
  });

  const newProcess = () => createWorkspaces({ database, roles, audit, now: () => now });
  const grant = (workspace: Workspace, { objectId, name }: typeof alex, role: 'publisher' | 'admin') =>
    roles.grant(workspace, { kind: 'person', objectId, name }, role, alex.objectId);
  const may = async (who: typeof alex, workspace: Workspace) => {
    const allowed: Permission[] = [];
    for (const permission of ['none', 'look', 'publish', 'administer'] as const)
      if (await access.can(who, workspace, permission)) allowed.push(permission);
    return allowed;
  };

  describe('a workspace', () => {
    it('is made when it is first seen and found from then on', async () => {
      const made = await workspaces.find(key);
      const found = await newProcess().find(key);

      expect(found).toEqual(made);
      expect(made).toMatchObject({ kind: 'team', name: 'Mobile', installedBy: null, sharedChannelsAllowed: false });
      expect(await workspaces.byId(made.id)).toEqual(made);
    });

    it('is made once however many ask at the same time', async () => {
      const found = await Promise.all(Array.from({ length: 8 }, () => newProcess().find(key)));

      expect(new Set(found.map((workspace) => workspace.id)).size).toBe(1);
    });

    it('is another one in another tenant', async () => {
      const here = await workspaces.find(key);
      const there = await workspaces.find({ ...key, homeTenantId: 'another' });

      expect(there.id).not.toBe(here.id);
    });

    it('is not asked for in each turn', async () => {
      const first = await workspaces.find(key);

      expect(await workspaces.find(key)).toBe(first);
      now += 11_000;
      expect(await workspaces.find(key)).not.toBe(first);
    });

    it('takes a new name, and keeps it where none is told', async () => {
      await workspaces.find(key);
      await newProcess().find({ ...key, name: 'Mobile apps' });

      expect(await newProcess().find({ ...key, name: null })).toMatchObject({ name: 'Mobile apps' });
    });

    it('allows shared channels from the next moment on', async () => {
      const { id } = await workspaces.find(key);

      await workspaces.allowSharedChannels(id, true);

      expect(await workspaces.find(key)).toMatchObject({ sharedChannelsAllowed: true });
    });
  });

  describe('an installation', () => {
    it('is the first for one of many who tell of it', async () => {
      const told = await Promise.all(Array.from({ length: 6 }, () => newProcess().install(key, alex)));

      expect(told.filter((entry) => entry.first)).toHaveLength(1);
      expect((await newProcess().find(key)).installedBy).toBe(alex.objectId);
    });

    it('of a workspace that was seen before is the first too', async () => {
      await workspaces.find(key);

      expect(await workspaces.install(key, alex)).toMatchObject({ first: true });
      expect(await workspaces.install(key, adele)).toMatchObject({ first: false });
      expect((await newProcess().find(key)).installedBy).toBe(alex.objectId);
    });

    it('after a removal welcomes again, and makes nobody an admin where admins are known', async () => {
      await workspaces.install(key, alex);
      await workspaces.remove(key);

      expect(await workspaces.install(key, adele)).toMatchObject({ first: true });
      expect((await newProcess().find(key)).installedBy).toBe(alex.objectId);
      expect(await access.can(adele, await newProcess().find(key), 'administer')).toBe(false);
    });

    it('by nobody known keeps the former installer', async () => {
      await workspaces.install(key, alex);
      await workspaces.remove(key);
      await workspaces.install(key, null);

      expect((await newProcess().find(key)).installedBy).toBe(alex.objectId);
    });
  });

  describe('what people may do', () => {
    it.each<[string, (workspace: Workspace) => Promise<unknown>, typeof alex, Permission[]]>([
      ['anybody looks', async () => undefined, adele, ['none', 'look']],
      ['a publisher publishes', (w) => grant(w, adele, 'publisher'), adele, ['none', 'look', 'publish']],
      ['an admin does everything', (w) => grant(w, adele, 'admin'), adele, ['none', 'look', 'publish', 'administer']],
      [
        'a configured administrator does everything',
        async () => undefined,
        pradeep,
        ['none', 'look', 'publish', 'administer'],
      ],
      ['the installer does everything', async () => undefined, alex, ['none', 'look', 'publish', 'administer']],
      [
        'the same object id of another tenant does nothing here',
        (w) => grant(w, adele, 'admin'),
        { ...adele, homeTenantId: 'another' },
        ['none'],
      ],
      [
        'an administrator of another tenant does nothing here',
        async () => undefined,
        { ...pradeep, homeTenantId: 'another' },
        ['none'],
      ],
    ])('%s', async (_what, prepare, who, allowed) => {
      const { workspace } = await workspaces.install(key, alex);
      await prepare(workspace);

      expect(await may(who, workspace)).toEqual(allowed);
    });

    it('everybody’s role is for those who are in the team, and ends with it', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await roles.grant(workspace, everybody, 'publisher', alex.objectId);
      inTeam.add(adele.objectId);

      expect(await may(adele, workspace)).toEqual(['none', 'look', 'publish']);
      inTeam.clear();
      expect(await may(adele, workspace)).toEqual(['none', 'look']);
    });

    it('a group’s role is for those whom Entra says to be in it, and for nobody while it says nothing', async () => {
      const { workspace } = await workspaces.install(key, alex);
      const connectionId = await insertConnection(database, workspace.id);
      await roles.grant(workspace, { ...pilot, connectionId }, 'publisher', alex.objectId);
      inGroup = async (objectId) => objectId === adele.objectId;

      expect(await may(adele, workspace)).toEqual(['none', 'look', 'publish']);
      inGroup = async () => {
        throw new Error('Entra is away');
      };
      expect(await may(adele, workspace)).toEqual(['none', 'look']);
      expect(await access.rolesOf(adele, workspace)).toMatchObject([{ because: 'group', unreadable: true }]);
    });

    it('an own role allows what was chosen for it, until it is changed or deleted', async () => {
      const { workspace } = await workspaces.install(key, alex);
      const role = await ownRoles.save(workspace, { id: null, revision: 0, name: 'Release', permissions: ['publish'] });
      await roles.grant(workspace, personHolder(adele), { ownRoleId: role?.id ?? '' }, alex.objectId);
      expect(await may(adele, workspace)).toEqual(['none', 'look', 'publish']);

      const changed = await ownRoles.save(workspace, {
        id: role?.id ?? '',
        revision: role?.revision ?? 0,
        name: 'Release team',
        permissions: ['approve'],
      });
      expect(await may(adele, workspace)).toEqual(['none', 'look']);
      expect(await access.can(adele, workspace, 'approve')).toBe(true);
      await ownRoles.remove(workspace, changed?.id ?? '');
      expect(await access.can(adele, workspace, 'approve')).toBe(false);
      expect(await roles.list(workspace)).toHaveLength(1);
    });

    it('an own role of another workspace cannot be given, changed or deleted here', async () => {
      const { workspace } = await workspaces.install(key, alex);
      const other = await workspaces.find({ ...key, teamsKey: randomUUID() });
      const role = await ownRoles.save(other, { id: null, revision: 0, name: 'Release', permissions: ['administer'] });
      const theirs = role?.id ?? '';

      await expect(roles.grant(workspace, personHolder(adele), { ownRoleId: theirs }, 'x')).rejects.toThrow();
      expect(await ownRoles.save(workspace, { id: theirs, revision: 1, name: 'X', permissions: [] })).toBeNull();
      expect(await ownRoles.remove(workspace, theirs)).toBeNull();
    });

    it('a role counts in its workspace only', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');
      const other = await workspaces.find({ ...key, teamsKey: 'other' });

      expect(await may(adele, other)).toEqual(['none', 'look']);
    });

    it('everything is allowed in a chat of one’s own', async () => {
      const own = await workspaces.find({ ...key, kind: 'personal', teamsKey: `a:${randomUUID()}` });

      expect(await may(adele, own)).toEqual(['none', 'look', 'publish', 'administer']);
    });
  });

  describe('roles', () => {
    it('are listed by name, with who gave them', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'publisher');
      await grant(workspace, adele, 'admin');

      const list = await roles.list(workspace);
      expect(list.map(({ holder, role, grantedBy }) => [holder.name, role, grantedBy])).toEqual([
        ['Adele', 'admin', alex.objectId],
        ['Alex', 'admin', alex.objectId],
      ]);
      inTeam = new Set([alex.objectId, adele.objectId]);
      expect(await access.adminsOf(workspace)).toEqual(['Adele', 'Alex']);
    });

    it('are named as admins while they are members, and where Teams does not say', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');
      inTeam = new Set([alex.objectId]);
      expect(await access.adminsOf(workspace)).toEqual(['Alex']);

      inTeam.has = () => {
        throw new Error('Teams is away');
      };
      expect(await access.adminsOf(workspace)).toEqual(['Adele', 'Alex']);
    });

    it('count from a web page for members only', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'publisher');
      const may = (who: typeof alex) => access.canFromOutside(who, workspace, 'publish');

      expect(await may(adele)).toBe(false);
      inTeam.add(adele.objectId);
      expect(await may(adele)).toBe(true);
      expect(await may(pradeep)).toBe(true);
      expect(await may({ ...adele, homeTenantId: 'another' })).toBe(false);
      expect(await access.canFromOutside(adele, workspace, 'administer')).toBe(false);
    });

    it('are taken back, also from the installer', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');

      expect(await roles.revoke(workspace, personHolder(alex))).toBe('revoked');
      expect(await may(alex, await newProcess().find(key))).toEqual(['none', 'look']);
    });

    it('that nobody had cannot be taken back', async () => {
      const { workspace } = await workspaces.install(key, alex);

      expect(await roles.revoke(workspace, personHolder(adele))).toBe('hadNone');
    });

    it('leave one admin who is a person: a group or everybody may be out of reach one day', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await roles.grant(workspace, everybody, 'admin', alex.objectId);

      expect(await roles.revoke(workspace, personHolder(alex))).toBe('lastAdmin');
      expect(await roles.grant(workspace, personHolder(alex), 'viewer', alex.objectId)).toBe('lastAdmin');
    });

    it('leave one admin, also where being admin comes from an own role', async () => {
      const { workspace } = await workspaces.install(key, alex);
      const role = await ownRoles.save(workspace, { id: null, revision: 0, name: 'Lead', permissions: ['administer'] });
      const lead = role?.id ?? '';
      await roles.grant(workspace, personHolder(alex), { ownRoleId: lead }, alex.objectId);

      const weaker = ownRoles.save(workspace, { id: lead, revision: 1, name: 'Lead', permissions: ['publish'] });
      expect(await problemOf(weaker)).toMatchObject({ code: 'lastAdmin' });
      expect(await problemOf(ownRoles.remove(workspace, lead))).toMatchObject({ code: 'lastAdmin' });
      expect(await access.can(alex, workspace, 'administer')).toBe(true);
    });

    it('cannot share a name, whatever its case, nor take one that comes with the product', async () => {
      const { workspace } = await workspaces.install(key, alex);
      const save = (name: string) =>
        ownRoles.save(workspace, { id: null, revision: 0, name, permissions: ['publish'] });
      await save('Release team');

      expect(await problemOf(save('release TEAM'))).toMatchObject({ code: 'roleNameTaken' });
      expect(await problemOf(save('Admin'))).toMatchObject({ code: 'roleNameTaken' });
    });

    it('leave one admin, even if two take each other’s back at the same time', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');

      const ends = await Promise.all([
        roles.revoke(workspace, personHolder(alex)),
        roles.revoke(workspace, personHolder(adele)),
      ]);

      expect(ends.sort()).toEqual(['lastAdmin', 'revoked']);
      expect(await roles.adminsOf(workspace)).toHaveLength(1);
    });
  });
});

async function insertConnection({ db }: Database, workspaceId: string): Promise<string> {
  const [row] = await db
    .insert(connections)
    .values({
      workspaceId,
      name: 'Home',
      nameKey: 'home',
      cloud: 'global',
      tenantId: tenant,
      clientId: randomUUID(),
      mode: 'custom',
      permissionKind: 'application',
      credentialKind: 'secret',
      status: 'connected',
    })
    .returning({ id: connections.id });
  if (row === undefined) throw new Error('The connection was not written');
  return row.id;
}
