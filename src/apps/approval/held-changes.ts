import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { and, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { AuditLog } from '../../audit/audit.ts';
import type { Connections } from '../../connections/connections.ts';
import { type ApprovalRequest, createApprovalRequests } from '../../graph/approval-requests.ts';
import type { GraphClient, GraphRequest } from '../../graph/graph-client.ts';
import { withVoucher } from '../../graph/held-changes.ts';
import { asProblemError, ProblemError } from '../../problems/problem.ts';
import type { Database, Db } from '../../store/database.ts';
import { heldChanges } from '../../store/schema.ts';
import { appIdIn, nameOf } from './app-of-request.ts';
import { changeJustification } from './change-justification.ts';

export type HeldChange = typeof heldChanges.$inferSelect;

/** The change was filed, or is already: nothing was changed, and nothing more is to be sent. */
export class HeldForApproval extends Error {
  readonly held: HeldChange;
  constructor(held: HeldChange) {
    super('The change waits for the approval of an administrator');
    this.name = 'HeldForApproval';
    this.held = held;
  }
}

export interface Change {
  workspaceId: string;
  /** The route. */
  action: string;
  by: { objectId: string; name: string };
}

export interface HeldChangesOptions {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'accessTo'>;
  audit: AuditLog;
  /** Whose part it is to approve in a workspace. */
  approversOf(workspaceId: string): Promise<readonly { objectId: string; name: string }[]>;
  now?: () => Date;
}

type Access = Awaited<ReturnType<Connections['accessTo']>>;

const storedRequest = z.object({
  method: z.enum(['POST', 'PATCH', 'DELETE']),
  path: z.string(),
  version: z.enum(['v1.0', 'beta']).optional(),
  body: z.unknown().optional(),
});

/** Requests live three days in Intune; what became of them is of no interest for long. */
const keptMs = 30 * 24 * 60 * 60_000;

/**
 * Changes of apps in tenants with Multi Admin Approval. Each carries its reason; one that is held is filed once, kept as it
 * was sent, and sent again with the code when it is approved.
 */
export class HeldChanges {
  readonly #options: HeldChangesOptions;
  readonly #now: () => Date;
  readonly #changes = new AsyncLocalStorage<Change>();

  constructor(options: HeldChangesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** What `work` changes through `connections` belongs to this change. */
  during<T>(change: Change, work: () => Promise<T>): Promise<T> {
    return this.#changes.run(change, work);
  }

  /** The same connections, whose changes say why and are filed where the tenant wants it. */
  get connections(): Pick<Connections, 'accessTo'> {
    return {
      accessTo: async (id, by) => {
        const access = await this.#options.connections.accessTo(id, by);
        const change = this.#changes.getStore();
        return change === undefined ? access : { ...access, graph: this.#filing(access, change) };
      },
    };
  }

  async find(workspaceId: string, id: string): Promise<HeldChange | null> {
    const [row] = await this.#options.database.db
      .select()
      .from(heldChanges)
      .where(and(eq(heldChanges.id, id), eq(heldChanges.workspaceId, workspaceId)));
    return row ?? null;
  }

  /** Looks whether it was decided; an approved one is made now. */
  async check(held: HeldChange, signal: AbortSignal): Promise<HeldChange> {
    if (held.state !== 'open') return held;
    const access = await this.#options.connections.accessTo(held.connectionId);
    if (access.connection.clientId !== held.clientId) return this.#close(held, { state: 'otherApp' });
    const request = await read(access, held.code, signal);
    if (request === 'gone') return this.#close(held, { state: 'cancelled' });
    // A connection that may not read requests tries: undecided, Intune refuses the code.
    if (request === 'unreadable') return this.#complete(held, access, null);
    const decidedBy = request.approver?.name ?? null;
    switch (request.status) {
      case 'approved':
        if (request.approver?.id != null && request.approver.id === held.requesterId) {
          await withdrawn(access, held.code);
          return this.#close(held, { state: 'ownApproval' });
        }
        return this.#complete(held, access, decidedBy);
      case 'completed':
        return this.#close(held, { state: 'completed', decidedBy });
      case 'rejected':
        return this.#close(held, { state: 'rejected', decidedBy, answer: request.answer?.slice(0, 300) ?? null });
      case 'cancelled':
        return this.#close(held, { state: 'cancelled', decidedBy });
      case 'expired':
        return this.#close(held, { state: 'expired' });
      default:
        return held;
    }
  }

  /** Takes the request back, so that nobody approves what nobody wants any more. */
  async withdraw(held: HeldChange): Promise<HeldChange> {
    if (held.state !== 'open') return held;
    const access = await this.#options.connections.accessTo(held.connectionId);
    await createApprovalRequests(access.graph)
      .cancel(held.code)
      .catch((error: unknown) => {
        if (asProblemError(error).problem.code !== 'graphNotFound') throw error;
      });
    return this.#close(held, { state: 'cancelled' });
  }

  #filing({ graph, connection }: Access, change: Change): GraphClient {
    return {
      url: graph.url,
      page: (request) => graph.page(request),
      pages: (request) => graph.pages(request),
      send: (request) => {
        const appId = appIdIn(request.path);
        if (request.method === 'GET' || appId === null) return graph.send(request);
        return this.#file({ graph, connection, change, appId }, request);
      },
    };
  }

  async #file<T>(
    { graph, connection, change, appId }: Pick<Access, 'graph' | 'connection'> & { change: Change; appId: string },
    request: GraphRequest<T>,
  ): Promise<T> {
    const { method, path, version, body } = request;
    const sent = {
      method,
      path,
      ...(version === undefined ? {} : { version }),
      ...(body === undefined ? {} : { body }),
    };
    const marker = markerOf(connection.id, sent);
    const before = await this.#open(marker);
    if (before !== null) throw new HeldForApproval(before);
    const approvers = (await this.#options.approversOf(change.workspaceId))
      .filter(({ objectId }) => objectId !== change.by.objectId)
      .map(({ name }) => name);
    const appName = (await nameOf(graph, appId)) ?? appId;
    const { action, by } = change;
    const justification = changeJustification({ action, appName, requester: by.name, approvers, marker });
    try {
      return await withVoucher(graph, { justification }).send(request);
    } catch (error) {
      const { code, ids } = asProblemError(error).problem;
      if (code !== 'approvalRequired' && code !== 'approvalPending') throw error;
      const named = code === 'approvalRequired' ? (ids?.approvalId ?? null) : null;
      // The answer to an earlier filing may have been lost.
      const filed = named ?? (await ownRequest(graph, marker));
      if (filed === null) throw error;
      const { id: connectionId, clientId } = connection;
      const { workspaceId } = change;
      const requester = { requesterId: by.objectId, requesterName: by.name };
      throw new HeldForApproval(
        await this.#keep({
          ...{ workspaceId, connectionId, appId, appName, action, ...requester, approvers },
          ...{ request: sent, marker, code: filed, clientId, state: 'open' },
        }),
      );
    }
  }

  async #keep(values: typeof heldChanges.$inferInsert): Promise<HeldChange> {
    const { database, audit } = this.#options;
    return database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      await tx.delete(heldChanges).where(lt(heldChanges.createdAt, new Date(this.#now().getTime() - keptMs)));
      const [row] = await tx.insert(heldChanges).values(values).returning();
      if (row === undefined) throw new Error('The held change did not come back from the store');
      await audit.record(tx, {
        workspaceId: row.workspaceId,
        subject: { kind: 'app', id: row.appId, name: row.appName },
        after: { approval: 'asked for' },
      });
      return row;
    });
  }

  async #open(marker: string): Promise<HeldChange | null> {
    const [row] = await this.#options.database.db
      .select()
      .from(heldChanges)
      .where(and(eq(heldChanges.marker, marker), eq(heldChanges.state, 'open')));
    return row ?? null;
  }

  async #complete(held: HeldChange, { graph }: Access, decidedBy: string | null): Promise<HeldChange> {
    const request = storedRequest.parse(held.request);
    const { version, ...rest } = request;
    try {
      await withVoucher(graph, { approvalCode: held.code }).send<void>({
        ...rest,
        ...(version === undefined ? {} : { version }),
      });
    } catch (error) {
      // Not decided yet, or two people looked at the same time.
      if (asProblemError(error).problem.code !== 'approvalRequired') throw error;
      return (await this.find(held.workspaceId, held.id)) ?? held;
    }
    return this.#close(held, { state: 'completed', decidedBy });
  }

  /** Once: whoever comes second sees what the first one wrote. */
  async #close(
    held: HeldChange,
    end: Pick<HeldChange, 'state'> & Partial<Pick<HeldChange, 'decidedBy' | 'answer'>>,
  ): Promise<HeldChange> {
    const { database, audit } = this.#options;
    return database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      const [row] = await tx
        .update(heldChanges)
        .set({ ...end, decidedAt: this.#now() })
        .where(and(eq(heldChanges.id, held.id), eq(heldChanges.state, 'open')))
        .returning();
      if (row === undefined) {
        const [now] = await tx.select().from(heldChanges).where(eq(heldChanges.id, held.id));
        return now ?? held;
      }
      await audit.record(tx, {
        workspaceId: row.workspaceId,
        subject: { kind: 'app', id: row.appId, name: row.appName },
        after: { approval: row.state, change: row.action, askedBy: row.requesterName, decidedBy: row.decidedBy },
        result: row.state === 'completed' ? 'done' : 'failed',
      });
      return row;
    });
  }
}

/** The same for the same change, so that a filing whose answer was lost is found again. */
function markerOf(connectionId: string, request: Record<string, unknown>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([connectionId, request]))
    .digest('hex');
  return `[Quartermaster change ${hash.slice(0, 20)}]`;
}

async function read(
  { graph }: Access,
  code: string,
  signal: AbortSignal,
): Promise<ApprovalRequest | 'unreadable' | 'gone'> {
  try {
    return await createApprovalRequests(graph).get(code, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { problem } = asProblemError(error);
    if (problem.code === 'graphPermissionMissing' || problem.code === 'graphForbidden') return 'unreadable';
    if (problem.code === 'graphNotFound') return 'gone';
    throw error;
  }
}

async function ownRequest(graph: GraphClient, marker: string): Promise<string | null> {
  try {
    return (await createApprovalRequests(graph).findOpen(marker))[0]?.id ?? null;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

const withdrawn = (access: Access, code: string) =>
  createApprovalRequests(access.graph)
    .cancel(code)
    .catch(() => undefined);
