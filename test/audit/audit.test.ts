import { eq, sql } from 'drizzle-orm';
import { Audit } from '../../src/audit/audit.ts';
import { csvHead, csvLines } from '../../src/audit/audit-csv.ts';
import { AuditExports } from '../../src/audit/audit-exports.ts';
import { AuditRows } from '../../src/audit/audit-rows.ts';
import { auditRows } from '../../src/store/schema.ts';
import { databaseKinds, freshDatabase, insertWorkspace, type TestDatabase } from '../fakes/databases.ts';
import { problemOf } from '../fakes/problem-of.ts';

const kinds = await databaseKinds();
const alex = { objectId: 'alex', name: 'Alex Wilber' };

describe.each(kinds)('the audit on %s', (kind) => {
  let database: TestDatabase;
  let workspaceId: string;
  let rows: AuditRows;
  const audit = new Audit();

  beforeAll(async () => {
    database = await freshDatabase(kind);
    rows = new AuditRows(database.db);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    workspaceId = await insertWorkspace(database, `19:${crypto.randomUUID()}@thread.tacv2`);
  });

  const all = async (filter = '') => (await rows.page(workspaceId, { filter, page: 0, size: 50 })).rows;

  it('takes who, where and what from the turn, and the requests that changed something in Graph', async () => {
    await audit.during({ actor: alex, place: { conversationId: '19:a' }, action: 'connection.save' }, async () => {
      audit.requested({ method: 'GET', requestId: 'read' });
      audit.requested({ method: 'POST', requestId: 'wrote' });
      await audit.record(database.db, { workspaceId, subject: { kind: 'connection', id: 'c', name: 'Contoso' } });
    });

    expect(await all()).toMatchObject([
      {
        actorId: 'alex',
        actorName: 'Alex Wilber',
        conversationId: '19:a',
        action: 'connection.save',
        subjectName: 'Contoso',
        result: 'done',
        graphRequestIds: ['wrote'],
      },
    ]);
  });

  it('goes with the change it tells of', async () => {
    const undone = database.db.transaction(async (tx) => {
      await audit.record(tx, { workspaceId, action: 'a change' });
      throw new Error('the change fails');
    });

    await expect(undone).rejects.toThrow('the change fails');
    expect(await all()).toEqual([]);
  });

  it('never writes down what looks like a secret, nor the query of a link', async () => {
    await audit.record(database.db, {
      workspaceId,
      action: 'x',
      subject: { kind: 'package', name: 'https://files.example/app.apk?sig=hidden' },
      after: { clientSecret: 'hidden', accessToken: 'hidden', origin: 'https://u:p@h.example/a#hidden', name: 'shown' },
    });

    const written = JSON.stringify(await all());
    expect(written).not.toContain('hidden');
    expect(written).toContain('shown');
  });

  it('cannot be changed, deleted or emptied, by nobody', async () => {
    await audit.record(database.db, { workspaceId, action: 'stays' });
    const change = async (attempt: PromiseLike<unknown>) => {
      const error: unknown = await Promise.resolve(attempt).then(
        () => null,
        (refused: unknown) => refused,
      );
      return String((error as { cause?: unknown } | null)?.cause ?? error);
    };
    const ours = eq(auditRows.workspaceId, workspaceId);

    expect(await change(database.db.update(auditRows).set({ actorName: 'Nobody' }).where(ours))).toContain('only ever');
    expect(await change(database.db.delete(auditRows).where(ours))).toContain('only ever');
    expect(await change(database.db.execute(sql`truncate audit_rows`))).toContain('only ever');
    expect(await all()).toHaveLength(1);
  });

  it('is found by words, all of which have to fit', async () => {
    await audit.record(database.db, { workspaceId, action: 'connection.save', by: alex, result: 'failed' });
    await audit.record(database.db, { workspaceId, action: 'roles admin', by: alex });
    await audit.record(database.db, { workspaceId, action: 'roles admin', by: { objectId: 'm', name: '100%_Megan' } });
    const today = new Date().toISOString().slice(0, 10);

    expect(await all('alex')).toHaveLength(2);
    expect(await all('ALEX failed')).toHaveLength(1);
    expect(await all('100%_')).toHaveLength(1);
    expect(await all('%')).toHaveLength(1);
    expect(await all(`roles ${today}`)).toHaveLength(2);
    expect(await all('nobody')).toHaveLength(0);
  });

  it('is told to one workspace only, page by page and newest first', async () => {
    for (let n = 0; n < 5; n += 1) await audit.record(database.db, { workspaceId, action: `change ${n}` });
    const other = await insertWorkspace(database, '19:other@thread.tacv2');
    await audit.record(database.db, { workspaceId: other, action: 'elsewhere' });

    const [first, last] = [0, 2].map((page) => rows.page(workspaceId, { filter: '', page, size: 2 }));

    expect((await first)?.rows.map((row) => row.action)).toEqual(['change 4', 'change 3']);
    expect((await first)?.more).toBe(true);
    expect((await last)?.rows.map((row) => row.action)).toEqual(['change 0']);
    expect((await last)?.more).toBe(false);
  });

  it('reads everything in batches for an export', async () => {
    await database.db
      .insert(auditRows)
      .values(
        Array.from({ length: 1_203 }, () => ({ workspaceId, actorName: 'A', action: 'x', result: 'done' as const })),
      );

    const sizes: number[] = [];
    for await (const batch of rows.all(workspaceId, '')) sizes.push(batch.length);

    expect(sizes).toEqual([500, 500, 203]);
  });

  it('gives a link that works once and for a quarter of an hour', async () => {
    const clock = { now: new Date('2026-11-21T10:00:00Z') };
    const exports = new AuditExports({
      db: database.db,
      audit,
      publicUrl: 'https://qm.example',
      mayRead: async () => true,
      clock: () => clock.now,
    });
    const tokenOf = async () => {
      const { url } = await exports.issue({ workspaceId, filter: 'alex', by: alex });
      return url.slice('https://qm.example/audit/'.length);
    };
    const token = await tokenOf();
    const late = await tokenOf();

    await exports.look(token);
    const taken = await Promise.allSettled([exports.take(token), exports.take(token)]);
    clock.now = new Date('2026-11-21T10:15:00Z');

    expect(taken.filter((end) => end.status === 'fulfilled').map((end) => end.value)).toEqual([
      { workspaceId, filter: 'alex' },
    ]);
    expect(await problemOf(exports.take(late))).toMatchObject({ code: 'auditLinkUnusable' });
    expect(await problemOf(exports.look('x'))).toMatchObject({ code: 'auditLinkUnusable' });
  });
});

describe('the CSV file', () => {
  it('is read by a spreadsheet as text: what would run there is tamed, quotes and line ends stay inside', () => {
    const row = {
      seq: 1,
      at: new Date('2026-11-21T10:00:00Z'),
      actorName: '=HYPERLINK("https://evil.example")',
      action: 'a "quoted"\nline',
      subjectName: ' +1',
      subjectKind: '@x',
      graphRequestIds: ['one', 'two'],
      before: null,
      after: { role: 'admin' },
    };

    const [line] = [csvLines([row as never])];

    expect(csvHead.startsWith('\ufeff"number","time","who"')).toBe(true);
    expect(line).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(line).toContain(`"a ""quoted""\nline"`);
    expect(line).toContain(`"' +1"`);
    expect(line).toContain(`"'@x"`);
    expect(line).toContain(`"{""role"":""admin""}"`);
    expect(line?.endsWith('"one two"\r\n')).toBe(true);
  });
});
