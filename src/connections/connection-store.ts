import { and, asc, eq, isNull, type SQL } from 'drizzle-orm';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections, credentialChanges, workspaces } from '../store/schema.ts';
import { type StoredConnection, storedConnection } from './connection.ts';
import { isGuid } from './tenant-name.ts';

/** One spelling for each name: names are unique in a workspace whatever their case. */
export function nameKey(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase();
}

export async function connectionById(tx: Db, id: string): Promise<StoredConnection | null> {
  const [found] = await read(tx, eq(connections.id, id));
  return found ?? null;
}

/** Never one of another workspace. */
export async function connectionIn(tx: Db, workspaceId: string, idOrName: string): Promise<StoredConnection | null> {
  const wanted = isGuid(idOrName)
    ? eq(connections.id, idOrName.toLowerCase())
    : eq(connections.nameKey, nameKey(idOrName));
  const [found] = await read(tx, and(eq(connections.workspaceId, workspaceId), wanted));
  return found ?? null;
}

/** By name. */
export function connectionsOf(tx: Db, workspaceId: string): Promise<StoredConnection[]> {
  return read(tx, eq(connections.workspaceId, workspaceId));
}

async function read(tx: Db, condition: SQL | undefined): Promise<StoredConnection[]> {
  const rows = await tx
    .select({ connection: connections, change: credentialChanges })
    .from(connections)
    .leftJoin(credentialChanges, eq(credentialChanges.connectionId, connections.id))
    .where(and(condition, isNull(connections.deletedAt)))
    .orderBy(asc(connections.nameKey));
  return rows.map(storedConnection);
}

/** Holds the workspace's row until the transaction ends, so that two people cannot take one name at once. */
export async function keepNameFree(
  tx: Db,
  workspaceId: string,
  name: string,
  exceptId: string | null = null,
): Promise<void> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
  const taken = await tx
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        eq(connections.workspaceId, workspaceId),
        eq(connections.nameKey, nameKey(name)),
        isNull(connections.deletedAt),
      ),
    );
  if (taken.some((other) => other.id !== exceptId)) throw new ProblemError('connectionNameTaken');
}
