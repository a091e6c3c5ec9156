import { and, eq, lt, sql } from 'drizzle-orm';
import type { PackageIcon } from '../packages/package-facts.ts';
import type { Db } from './database.ts';
import { pictures, releases, templates } from './schema.ts';

export type Picture = Omit<typeof pictures.$inferSelect, 'createdAt'>;

export async function addPicture(
  db: Db,
  workspaceId: string,
  { mimeType, width, height, bytes }: PackageIcon,
): Promise<Picture> {
  const [row] = await db
    .insert(pictures)
    .values({ workspaceId, mimeType, width, height, base64: bytes.toString('base64') })
    .returning();
  if (row === undefined) throw new Error('The picture was not written');
  return row;
}

/** Never one of another workspace. */
export async function findPicture(db: Db, workspaceId: string, id: string): Promise<Picture | null> {
  const [row] = await db
    .select()
    .from(pictures)
    .where(and(eq(pictures.id, id), eq(pictures.workspaceId, workspaceId)));
  return row ?? null;
}

/** Removes those that no template and no plan names. Young ones stay: somebody may be about to use them. */
export async function sweepPictures(db: Db, madeBefore: Date): Promise<number> {
  const named = (table: typeof templates | typeof releases, path: ReturnType<typeof sql>) =>
    sql`exists (select 1 from ${table} where ${path} = ${pictures.id}::text)`;
  const gone = await db
    .delete(pictures)
    .where(
      and(
        lt(pictures.createdAt, madeBefore),
        sql`not ${named(templates, sql`${templates.content} -> 'icon' ->> 'id'`)}`,
        sql`not ${named(templates, sql`${templates.draft} -> 'icon' ->> 'id'`)}`,
        sql`not ${named(releases, sql`${releases.plan} ->> 'picture'`)}`,
      ),
    )
    .returning({ id: pictures.id });
  return gone.length;
}
