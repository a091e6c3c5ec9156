import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, gt, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor, Place, Workspace } from '../access/actor.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { uploadTickets, workspaces } from '../store/schema.ts';

type TicketState = (typeof uploadTickets.$inferSelect)['state'];

/** An icon instead of a package, and what it is for. */
const uploadWanted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('templateIcon'), templateId: z.string(), name: z.string() }),
  z.object({ kind: z.literal('appIcon'), connectionId: z.string(), appId: z.string(), name: z.string() }),
]);
export type UploadWanted = z.infer<typeof uploadWanted>;

/** The right of one person to send one package for one workspace. */
export interface UploadTicket {
  id: string;
  workspace: Pick<Workspace, 'id' | 'kind' | 'name'>;
  homeTenantId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  state: TicketState;
  expiresAt: Date;
  artifactId: string | null;
  /** The card it was asked for on was about this connection. */
  connectionId: string | null;
  /** Null: a package to be published. */
  wanted: UploadWanted | null;
}

export interface NewUploadTicket {
  workspaceId: string;
  homeTenantId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  connectionId?: string | null;
  wanted?: UploadWanted;
}

/** `session` goes into the cookie of the browser that opened the link first; it is known nowhere else. */
export type Exchange = { kind: 'opened'; ticketId: string; session: string } | { kind: 'taken'; ticketId: string };

export interface UploadTicketsOptions {
  db: Db;
  /** Links start with it. */
  publicUrl: string;
  clock?: () => Date;
  /** How long a link can be opened and an upload be started. */
  ttlMs?: number;
  /** How long an upload that has been started can go on. */
  uploadTtlMs?: number;
}

const hour = 3_600_000;
const tokenShape = /^[A-Za-z0-9_-]{43}$/;
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const takesPackage: TicketState[] = ['open', 'receiving'];

const newToken = () => randomBytes(32).toString('base64url');
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const isHashOf = (hash: string, token: string) => timingSafeEqual(Buffer.from(hash), Buffer.from(hashOf(token)));

/** Links to the upload page. Tokens and sessions are stored as SHA-256 only. */
export class UploadTickets {
  readonly #db: Db;
  readonly #publicUrl: string;
  readonly #clock: () => Date;
  readonly #ttlMs: number;
  readonly #uploadTtlMs: number;

  constructor({
    db,
    publicUrl,
    clock = () => new Date(),
    ttlMs = hour,
    uploadTtlMs = 24 * hour,
  }: UploadTicketsOptions) {
    this.#db = db;
    this.#publicUrl = publicUrl;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#uploadTtlMs = uploadTtlMs;
  }

