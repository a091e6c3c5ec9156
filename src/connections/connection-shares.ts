import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { connectionAliases, connectionShares, publishJobs, releases, roleGrants, workspaces } from '../store/schema.ts';
import { namedAmong, usableConnections } from './connection-directory.ts';
import { connectionIn, nameKey } from './connection-store.ts';
import type { SavedBy } from './connections.ts';

export interface Share {
  id: string;
  /** Null: all teams and group chats of the tenant. */
  workspace: { id: string; name: string | null } | null;
  sharedByName: string;
  since: Date;
}

/** What a withdrawal would touch in the workspaces that borrow. */
export interface ShareUse {
  workspaceName: string;
  openJobs: number;
  drafts: number;
  groupRoles: number;
}

export interface ConnectionSharesOptions {
  database: Pick<Database, 'db'>;
  audit: AuditLog;
}

/** Lending of connections within one home tenant. The borrower uses them; everything else stays with the owner. */
export class ConnectionShares {
  readonly #db: Db;
  readonly #audit: AuditLog;

  constructor({ database, audit }: ConnectionSharesOptions) {
    this.#db = database.db;
    this.#audit = audit;
  }

  /** Of an own connection of the workspace; by name, the one for all first. */
  async list(workspaceId: string, connectionId: string): Promise<Share[]> {
    const own = await connectionIn(this.#db, workspaceId, connectionId);
    return own === null ? [] : this.#sharesOf(this.#db, own.id);
  }

  /** Adds to what is shared already. Places of another tenant, personal chats and the owner itself are left out. */
  async share(
    workspaceId: string,
    connectionId: string,
    receivers: 'all' | readonly string[],
    by: SavedBy,
  ): Promise<Share[]> {
    return this.#db.transaction(async (tx) => {
      const { own, homeTenantId } = await this.#owned(tx, workspaceId, connectionId);
      if (own.permissionKind === 'delegated') throw new ProblemError('shareOfSignIn');
      const before = await this.#sharesOf(tx, own.id);
      const known = new Set(before.map((share) => share.workspace?.id ?? 'all'));
      const wanted = receivers === 'all' ? ['all'] : await this.#places(tx, homeTenantId, workspaceId, receivers);
      const added = wanted.filter((id) => !known.has(id));
      if (added.length > 0)
        await tx.insert(connectionShares).values(
          added.map((id) => ({
            connectionId: own.id,
            homeTenantId,
            workspaceId: id === 'all' ? null : id,
            sharedById: by.objectId,
            sharedByName: by.name,
          })),
        );
      const after = await this.#sharesOf(tx, own.id);
      await this.#audit.record(tx, {
        workspaceId,
        action: 'connection shared',
        subject: { kind: 'connection', id: own.id, name: own.name },
        before: { with: before.map(shareName) },
        after: { with: after.map(shareName) },
        by,
      });
      return after;
    });
  }

  /** What uses the connection in the places that one share reaches, and no other share. */
  async uses(workspaceId: string, connectionId: string, shareId: string): Promise<ShareUse[]> {
    const shares = await this.list(workspaceId, connectionId);
    const share = shares.find(({ id }) => id === shareId);
    if (share === undefined) return [];
    const others = shares.filter(({ id }) => id !== shareId);
    if (others.some(({ workspace }) => workspace === null)) return [];
    const kept = new Set([workspaceId, ...others.map(({ workspace }) => workspace?.id)]);
    const found = await usesOf(this.#db, connectionId);
    return [...found.values()]
      .filter(
        (use) => !kept.has(use.workspaceId) && (share.workspace === null || share.workspace.id === use.workspaceId),
      )
      .map(({ workspaceId: _, ...use }) => use);
  }

  /** Null when it was withdrawn already. */
  async withdraw(workspaceId: string, connectionId: string, shareId: string, by: SavedBy): Promise<Share[] | null> {
    return this.#db.transaction(async (tx) => {
      const { own } = await this.#owned(tx, workspaceId, connectionId);
      const before = await this.#sharesOf(tx, own.id);
      const share = before.find(({ id }) => id === shareId);
      if (share === undefined) return null;
      await tx.delete(connectionShares).where(eq(connectionShares.id, shareId));
      const after = before.filter(({ id }) => id !== shareId);
      await this.#audit.record(tx, {
        workspaceId,
        action: 'connection share withdrawn',
        subject: { kind: 'connection', id: own.id, name: own.name },
        before: { with: before.map(shareName) },
        after: { with: after.map(shareName) },
        by,
      });
      return after;
    });
  }

  /** How a borrower calls it; null gives it its own name back. Throws when the name is taken there. */
  async rename(workspaceId: string, connectionId: string, alias: string | null, by: SavedBy): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
      const usable = await usableConnections(tx, workspaceId);
      const lent = namedAmong(usable, connectionId);
      if (lent?.lent === undefined) throw new ProblemError('connectionNotFound');
      const here = and(eq(connectionAliases.connectionId, lent.id), eq(connectionAliases.workspaceId, workspaceId));
      await tx.delete(connectionAliases).where(here);
      if (alias !== null) {
        const taken = usable.some((other) => other.id !== lent.id && other.nameKey === nameKey(alias));
        if (taken) throw new ProblemError('connectionNameTaken');
        await tx
          .insert(connectionAliases)
          .values({ connectionId: lent.id, workspaceId, alias, aliasKey: nameKey(alias) });
      }
      await this.#audit.record(tx, {
        workspaceId,
        action: 'connection alias',
        subject: { kind: 'connection', id: lent.id, name: lent.lent.name },
        before: { name: lent.name },
        after: { name: alias ?? lent.lent.name },
        by,
      });
    });
  }

  async #owned(tx: Db, workspaceId: string, connectionId: string) {
    const [owner] = await tx.select().from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
    const own = await connectionIn(tx, workspaceId, connectionId);
    if (owner === undefined || own === null) throw new ProblemError('connectionNotFound');
    if (owner.kind === 'personal') throw new ProblemError('shareFromOwnChat');
    return { own, homeTenantId: owner.homeTenantId };
  }

  async #places(tx: Db, homeTenantId: string, ownerId: string, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await tx
      .select({ id: workspaces.id })
      .from(workspaces)
      .where(
        and(
          inArray(workspaces.id, [...ids]),
          eq(workspaces.homeTenantId, homeTenantId),
          ne(workspaces.kind, 'personal'),
          ne(workspaces.id, ownerId),
          isNull(workspaces.removedAt),
        ),
      );
    return rows.map(({ id }) => id);
  }

  async #sharesOf(tx: Db, connectionId: string): Promise<Share[]> {
    const rows = await tx
      .select({ share: connectionShares, name: workspaces.name })
      .from(connectionShares)
      .leftJoin(workspaces, eq(workspaces.id, connectionShares.workspaceId))
      .where(eq(connectionShares.connectionId, connectionId))
      .orderBy(sql`${connectionShares.workspaceId} is not null`, asc(workspaces.name));
    return rows.map(({ share, name }) => ({
      id: share.id,
      workspace: share.workspaceId === null ? null : { id: share.workspaceId, name },
      sharedByName: share.sharedByName,
      since: share.createdAt,
    }));
  }
}

