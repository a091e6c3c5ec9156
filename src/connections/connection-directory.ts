import { and, asc, eq, exists, inArray, isNull, ne, or, type Placeholder, sql } from 'drizzle-orm';
import { alias, unionAll } from 'drizzle-orm/pg-core';
import type { Db } from '../store/database.ts';
import { connectionAliases, connectionShares, connections, credentialChanges, workspaces } from '../store/schema.ts';
import { type StoredConnection, storedConnection } from './connection.ts';
import { nameKey } from './connection-store.ts';
import { isGuid } from './tenant-name.ts';

const owner = alias(workspaces, 'owner');

/**
 * Which connections a workspace may use: its own, and those that other workspaces of its home tenant lend to it. The one
 * place that knows; whatever changes a connection looks for it among the workspace's own instead (connection-store).
 */
function usableRows(tx: Db, workspaceId: string | Placeholder) {
  return tx
    .select({
      connection: connections,
      change: credentialChanges,
      called: connectionAliases.alias,
      ownerName: owner.name,
    })
    .from(connections)
    .innerJoin(owner, eq(owner.id, connections.workspaceId))
    .leftJoin(credentialChanges, eq(credentialChanges.connectionId, connections.id))
    .leftJoin(
      connectionAliases,
      and(eq(connectionAliases.connectionId, connections.id), eq(connectionAliases.workspaceId, workspaceId)),
    )
    .where(
      and(
        inArray(connections.id, candidates(tx, workspaceId)),
        isNull(connections.deletedAt),
        or(eq(connections.workspaceId, workspaceId), exists(lentTo(tx, workspaceId))),
      ),
    )
    .orderBy(asc(connections.nameKey));
}

type UsableRow = Awaited<ReturnType<typeof usableRows>>[number];

function usableIn(workspaceId: string, { called, ownerName, ...row }: UsableRow): StoredConnection {
  const stored = storedConnection(row);
  if (stored.workspaceId === workspaceId) return stored;
  const lent = { workspaceId: stored.workspaceId, workspaceName: ownerName, name: stored.name };
  return called === null ? { ...stored, lent } : { ...stored, name: called, nameKey: nameKey(called), lent };
}

/** Within a transaction. */
export async function usableConnections(tx: Db, workspaceId: string): Promise<StoredConnection[]> {
  return (await usableRows(tx, workspaceId)).map((row) => usableIn(workspaceId, row));
}

/** The same outside of one, for nearly every turn: the statement is built once and the server plans it once. */
export function prepareUsableConnections(db: Db): (workspaceId: string) => Promise<StoredConnection[]> {
  const statement = usableRows(db, sql.placeholder('workspaceId')).prepare('usable_connections');
  return async (workspaceId) => (await statement.execute({ workspaceId })).map((row) => usableIn(workspaceId, row));
}

export async function usableConnection(
  tx: Db,
  workspaceId: string,
  idOrName: string,
): Promise<StoredConnection | null> {
  return namedAmong(await usableConnections(tx, workspaceId), idOrName);
}

/** By id, or by the name it has here; an own one goes before a lent one of the same name. */
export function namedAmong(usable: readonly StoredConnection[], idOrName: string): StoredConnection | null {
  if (isGuid(idOrName)) return usable.find(({ id }) => id === idOrName.toLowerCase()) ?? null;
  const named = usable.filter((connection) => connection.nameKey === nameKey(idOrName));
  return named.find(({ lent }) => lent === undefined) ?? named[0] ?? null;
}

/** What the rule above is asked of. The rule alone, with its “or”, would be asked of every connection there is. */
function candidates(tx: Db, workspaceId: string | Placeholder) {
  return unionAll(
    tx.select({ id: connections.id }).from(connections).where(eq(connections.workspaceId, workspaceId)),
    tx
      .select({ id: connectionShares.connectionId })
      .from(connectionShares)
      .innerJoin(workspaces, eq(workspaces.id, workspaceId))
      .where(eq(connectionShares.homeTenantId, workspaces.homeTenantId)),
  );
}

/** Shares that reach a workspace. A personal chat borrows nothing: whoever owns it may do everything in it. */
function lentTo(tx: Db, workspaceId: string | Placeholder) {
  return tx
    .select({ one: sql`1` })
    .from(connectionShares)
    .innerJoin(workspaces, eq(workspaces.id, workspaceId))
    .where(
      and(
        eq(connectionShares.connectionId, connections.id),
        // A person's own sign-in is not lent.
        eq(connections.permissionKind, 'application'),
        eq(connectionShares.homeTenantId, workspaces.homeTenantId),
        eq(owner.homeTenantId, workspaces.homeTenantId),
        ne(workspaces.kind, 'personal'),
        or(isNull(connectionShares.workspaceId), eq(connectionShares.workspaceId, workspaceId)),
      ),
    );
}
