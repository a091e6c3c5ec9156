import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { Audit } from '../../src/audit/audit.ts';
import type { ConsentEvents } from '../../src/consent/consent-events.ts';
import { ConsentLedger } from '../../src/consent/consent-ledger.ts';
import type { ConsentTimes } from '../../src/consent/consent-times.ts';
import { ConsentWatch } from '../../src/consent/consent-watch.ts';
import { problem } from '../../src/problems/problem.ts';
import type { Database } from '../../src/store/database.ts';
import { connections } from '../../src/store/schema.ts';
import { sampleConsent } from '../fakes/consent-samples.ts';
import { insertWorkspace, openTestDatabase } from '../fakes/databases.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-11-21T09:00:00Z');

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

/** One request and whoever looks after it, at times that the test sets. */
async function watched(times: Partial<ConsentTimes> = {}) {
  const clock = { at: start };
  const now = () => new Date(clock.at);
  const told: string[] = [];
  const tested: number[] = [];
  const events: ConsentEvents = {
    async opened() {},
    async changed(_tx, request, what) {
      if (request.connectionId === connectionId) told.push(`${what}: ${request.state}`);
    },
    async questioned() {},
    async reminded(_tx, request) {
      if (request.connectionId === connectionId) told.push(`reminded in state ${request.state}`);
    },
    settled() {},
  };
  const ledger = new ConsentLedger({ database, events, audit: new Audit(), now });
  const watch = new ConsentWatch({
    database,
    ledger,
    connections: {
      async requestTest(id) {
        if (id === connectionId) tested.push((clock.at - start) / hour);
        return null as never;
      },
    },
    times: { lifeMs: 7 * day, remindersMs: [day, 3 * day], lookEveryMs: 6 * hour, arrivalMs: 20 * 60_000, ...times },
    now,
    log: pino({ level: 'silent' }),
  });
  const workspaceId = await insertWorkspace(database, randomUUID());
  const sample = sampleConsent();
  const [connection] = await database.db
    .insert(connections)
    .values({
      workspaceId,
      name: sample.connectionName,
      nameKey: sample.connectionName.toLowerCase(),
      cloud: sample.cloud,
      tenantId: sample.tenantId,
      clientId: sample.clientId,
      mode: 'custom',
      permissionKind: 'application',
      credentialKind: 'secret',
      status: 'notFinished',
    })
    .returning();
  const connectionId = connection?.id ?? '';
  const request = await ledger.open({
    ...sample,
    id: randomUUID(),
    workspaceId,
    connectionId,
    stateSince: now(),
    createdAt: now(),
    expiresAt: new Date(start + 7 * day),
    dueAt: new Date(start + 6 * hour),
  });
  const id = request?.id ?? '';
  return {
    watch,
    ledger,
    told,
    tested,
    connectionId,
    state: async () => (await ledger.get(id))?.state,
    request: async () => ledger.get(id),
    move: (event: Parameters<ConsentLedger['move']>[1], change = {}) => ledger.move(id, event, async () => change),
    /** What a test of the connection found at that time. */
    async finds(values: Partial<typeof connections.$inferInsert>) {
      await database.db
        .update(connections)
        .set({ lastTestedAt: now(), ...values })
        .where(eq(connections.id, connectionId));
      await watch.tested(connectionId);
    },
    /** The watch looks every minute; what is not due is left alone. */
    async at(hours: number) {
      clock.at = start + hours * hour;
      await watch.look();
    },
  };
}

it('asks Microsoft every six hours, because a grant may be made there without a word', async () => {
  const { at, tested } = await watched();

  for (const hours of [0.1, 5.9, 6, 6.1, 11.9, 12.1, 18.2]) await at(hours);

  expect(tested).toEqual([6, 12.1, 18.2]);
});

it('finds a grant that was made elsewhere, and credits nobody here with it', async () => {
  const { at, finds, request, told, tested } = await watched();
  await at(6);

  await finds({ status: 'connected', grantedRoles: ['DeviceManagementApps.ReadWrite.All'] });
  await at(12);

  expect(await request()).toMatchObject({
    state: 'granted',
    decidedBy: null,
    grantedRoles: ['DeviceManagementApps.ReadWrite.All'],
  });
  expect(told).toEqual(['verified: granted']);
  expect(tested).toEqual([6]);
});

it('takes a grant for somebody’s own only when Microsoft’s answer named the tenant that the token comes from', async () => {
  const megan = { objectId: 'megan', name: 'Megan Bowen' };
  const { tenantId } = sampleConsent();
  const granted = { status: 'connected' as const, grantedRoles: ['DeviceManagementApps.ReadWrite.All'] };
  const [same, other] = [await watched(), await watched()];
  await same.move('grantReported', { decidedBy: megan, reportedTenant: tenantId, grantedAt: new Date(start) });
  await other.move('grantReported', { decidedBy: megan, reportedTenant: randomUUID(), grantedAt: new Date(start) });

  await same.finds(granted);
  await other.finds(granted);

  expect(await same.request()).toMatchObject({ state: 'granted', decidedBy: megan });
  expect(await other.request()).toMatchObject({ state: 'granted', decidedBy: null });
});

it('reminds after one day and after three, once each', async () => {
  const { at, told } = await watched();

  for (const hours of [23, 24, 25, 48, 71, 72, 73, 120, 166]) await at(hours);

  expect(told).toEqual(['reminded in state waiting', 'reminded in state waiting']);
});

it('reminds once of what was missed while nothing ran', async () => {
  const { at, told } = await watched();

  for (const hours of [100, 100.1, 107]) await at(hours);

  expect(told).toEqual(['reminded in state waiting']);
});

it('reminds and ends when the operator says', async () => {
  const { at, told, state } = await watched({ remindersMs: [2 * hour] });
  await at(6);
  expect(told).toEqual(['reminded in state waiting']);

  await at(167.9);
  expect(await state()).toBe('waiting');
  await at(168);

  expect(await state()).toBe('expired');
  expect(told.at(-1)).toBe('timeIsUp: expired');
});

it('neither reminds nor ends what Microsoft has granted and is passing on', async () => {
  const { at, move, told, state } = await watched();
  await move('grantReported', { grantedAt: new Date(start) });

  await at(169);

  expect(await state()).toBe('granting');
  expect(told).toEqual(['grantReported: granting']);
});

it('gives a grant twenty minutes to show', async () => {
  const { at, move, finds, state } = await watched();
  const unconsented = { status: 'notFinished' as const, lastProblem: problem('notConsented') };
  await move('grantReported', { grantedAt: new Date(start) });

  await at(19 / 60);
  await finds(unconsented);
  expect(await state()).toBe('granting');
  await at(21 / 60);
  await finds(unconsented);

  expect(await state()).toBe('waiting');
});

it.each([
  ['renamed', { name: 'Another', nameKey: 'another' }],
  ['switched off', { status: 'disabled' as const }],
  ['deleted', { deletedAt: new Date(start) }],
])('ends what was asked for a connection that was %s', async (_what, change) => {
  const { at, state, connectionId } = await watched();
  await database.db.update(connections).set(change).where(eq(connections.id, connectionId));

  await at(0.1);

  expect(await state()).toBe('overtaken');
});
