import { randomUUID } from 'node:crypto';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Permission, Workspace } from '../../src/access/actor.ts';
import { createRoles, type Roles } from '../../src/access/roles.ts';
import { createWorkspaces, type WorkspaceKey, type Workspaces } from '../../src/access/workspaces.ts';
import type { Database } from '../../src/store/database.ts';
import { openTestDatabase, reachablePostgres } from '../fakes/bot-rig.ts';

const tenant = '55555555-aaaa-4aaa-8aaa-000000000005';
const person = (name: string) => ({ homeTenantId: tenant, objectId: `object-${name}`, name });
const alex = person('Alex');
const adele = person('Adele');
const pradeep = person('Pradeep');

const kinds: ('pglite' | 'postgres')[] = (await reachablePostgres()) ? ['pglite', 'postgres'] : ['pglite'];

describe.each(kinds)('on %s', (kind) => {
  let database: Database;
  let roles: Roles;
  let workspaces: Workspaces;
  let access: Access;
  let now: number;
  let key: WorkspaceKey;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  beforeEach(() => {
    now = Date.parse('2026-11-21T09:00:00Z');
    roles = createRoles({ database });
    workspaces = newProcess();
    access = createAccess({
      roles,
      administrators: [{ homeTenantId: tenant.toUpperCase(), objectId: pradeep.objectId }],
    });
    key = { homeTenantId: tenant, kind: 'team', teamsKey: `19:${randomUUID()}@thread.tacv2`, name: 'Mobile' };
  });

  const newProcess = () => createWorkspaces({ database, roles, now: () => now });
  const grant = (workspace: Workspace, { objectId, name }: typeof alex, role: 'publisher' | 'admin') =>
    roles.grant(workspace, { objectId, name, role, grantedBy: alex.objectId });
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
    it.each<[string, (workspace: Workspace) => Promise<void>, typeof alex, Permission[]]>([
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
      expect(list.map(({ name, role, grantedBy }) => [name, role, grantedBy])).toEqual([
        ['Adele', 'admin', alex.objectId],
        ['Alex', 'admin', alex.objectId],
      ]);
      expect(await access.adminsOf(workspace)).toEqual(['Adele', 'Alex']);
    });

    it('are taken back, also from the installer', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');

      expect(await roles.revoke(workspace, alex.objectId)).toBe('revoked');
      expect(await may(alex, await newProcess().find(key))).toEqual(['none', 'look']);
    });

    it('that nobody had cannot be taken back', async () => {
      const { workspace } = await workspaces.install(key, alex);

      expect(await roles.revoke(workspace, adele.objectId)).toBe('hadNone');
    });

    it('leave one admin, even if two take each other’s back at the same time', async () => {
      const { workspace } = await workspaces.install(key, alex);
      await grant(workspace, adele, 'admin');

      const ends = await Promise.all([roles.revoke(workspace, alex.objectId), roles.revoke(workspace, adele.objectId)]);

      expect(ends.sort()).toEqual(['lastAdmin', 'revoked']);
      expect(await roles.adminsOf(workspace)).toHaveLength(1);
    });
  });
});
