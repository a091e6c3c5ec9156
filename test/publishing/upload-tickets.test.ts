import { sql } from 'drizzle-orm';
import { ProblemError } from '../../src/problems/problem.ts';
import { UploadTickets } from '../../src/publishing/upload-tickets.ts';
import type { Database } from '../../src/store/database.ts';
import { artifacts, uploadTickets, workspaces } from '../../src/store/schema.ts';
import { openTestDatabase } from '../fakes/databases.ts';

const publicUrl = 'https://qm.example';
const minute = 60_000;

let database: Database;
let workspaceId: string;
let now: Date;
let tickets: UploadTickets;

const requester = { objectId: 'alex', name: 'Alex Wilber', teamsId: '29:alex' };
const place = {
  homeTenantId: 'home',
  conversationKind: 'channel' as const,
  conversationId: '19:abc@thread.tacv2',
  threadId: '1700000000000',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
};
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * minute);
};
const issue = () => tickets.issue({ workspaceId, homeTenantId: 'home', requester, place });
const tokenIn = (url: string) => url.split('/u/')[1]!;

async function open() {
  const { url } = await issue();
  const exchange = await tickets.exchange(tokenIn(url));
  if (exchange.kind !== 'opened') throw new Error('The link was not opened');
  return { ...exchange, token: tokenIn(url) };
}

async function newArtifact(): Promise<string> {
  const [row] = await database.db
    .insert(artifacts)
    .values({ workspaceId, fileName: 'a.apk', size: 1, sha256: 'ab', location: 'x' })
    .returning();
  return row!.id;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

beforeAll(async () => {
  database = await openTestDatabase();
  const [row] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: 'home', kind: 'team', teamsKey: 'key', name: 'Mobile' })
    .returning();
  workspaceId = row!.id;
});
afterAll(() => database.close());
beforeEach(() => {
  now = new Date('2026-11-21T09:00:00Z');
  tickets = new UploadTickets({ db: database.db, publicUrl, clock: () => now });
});

describe('an upload link', () => {
  it('starts with the public address and holds 256 random bits', async () => {
    const links = await Promise.all([issue(), issue()]);

    for (const { url } of links) expect(url).toMatch(/^https:\/\/qm\.example\/u\/[A-Za-z0-9_-]{43}$/);
    expect(links[0]!.url).not.toBe(links[1]!.url);
  });

  it('is stored as a hash only, and so is its session', async () => {
    const { token, session } = await open();

    const stored = JSON.stringify(await database.db.select().from(uploadTickets));

    expect(stored).not.toContain(token);
    expect(stored).not.toContain(session);
  });

  it('can be looked at any number of times without being opened', async () => {
    const { url } = await issue();

    await tickets.look(tokenIn(url));
    await tickets.look(tokenIn(url));

    expect(await tickets.exchange(tokenIn(url))).toMatchObject({ kind: 'opened' });
  });

  it('leads to the ticket of its person and workspace', async () => {
    const { ticketId, session } = await open();

    expect(await tickets.bySession(ticketId, session)).toEqual({
      id: ticketId,
      workspace: { id: workspaceId, kind: 'team', name: 'Mobile' },
      homeTenantId: 'home',
      requester,
      place,
      state: 'open',
      expiresAt: new Date('2026-11-21T10:00:00Z'),
      artifactId: null,
      connectionId: null,
      wanted: null,
    });
  });

  it('opens once', async () => {
    const { token, ticketId } = await open();

    expect(await tickets.exchange(token)).toEqual({ kind: 'taken', ticketId });
  });

  it('opens for one of two browsers that are equally fast', async () => {
    const { url } = await issue();

    const exchanges = await Promise.all([tickets.exchange(tokenIn(url)), tickets.exchange(tokenIn(url))]);

    expect(exchanges.map((exchange) => exchange.kind).sort()).toEqual(['opened', 'taken']);
  });

  it.each(['', 'short', '../../etc/passwd', "' or 1=1 --", 'A'.repeat(43)])(
    'is unknown when it is %j',
    async (token) => {
      expect(await codeOf(tickets.exchange(token))).toBe('uploadLinkUnknown');
    },
  );

  it('expires after an hour', async () => {
    const { url } = await issue();
    pass(60);

    expect(await codeOf(tickets.look(tokenIn(url)))).toBe('uploadLinkExpired');
    expect(await codeOf(tickets.exchange(tokenIn(url)))).toBe('uploadLinkExpired');
  });
});

