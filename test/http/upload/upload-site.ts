import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import restify from 'restify';
import { addUploadRoutes, type UploadRoutes } from '../../../src/http/upload/routes.ts';
import type { UploadTicket } from '../../../src/publishing/upload-tickets.ts';
import { UploadTickets } from '../../../src/publishing/upload-tickets.ts';
import { FolderArtifactStore } from '../../../src/store/artifact-store.ts';
import type { Artifact } from '../../../src/store/artifacts.ts';
import type { Database } from '../../../src/store/database.ts';
import { workspaces } from '../../../src/store/schema.ts';
import { openTestDatabase } from '../../fakes/databases.ts';

export interface UploadSite {
  url: string;
  dataDir: string;
  database: Database;
  tickets: UploadTickets;
  artifacts: FolderArtifactStore;
  routes: UploadRoutes;
  received: { ticket: UploadTicket; artifact: Artifact }[];
  /** Everything that was logged. */
  logged(): string;
  /** The next draft cannot be written. */
  failNextDraft(): void;
  passMinutes(minutes: number): void;
  /** A link that nobody has opened. */
  issue(): Promise<{ id: string; url: string; token: string }>;
  /** A link opened as a browser does: the cookie header for its ticket. */
  open(): Promise<{ ticketId: string; cookie: string; token: string }>;
  close(): Promise<void>;
}

export interface UploadSiteOptions {
  maxBytes?: number;
  requesterName?: string;
  workspaceName?: string;
}

/** The upload routes on a real server. */
export async function startUploadSite(options: UploadSiteOptions = {}): Promise<UploadSite> {
  const dataDir = await mkdtemp(join(tmpdir(), 'upload-site-'));
  const database = await openTestDatabase();
  const [workspace] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: 'home', kind: 'team', teamsKey: 'key', name: options.workspaceName ?? 'Mobile' })
    .returning();
  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _encoding, callback) {
        lines.push(String(chunk));
        callback();
      },
    }),
  );
  const server = restify.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  let shift = 0;
  let mayFail = false;
  const clock = () => new Date(Date.now() + shift);
  const tickets = new UploadTickets({ db: database.db, publicUrl: url, clock });
  const artifacts = new FolderArtifactStore({ folder: join(dataDir, 'artifacts') });
  const received: UploadSite['received'] = [];
  const routes = addUploadRoutes(server, {
    db: database.db,
    tickets,
    artifacts,
    dataDir,
    publicUrl: url,
    maxBytes: options.maxBytes ?? 100_000_000,
    onReceived: async (_tx, what) => {
      if (mayFail) {
        mayFail = false;
        throw new Error('the draft could not be written');
      }
      received.push(what);
    },
    clock,
    log,
  });

  const issue = async () => {
    const ticket = await tickets.issue({
      workspaceId: workspace!.id,
      homeTenantId: 'home',
      requester: { objectId: 'alex', name: options.requesterName ?? 'Alex Wilber', teamsId: '29:alex' },
      place: {
        homeTenantId: 'home',
        conversationKind: 'channel',
        conversationId: '19:abc@thread.tacv2',
        serviceUrl: 'https://smba.example/',
      },
    });
    return { ...ticket, token: ticket.url.split('/u/')[1]! };
  };

  return {
    url,
    dataDir,
    database,
    tickets,
    artifacts,
    routes,
    received,
    logged: () => lines.join(''),
    failNextDraft: () => {
      mayFail = true;
    },
    passMinutes: (minutes) => {
      shift += minutes * 60_000;
    },
    issue,
    async open() {
      const { id, url: link, token } = await issue();
      const answer = await fetch(link, { method: 'POST', redirect: 'manual' });
      const cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0]!)
        .at(-1)!;
      return { ticketId: id, cookie, token };
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.server.closeAllConnections();
      });
      await database.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
