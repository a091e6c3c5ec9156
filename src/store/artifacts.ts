import { and, eq, isNull } from 'drizzle-orm';
import type { ArtifactStore, StoredBytes } from './artifact-store.ts';
import type { Db } from './database.ts';
import { artifacts } from './schema.ts';

export type Artifact = Omit<typeof artifacts.$inferSelect, 'removedAt'>;

/** Writes down whose bytes these are. Bytes without a row are forgotten ones and go with the next sweep. */
export async function addArtifact(
  tx: Db,
  { workspaceId, fileName, stored }: { workspaceId: string; fileName: string; stored: StoredBytes },
): Promise<Artifact> {
  const [row] = await tx
    .insert(artifacts)
    .values({ workspaceId, fileName, size: stored.size, sha256: stored.sha256, location: stored.location })
    .returning();
  if (row === undefined) throw new Error('The artifact was not written');
  return row;
}

/** Null when it never was there or its bytes have been removed. */
export async function findArtifact(db: Db, id: string): Promise<Artifact | null> {
  const [row] = await db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.id, id), isNull(artifacts.removedAt)));
  return row ?? null;
}

export async function removeArtifact(db: Db, store: ArtifactStore, id: string, now: Date): Promise<void> {
  const [row] = await db
    .update(artifacts)
    .set({ removedAt: now })
    .where(and(eq(artifacts.id, id), isNull(artifacts.removedAt)))
    .returning({ location: artifacts.location });
  if (row !== undefined) await store.remove(row.location);
}

/**
 * Removes bytes that no row speaks of: a process ended between writing them and writing the row. Young ones stay, their
 * row may be on its way. Returns how many went.
 */
export async function sweepArtifacts(db: Db, store: ArtifactStore, changedBefore: Date): Promise<number> {
  let removed = 0;
  for await (const { location, changedAt } of store.list()) {
    if (changedAt >= changedBefore) continue;
    const [row] = await db
      .select({ id: artifacts.id })
      .from(artifacts)
      .where(and(eq(artifacts.location, location), isNull(artifacts.removedAt)));
    if (row !== undefined) continue;
    await store.remove(location);
    removed += 1;
  }
  return removed;
}