  async issue(ticket: NewUploadTicket): Promise<{ id: string; url: string; expiresAt: Date }> {
    const token = newToken();
    const expiresAt = new Date(this.#clock().getTime() + this.#ttlMs);
    const [row] = await this.#db
      .insert(uploadTickets)
      .values({
        tokenHash: hashOf(token),
        workspaceId: ticket.workspaceId,
        homeTenantId: ticket.homeTenantId,
        requesterId: ticket.requester.objectId,
        requesterName: ticket.requester.name,
        requesterTeamsId: ticket.requester.teamsId,
        place: ticket.place,
        connectionId: ticket.connectionId ?? null,
        wanted: ticket.wanted ?? null,
        state: 'open',
        expiresAt,
      })
      .returning({ id: uploadTickets.id });
    if (row === undefined) throw new Error('The upload ticket was not written');
    return { id: row.id, url: `${this.#publicUrl}/u/${token}`, expiresAt };
  }

  /** Looks at a link without opening it. Throws the problem of a link that cannot be used any more. */
  async look(token: string): Promise<UploadTicket> {
    const ticket = await this.#read(tokenShape.test(token) ? eq(uploadTickets.tokenHash, hashOf(token)) : undefined);
    return this.#usable(ticket);
  }

  /** Opens a link: the first browser gets a session, every other one is told that the link is taken. */
  async exchange(token: string): Promise<Exchange> {
    const ticket = await this.look(token);
    const session = newToken();
    const [opened] = await this.#db
      .update(uploadTickets)
      .set({ sessionHash: hashOf(session) })
      .where(
        and(
          eq(uploadTickets.id, ticket.id),
          isNull(uploadTickets.sessionHash),
          eq(uploadTickets.state, 'open'),
          gt(uploadTickets.expiresAt, this.#clock()),
        ),
      )
      .returning({ id: uploadTickets.id });
    return opened === undefined
      ? { kind: 'taken', ticketId: ticket.id }
      : { kind: 'opened', ticketId: ticket.id, session };
  }

  /** The ticket whose link was opened with this session. A received one is returned too, whatever the time. */
  async bySession(ticketId: string, session: string | null): Promise<UploadTicket> {
    const ticket = await this.#read(idShape.test(ticketId) ? eq(uploadTickets.id, ticketId) : undefined);
    if (ticket?.sessionHash == null) throw new ProblemError('uploadLinkUnknown');
    if (session === null || !isHashOf(ticket.sessionHash, session)) throw new ProblemError('uploadLinkTaken');
    return this.#usable(ticket);
  }

  /** An upload starts: from now on the link's end is that of the upload. False when the ticket takes no package any more. */
  async begin(ticketId: string): Promise<boolean> {
    const now = this.#clock();
    await this.#db
      .update(uploadTickets)
      .set({ state: 'receiving', expiresAt: new Date(now.getTime() + this.#uploadTtlMs) })
      .where(and(eq(uploadTickets.id, ticketId), eq(uploadTickets.state, 'open'), gt(uploadTickets.expiresAt, now)));
    const [row] = await this.#db
      .select({ state: uploadTickets.state })
      .from(uploadTickets)
      .where(eq(uploadTickets.id, ticketId));
    return row?.state === 'receiving';
  }

  /** Closes the ticket with its one package. False when another upload or a person was faster. */
  async complete(tx: Db, ticketId: string, artifactId: string): Promise<boolean> {
    const closed = await tx
      .update(uploadTickets)
      .set({ state: 'received', artifactId })
      .where(and(eq(uploadTickets.id, ticketId), inArray(uploadTickets.state, takesPackage)))
      .returning({ id: uploadTickets.id });
    return closed.length === 1;
  }

  /** Takes the right back. False when a package has already come. */
  async withdraw(tx: Db, ticketId: string): Promise<boolean> {
    const closed = await tx
      .update(uploadTickets)
      .set({ state: 'refused' })
      .where(and(eq(uploadTickets.id, ticketId), inArray(uploadTickets.state, takesPackage)))
      .returning({ id: uploadTickets.id });
    return closed.length === 1;
  }

  #usable(ticket: StoredTicket | null): UploadTicket {
    if (ticket === null) throw new ProblemError('uploadLinkUnknown');
    if (ticket.state === 'refused') throw new ProblemError('uploadWithdrawn');
    if (ticket.state !== 'received' && ticket.expiresAt <= this.#clock()) throw new ProblemError('uploadLinkExpired');
    const { sessionHash: _, ...usable } = ticket;
    return usable;
  }

  async #read(condition: ReturnType<typeof eq> | undefined): Promise<StoredTicket | null> {
    if (condition === undefined) return null;
    const [row] = await this.#db
      .select({ ticket: uploadTickets, workspace: workspaces })
      .from(uploadTickets)
      .innerJoin(workspaces, eq(workspaces.id, uploadTickets.workspaceId))
      .where(condition);
    if (row === undefined) return null;
    const { ticket, workspace } = row;
    return {
      id: ticket.id,
      workspace: { id: workspace.id, kind: workspace.kind, name: workspace.name },
      homeTenantId: ticket.homeTenantId,
      requester: { objectId: ticket.requesterId, name: ticket.requesterName, teamsId: ticket.requesterTeamsId },
      place: ticket.place as Place,
      state: ticket.state,
      expiresAt: ticket.expiresAt,
      artifactId: ticket.artifactId,
      connectionId: ticket.connectionId,
      wanted: uploadWanted.nullable().parse(ticket.wanted),
      sessionHash: ticket.sessionHash,
    };
  }
}

type StoredTicket = UploadTicket & { sessionHash: string | null };
