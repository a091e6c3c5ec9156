import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { templates } from '../store/schema.ts';

const mostNamed = 5;

/** Templates whose groups are looked up through a connection, as parts of a sentence. */
export async function templateDependents(db: Db, connectionId: string): Promise<string[]> {
  const rows = await db
    .select({ kind: templates.kind, content: templates.content })
    .from(templates)
    .where(and(eq(templates.connectionId, connectionId), isNotNull(templates.nameKey), isNull(templates.deletedAt)))
    .orderBy(asc(templates.nameKey));
  if (rows.length === 0) return [];
  const names = rows.map(({ kind, content }) => `${kind} template ${nameOf(content)}`);
  const left = names.length - mostNamed;
  return [...names.slice(0, mostNamed), ...(left > 0 ? [`${left} more ${left === 1 ? 'template' : 'templates'}`] : [])];
}

const nameOf = (content: unknown): string => {
  const { name } = (content ?? {}) as { name?: unknown };
  return typeof name === 'string' ? `“${name}”` : 'without a name';
};
