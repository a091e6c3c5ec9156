import { randomBytes, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import pino from 'pino';
import { Audit } from '../../src/audit/audit.ts';
import type { ConnectionTestResult } from '../../src/connections/connection-tester.ts';
import { Connections, type NewConnection } from '../../src/connections/connections.ts';
import { createClouds } from '../../src/graph/clouds.ts';
import { problem } from '../../src/problems/problem.ts';
import type { Database } from '../../src/store/database.ts';
import { secrets, connections as table, workspaces } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { accessToken } from '../fakes/access-token.ts';
import { openTestDatabase } from '../fakes/databases.ts';
import { problemOf } from '../fakes/problem-of.ts';
import { noOwnIdentity } from '../fakes/samples.ts';
import { type ScriptedAnswer, ScriptedOutbound } from '../fakes/scripted-outbound.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const clientId = '22222222-2222-4222-8222-222222222222';
const by = { objectId: 'alex', name: 'Alex Wilber' };
const values = { name: 'Contoso production', cloud: 'global', tenant, clientId };
const secretOf = (secret: string) => ({ choice: 'secret' as const, secret, expiresAt: null });
const roles = ['DeviceManagementApps.ReadWrite.All'];

const token = (claims: Record<string, unknown> = { tid: tenant, roles }): ScriptedAnswer => ({
  status: 200,
  body: { token_type: 'Bearer', expires_in: 3599, access_token: accessToken(claims) },
});
const noApps: ScriptedAnswer = { status: 200, body: { value: [] } };
const expiredSecret: ScriptedAnswer = {
  status: 401,
  body: { error: 'invalid_client', error_codes: [7000222], trace_id: 't', correlation_id: 'c' },
};

describe('connections', () => {
  let database: Database;
  let outbound: ScriptedOutbound;
  let connections: Connections;
  const logged: string[] = [];
  const logger = pino({}, { write: (line: string) => logged.push(line) });
  const vault = new SecretVault([{ id: 'k', key: randomBytes(32) }]);

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.queue.start();
  });
  afterAll(async () => {
    await database.queue.stop({ graceful: false });
    await database.close();
  });
  beforeEach(async () => {
    outbound = new ScriptedOutbound();
    connections = new Connections({
      database,
      vault,
      clouds: createClouds(),
      identity: noOwnIdentity,
      outbound,
      audit: new Audit(),
      logger,
    });
    await connections.prepare();
    await database.queue.deleteQueuedJobs('connection-test');
  });

  const newWorkspace = async () => {
    const [row] = await database.db
      .insert(workspaces)
      .values({ homeTenantId: 'home', kind: 'team', teamsKey: randomUUID() })
      .returning();
    return row!.id;
  };
  const create = async (change: Partial<NewConnection> = {}) =>
    connections.create({
      workspaceId: await newWorkspace(),
      values,
      credential: secretOf('first~secret'),
      by,
      ...change,
    });
  const waitingTests = (id: string) => database.queue.findJobs('connection-test', { key: id, queued: true });
  const passed: ConnectionTestResult = {
    status: 'connected',
    reason: null,
    problem: null,
    roles,
    tenantId: tenant,
    probe: 'answered',
  };
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  /** Runs the waiting tests and returns when the given connection's is recorded. */
  const runTests = async (id: string) => {
    const tested = new Promise<void>((resolve) => {
      const stop = connections.onTested((testedId) => {
        if (testedId !== id) return;
        stop();
        resolve();
      });
    });
    await connections.work();
    await tested;
    await Promise.all([database.queue.offWork('connection-test'), database.queue.offWork('connection-retest')]);
  };

  describe('being created', () => {
    it('are drafts that wait for their test, with the secret in the vault only', async () => {
      const { connection, twins } = await create();

      expect(connection).toMatchObject({
        name: 'Contoso production',
        tenantId: tenant,
        clientId,
        mode: 'custom',
        permissionKind: 'application',
        credentialKind: 'secret',
        status: 'notFinished',
        statusReason: 'draft',
        connectedByName: 'Alex Wilber',
        connectedAt: null,
        revision: 1,
      });
      expect(connection.testingSince).toBeInstanceOf(Date);
      expect(twins).toEqual([]);
      expect(await waitingTests(connection.id)).toHaveLength(1);
      expect((await vault.get(database.db, connection.secretId!)).toString()).toBe('first~secret');
      expect(JSON.stringify(connection)).not.toContain('first~secret');
    });

    it('cannot take a name of their workspace, whatever its case', async () => {
      const { connection } = await create();

      const again = create({ workspaceId: connection.workspaceId, values: { ...values, name: 'CONTOSO Production' } });

      expect((await problemOf(again)).code).toBe('connectionNameTaken');
    });

    it('leave nothing behind when they are refused', async () => {
      const { connection } = await create();
      const before = (await database.db.select().from(secrets)).length;

      await problemOf(create({ workspaceId: connection.workspaceId }));

      expect(await database.db.select().from(secrets)).toHaveLength(before);
    });

    it('may take a name of another workspace, of which they learn nothing', async () => {
      await create();

      expect((await create()).twins).toEqual([]);
    });

    it('may reach the same tenant with the same app twice, which is told', async () => {
      const { connection } = await create();

      const second = await create({ workspaceId: connection.workspaceId, values: { ...values, name: 'Again' } });
      const third = await create({
        workspaceId: connection.workspaceId,
        values: { ...values, name: 'Elsewhere', tenant: 'fabrikam.com' },
      });

      expect(second.twins.map(({ name }) => name)).toEqual(['Contoso production']);
      expect(third.twins).toEqual([]);
    });
  });

  describe('being looked up', () => {
    it('are found by id or name in their own workspace only', async () => {
      const { connection } = await create();
      const elsewhere = await newWorkspace();

      expect((await connections.find(connection.workspaceId, connection.id))?.id).toBe(connection.id);
      expect((await connections.find(connection.workspaceId, ' contoso  PRODUCTION '))?.id).toBe(connection.id);
      expect(await connections.find(connection.workspaceId, 'nothing')).toBeNull();
      expect(await connections.find(elsewhere, connection.id)).toBeNull();
      expect(await connections.find(elsewhere, 'Contoso production')).toBeNull();
    });

    it('are listed by name', async () => {
      const { connection } = await create();
      await create({ workspaceId: connection.workspaceId, values: { ...values, name: 'adventure works' } });

      const names = (await connections.list(connection.workspaceId)).map(({ name }) => name);

      expect(names).toEqual(['adventure works', 'Contoso production']);
    });
  });

  describe('being changed', () => {
    it('get a new revision and a test, and lose the old secret', async () => {
      const { connection } = await create();
      await connections.recordTest(connection.id, 1, passed);

      const changed = await connections.update({
        workspaceId: connection.workspaceId,
        id: connection.id,
        revision: 1,
        values: { ...values, name: 'Renamed' },
        credential: secretOf('second~secret'),
        by: { objectId: 'megan', name: 'Megan Bowen' },
      });

      expect(changed).toMatchObject({
        name: 'Renamed',
        revision: 2,
        status: 'connected',
        connectedByName: 'Megan Bowen',
      });
      expect(changed?.testingSince).toBeInstanceOf(Date);
      expect((await vault.get(database.db, changed!.secretId!)).toString()).toBe('second~secret');
      expect((await problemOf(vault.get(database.db, connection.secretId!))).code).toBe('vaultRowMissing');
    });

    it('keep the secret that was not typed again', async () => {
      const { connection } = await create();

      const changed = await connections.update({ ...connection, revision: 1, values, credential: null, by });

      expect(changed?.secretId).toBe(connection.secretId);
    });

    it('start over in another tenant', async () => {
      const { connection } = await create();
      await connections.recordTest(connection.id, 1, passed);

      const changed = await connections.update({
        ...connection,
        values: { ...values, tenant: 'fabrikam.com' },
        credential: null,
        by,
      });

      expect(changed).toMatchObject({
        status: 'notFinished',
        statusReason: 'draft',
        connectedAt: null,
        grantedRoles: null,
      });
    });

    it('are not changed by somebody who saw an older state, or from another workspace', async () => {
      const { connection } = await create();
      const change = { ...connection, values: { ...values, name: 'Renamed' }, credential: secretOf('x'), by };

      expect(await connections.update({ ...change, revision: 7 })).toBeNull();
      expect(await connections.update({ ...change, workspaceId: await newWorkspace() })).toBeNull();

      expect(await connections.get(connection.id)).toMatchObject({ name: 'Contoso production', revision: 1 });
    });

    it('may keep their name and may not take another one’s', async () => {
      const { connection } = await create();
      await create({ workspaceId: connection.workspaceId, values: { ...values, name: 'Other' } });
      const change = { ...connection, credential: null, by };

      expect((await problemOf(connections.update({ ...change, values: { ...values, name: 'OTHER' } }))).code).toBe(
        'connectionNameTaken',
      );
      expect(await connections.update({ ...change, values: { ...values, name: 'contoso production' } })).toMatchObject({
        name: 'contoso production',
      });
    });
  });

  describe('being tested', () => {
    it('wait once, however often somebody asks', async () => {
      const { connection } = await create();

      await connections.requestTest(connection.id);
      await connections.requestTest(connection.id);

      expect(await waitingTests(connection.id)).toHaveLength(1);
    });

    it('become connected, learn their tenant and tell of it', async () => {
      const { connection } = await create({ values: { ...values, tenant: 'contoso.com' } });
      outbound.add(token(), noApps);

      await runTests(connection.id);

      const tested = (await connections.get(connection.id))!;
      expect(tested).toMatchObject({
        status: 'connected',
        statusReason: null,
        lastProblem: null,
        tenantId: tenant,
        grantedRoles: roles,
        testingSince: null,
        revision: 1,
      });
      expect(tested.connectedAt).toBeInstanceOf(Date);
      expect(tested.lastTestedAt).toBeInstanceOf(Date);
      expect(outbound.sent.map(({ url }) => url.hostname)).toEqual([
        'login.microsoftonline.com',
        'graph.microsoft.com',
      ]);
    });

    it('explain what is wrong, and say nothing secret in the log', async () => {
      const { connection } = await create();
      outbound.add(expiredSecret);

      await runTests(connection.id);

      expect(await connections.get(connection.id)).toMatchObject({
        status: 'error',
        statusReason: 'secretExpired',
        lastProblem: { code: 'secretExpired', ids: { correlationId: 'c' } },
        testingSince: null,
      });
      expect(logged.join('')).toContain('secretExpired');
      expect(logged.join('')).not.toContain('first~secret');
    });

    it('do not wait for ever when the secret cannot be opened', async () => {
      const { connection } = await create();
      await database.db.update(secrets).set({ keyId: 'lost' }).where(eq(secrets.id, connection.secretId!));

      await runTests(connection.id);

      expect(await connections.get(connection.id)).toMatchObject({
        statusReason: 'vaultKeyMissing',
        testingSince: null,
      });
    });

    it('do not wait for ever when their cloud is not configured any more', async () => {
      const { connection } = await create();
      await database.db.update(table).set({ cloud: 'gone' }).where(eq(table.id, connection.id));

      await runTests(connection.id);

      expect(await connections.get(connection.id)).toMatchObject({ statusReason: 'cloudUnknown', testingSince: null });
    });

    it('keep the time since when they are in a state', async () => {
      let now = new Date('2026-11-21T10:00:00Z');
      connections = new Connections({
        database,
        vault,
        clouds: createClouds(),
        identity: noOwnIdentity,
        outbound,
        audit: new Audit(),
        logger,
        now: () => now,
      });
      const { connection } = await create();
      const broken = { ...passed, status: 'error', reason: 'graphDown', problem: problem('graphDown') } as const;
      const statusSince = async () => (await connections.get(connection.id))?.statusSince.toISOString();

      await connections.recordTest(connection.id, 1, broken);
      now = new Date('2026-11-21T11:00:00Z');
      await connections.recordTest(connection.id, 1, broken);
      expect(await statusSince()).toBe('2026-11-21T10:00:00.000Z');

      await connections.recordTest(connection.id, 1, passed);
      expect(await statusSince()).toBe('2026-11-21T11:00:00.000Z');
    });

    it('are broken, not unfinished, once they have worked', async () => {
      const { connection } = await create();
      const unfinished: ConnectionTestResult = {
        ...passed,
        status: 'notFinished',
        reason: 'draft',
        problem: problem('notConsented'),
        roles: [],
      };

      await connections.recordTest(connection.id, 1, unfinished);
      expect(await connections.get(connection.id)).toMatchObject({ status: 'notFinished', statusReason: 'draft' });

      await connections.recordTest(connection.id, 1, passed);
      await connections.recordTest(connection.id, 1, { ...unfinished, reason: 'propagating' });
      expect(await connections.get(connection.id)).toMatchObject({
        status: 'notFinished',
        statusReason: 'propagating',
      });
      await connections.recordTest(connection.id, 1, unfinished);
      expect(await connections.get(connection.id)).toMatchObject({
        status: 'error',
        statusReason: 'notConsented',
        grantedRoles: [],
      });
    });

    it('are tested again by themselves while Microsoft passes a consent on', async () => {
      const { connection } = await create();
      outbound.add(token(), {
        status: 403,
        body: { error: { code: 'Forbidden', message: 'Application is not authorized to perform this operation' } },
      });

      await runTests(connection.id);

      expect(await connections.get(connection.id)).toMatchObject({
        status: 'notFinished',
        statusReason: 'propagating',
        grantedRoles: roles,
      });
      const waiting = async () => database.queue.findJobs('connection-retest', { key: connection.id, queued: true });
      await until(async () => (await waiting()).length === 1);
      const [retest] = await waiting();
      expect(retest!.startAfter.getTime()).toBeGreaterThan(Date.now());
      await connections.requestTest(connection.id);
      expect(await waitingTests(connection.id)).toHaveLength(1);
    });

    it('ignore the result of a state that has changed meanwhile', async () => {
      const { connection } = await create();
      await connections.update({ ...connection, values, credential: secretOf('new~secret'), by });

      await connections.recordTest(connection.id, 1, passed);

      expect(await connections.get(connection.id)).toMatchObject({ status: 'notFinished', lastTestedAt: null });
    });

    it('are not tested while they are switched off', async () => {
      const { connection } = await create();
      await database.db.update(table).set({ status: 'disabled' }).where(eq(table.id, connection.id));

      expect((await problemOf(connections.requestTest(connection.id))).code).toBe('connectionDisabled');
      expect((await problemOf(connections.requestTest(randomUUID()))).code).toBe('connectionNotFound');
    });
  });

  describe('being used', () => {
    it('keep their token for a revision and drop it with the next', async () => {
      const { connection } = await create();
      outbound.add(token(), token());
      const scope = 'https://graph.microsoft.com/.default';

      const first = await connections.accessTo(connection.id);
      await first.tokenSource.getToken(scope);
      await (await connections.accessTo(connection.id)).tokenSource.getToken(scope);
      expect(outbound.sent).toHaveLength(1);

      await connections.update({ ...connection, values, credential: secretOf('second~secret'), by });
      await (await connections.accessTo(connection.id)).tokenSource.getToken(scope);

      expect(outbound.sent).toHaveLength(2);
      expect(new URLSearchParams(outbound.sent[1]?.body).get('client_secret')).toBe('second~secret');
    });

    it('go on with a renewed secret where they were opened before', async () => {
      const { connection } = await create();
      const opened = await connections.accessTo(connection.id);
      await connections.update({ ...connection, values, credential: secretOf('second~secret'), by });
      outbound.add(token());

      await opened.tokenSource.getToken('https://graph.microsoft.com/.default');

      expect(new URLSearchParams(outbound.sent[0]?.body).get('client_secret')).toBe('second~secret');
    });

    it('do not take the secret of another app to where they were opened before', async () => {
      const { connection } = await create();
      const opened = await connections.accessTo(connection.id);
      const elsewhere = { ...values, clientId: '33333333-3333-4333-8333-333333333333' };
      await connections.update({ ...connection, values: elsewhere, credential: secretOf('second~secret'), by });

      const asked = opened.tokenSource.getToken('https://graph.microsoft.com/.default');

      expect((await problemOf(asked)).code).toBe('connectionChanged');
      expect(outbound.sent).toEqual([]);
    });

    it('reach Intune', async () => {
      const { connection } = await create();
      outbound.add(token(), noApps);

      const { mobileApps, cloud } = await connections.accessTo(connection.id);

      expect(cloud.id).toBe('global');
      expect(await mobileApps.find({ type: 'androidLobApp', version: 'v1.0' }, () => true)).toEqual([]);
    });

    it('cannot be used when they are gone or switched off', async () => {
      const { connection } = await create();
      await database.db.update(table).set({ status: 'disabled' }).where(eq(table.id, connection.id));

      expect((await problemOf(connections.accessTo(connection.id))).code).toBe('connectionDisabled');
      expect((await problemOf(connections.accessTo(randomUUID()))).code).toBe('connectionNotFound');
    });
  });
});