describe('the session of an upload link', () => {
  it('is the only key to its ticket', async () => {
    const mine = await open();
    const other = await open();

    expect(await codeOf(tickets.bySession(mine.ticketId, other.session))).toBe('uploadLinkTaken');
    expect(await codeOf(tickets.bySession(mine.ticketId, null))).toBe('uploadLinkTaken');
    expect(await codeOf(tickets.bySession(mine.ticketId, ''))).toBe('uploadLinkTaken');
  });

  it.each(['', 'x', '00000000-0000-4000-8000-000000000000', "'; drop table upload_tickets"])(
    'does not fit the ticket %j',
    async (ticketId) => {
      const { session } = await open();

      expect(await codeOf(tickets.bySession(ticketId, session))).toBe('uploadLinkUnknown');
    },
  );

  it('does not exist before the link is opened', async () => {
    const { id } = await issue();

    expect(await codeOf(tickets.bySession(id, null))).toBe('uploadLinkUnknown');
  });

  it('ends with the ticket when no upload has started', async () => {
    const { ticketId, session } = await open();
    pass(60);

    expect(await codeOf(tickets.bySession(ticketId, session))).toBe('uploadLinkExpired');
    expect(await tickets.begin(ticketId)).toBe(false);
  });

  it('lasts a day from the start of an upload, and a second start does not prolong it', async () => {
    const { ticketId, session } = await open();
    pass(59);

    expect(await tickets.begin(ticketId)).toBe(true);
    pass(23 * 60);
    expect(await tickets.begin(ticketId)).toBe(true);
    expect(await tickets.bySession(ticketId, session)).toMatchObject({ state: 'receiving' });
    pass(60);
    expect(await codeOf(tickets.bySession(ticketId, session))).toBe('uploadLinkExpired');
  });
});

describe('a ticket', () => {
  it('takes one package, and shows it afterwards for as long as it is asked', async () => {
    const { ticketId, session } = await open();
    const [first, second] = [await newArtifact(), await newArtifact()];

    expect(await tickets.complete(database.db, ticketId, first)).toBe(true);
    expect(await tickets.complete(database.db, ticketId, second)).toBe(false);
    expect(await tickets.begin(ticketId)).toBe(false);
    pass(48 * 60);
    expect(await tickets.bySession(ticketId, session)).toMatchObject({ state: 'received', artifactId: first });
  });

  it('takes nothing after it was withdrawn', async () => {
    const { ticketId, session, token } = await open();

    expect(await tickets.withdraw(database.db, ticketId)).toBe(true);

    expect(await codeOf(tickets.look(token))).toBe('uploadWithdrawn');
    expect(await codeOf(tickets.bySession(ticketId, session))).toBe('uploadWithdrawn');
    expect(await tickets.begin(ticketId)).toBe(false);
    expect(await tickets.complete(database.db, ticketId, await newArtifact())).toBe(false);
  });

  it('cannot be withdrawn when it has its package', async () => {
    const { ticketId } = await open();
    await tickets.complete(database.db, ticketId, await newArtifact());

    expect(await tickets.withdraw(database.db, ticketId)).toBe(false);
  });

  it('is closed by the transaction that was asked to, or not at all', async () => {
    const { ticketId, session } = await open();
    const artifactId = await newArtifact();

    const failing = database.db.transaction(async (tx) => {
      await tickets.complete(tx as unknown as typeof database.db, ticketId, artifactId);
      await tx.execute(sql`select 1 / 0`);
    });

    await expect(failing).rejects.toThrow();
    expect(await tickets.bySession(ticketId, session)).toMatchObject({ state: 'open', artifactId: null });
  });
});