/** What stops working elsewhere when a connection goes, as parts of a sentence. */
export async function shareDependents(db: Db, connectionId: string): Promise<string[]> {
  const count = sql<number>`count(*)::int`;
  const of = eq(connectionShares.connectionId, connectionId);
  const [shares] = await db
    .select({ count, forAll: sql<number>`count(*) filter (where workspace_id is null)::int` })
    .from(connectionShares)
    .where(of);
  const [groups] = await db.select({ count }).from(roleGrants).where(eq(roleGrants.connectionId, connectionId));
  const words = (number: number, one: string, several: string) => (number === 1 ? one : `${number} ${several}`);
  return [
    ...(shares === undefined || shares.count === 0
      ? []
      : [
          shares.forAll > 0
            ? 'a share with every other place'
            : words(shares.count, '1 share with another place', 'shares with other places'),
        ]),
    ...(groups === undefined || groups.count === 0
      ? []
      : [words(groups.count, '1 role of a group that is read through it', 'roles of groups that are read through it')]),
  ];
}

const shareName = ({ workspace }: Share) => (workspace === null ? 'all places' : (workspace.name ?? workspace.id));

async function usesOf(db: Db, connectionId: string) {
  const found = new Map<string, ShareUse & { workspaceId: string }>();
  const note = (
    workspace: { id: string; name: string | null },
    kind: 'openJobs' | 'drafts' | 'groupRoles',
    count: number,
  ) => {
    const use = found.get(workspace.id) ?? {
      workspaceId: workspace.id,
      workspaceName: workspace.name ?? 'A chat',
      openJobs: 0,
      drafts: 0,
      groupRoles: 0,
    };
    found.set(workspace.id, { ...use, [kind]: use[kind] + count });
  };
  const place = { id: workspaces.id, name: workspaces.name };
  const count = sql<number>`count(*)::int`;
  const jobs = await db
    .select({ ...place, count })
    .from(publishJobs)
    .innerJoin(workspaces, eq(workspaces.id, publishJobs.workspaceId))
    .where(and(eq(publishJobs.connectionId, connectionId), ne(publishJobs.state, 'done')))
    .groupBy(workspaces.id, workspaces.name);
  const drafts = await db
    .select({ ...place, count })
    .from(releases)
    .innerJoin(workspaces, eq(workspaces.id, releases.workspaceId))
    .where(and(eq(releases.state, 'planned'), sql`${releases.plan}->>'connectionId' = ${connectionId}`))
    .groupBy(workspaces.id, workspaces.name);
  const groups = await db
    .select({ ...place, count })
    .from(roleGrants)
    .innerJoin(workspaces, eq(workspaces.id, roleGrants.workspaceId))
    .where(eq(roleGrants.connectionId, connectionId))
    .groupBy(workspaces.id, workspaces.name);
  for (const row of jobs) note(row, 'openJobs', row.count);
  for (const row of drafts) note(row, 'drafts', row.count);
  for (const row of groups) note(row, 'groupRoles', row.count);
  return found;
}
