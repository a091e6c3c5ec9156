import { and, asc, desc, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { AuditLog } from '../audit/audit.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { templates, workspaces } from '../store/schema.ts';
import { nameKey } from './template-name.ts';

export type TemplateKind = 'app' | 'assignment';

export interface TemplateTenant {
  connectionId: string;
  cloud: string;
  tenantId: string;
}

export interface StoredTemplate<Content> {
  id: string;
  workspaceId: string;
  /** Null for templates that fit any tenant. */
  tenant: TemplateTenant | null;
  /** What publishing uses; null until it was saved once. */
  content: Content | null;
  /** What somebody is changing; null where nobody is. */
  draft: Content | null;
  revision: number;
  createdByName: string;
  changedByName: string;
  changedAt: Date;
}

export interface TemplateAuthor {
  objectId: string;
  name: string;
}

export interface TemplatesOptions<Content> {
  database: Pick<Database, 'db'>;
  audit: AuditLog;
  kind: TemplateKind;
  schema: z.ZodType<Content>;
}

/** Somebody else changed the template first; the newest state is inside. */
export class StaleTemplate<Content> extends Error {
  readonly template: StoredTemplate<Content>;
  constructor(template: StoredTemplate<Content>) {
    super('The template was changed meanwhile');
    this.template = template;
  }
}

type Row = typeof templates.$inferSelect;

/** Templates of one kind: kept, changed in a draft, saved as a whole. */
export class Templates<Content extends { name: string }> {
  readonly #database: Pick<Database, 'db'>;
  readonly #audit: AuditLog;
  readonly #kind: TemplateKind;
  readonly #schema: z.ZodType<Content>;

  constructor({ database, audit, kind, schema }: TemplatesOptions<Content>) {
    this.#database = database;
    this.#audit = audit;
    this.#kind = kind;
    this.#schema = schema;
  }

  /** By name; those never saved come last. */
  async list(workspaceId: string): Promise<StoredTemplate<Content>[]> {
    const rows = await this.#database.db
      .select()
      .from(templates)
      .where(this.#here(workspaceId))
      .orderBy(asc(templates.nameKey), desc(templates.changedAt));
    return rows.map((row) => this.#stored(row));
  }

  /** Never one of another workspace. */
  async find(workspaceId: string, id: string, db: Db = this.#database.db): Promise<StoredTemplate<Content> | null> {
    const [row] = await db
      .select()
      .from(templates)
      .where(and(this.#here(workspaceId), eq(templates.id, id)));
    return row === undefined ? null : this.#stored(row);
  }

  /** A button pressed twice begins one draft: the same beginning by the same person is taken up again. */
  async begin(
    workspaceId: string,
    draft: Content,
    tenant: TemplateTenant | null,
    by: TemplateAuthor,
  ): Promise<StoredTemplate<Content>> {
    return this.#database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      await lock(tx, workspaceId);
      const unsaved = await tx
        .select()
        .from(templates)
        .where(and(this.#here(workspaceId), isNull(templates.content), eq(templates.createdById, by.objectId)));
      const same = unsaved.find(
        (row) =>
          row.connectionId === (tenant?.connectionId ?? null) &&
          JSON.stringify(this.#schema.parse(row.draft)) === JSON.stringify(this.#schema.parse(draft)),
      );
      if (same !== undefined) return this.#stored(same);
      const [row] = await tx
        .insert(templates)
        .values({
          workspaceId,
          kind: this.#kind,
          cloud: tenant?.cloud ?? null,
          tenantId: tenant?.tenantId ?? null,
          connectionId: tenant?.connectionId ?? null,
          draft,
          createdById: by.objectId,
          createdByName: by.name,
          changedByName: by.name,
        })
        .returning();
      if (row === undefined) throw new Error('The new template did not come back from the store');
      return this.#stored(row);
    });
  }

  /** The draft that is there, or a new one of what is saved. */
  async edit(template: StoredTemplate<Content>): Promise<StoredTemplate<Content>> {
    if (template.draft !== null || template.content === null) return template;
    return this.#change(this.#database.db, template, { draft: template.content });
  }

  async saveDraft(template: StoredTemplate<Content>, draft: Content): Promise<StoredTemplate<Content>> {
    return this.#change(this.#database.db, template, { draft });
  }

  /** From now on publishing uses it. */
  async save(
    template: StoredTemplate<Content>,
    content: Content,
    by: TemplateAuthor,
  ): Promise<StoredTemplate<Content>> {
    return this.#database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      await lock(tx, template.workspaceId);
      const key = nameKey(content.name);
      const namesakes = await tx
        .select({ id: templates.id })
        .from(templates)
        .where(and(this.#here(template.workspaceId), eq(templates.nameKey, key)));
      if (namesakes.some(({ id }) => id !== template.id)) throw new ProblemError('templateNameTaken');
      const saved = await this.#change(tx, template, {
        content,
        draft: null,
        nameKey: key,
        changedByName: by.name,
        changedAt: new Date(),
      });
      await this.#audit.record(tx, {
        ...this.#entry(template, content.name),
        ...(template.content === null ? {} : { before: { name: template.content.name } }),
        after: { name: content.name },
      });
      return saved;
    });
  }

  /** What was saved stays; a template that never was is gone. */
  async discardDraft(template: StoredTemplate<Content>): Promise<StoredTemplate<Content>> {
    return this.#change(
      this.#database.db,
      template,
      template.content === null ? { draft: null, deletedAt: new Date() } : { draft: null },
    );
  }

  /** Jobs that were started keep what they read of it. */
  async remove(template: StoredTemplate<Content>): Promise<void> {
    await this.#database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      await this.#change(tx, template, { deletedAt: new Date(), draft: null });
      if (template.content !== null) await this.#audit.record(tx, this.#entry(template, template.content.name));
    });
  }

  #entry({ id, workspaceId }: StoredTemplate<Content>, name: string) {
    return { workspaceId, subject: { kind: `${this.#kind} template`, id, name } };
  }

  #here(workspaceId: string) {
    return and(eq(templates.workspaceId, workspaceId), eq(templates.kind, this.#kind), isNull(templates.deletedAt));
  }

  async #change(
    db: Db,
    template: StoredTemplate<Content>,
    values: Partial<typeof templates.$inferInsert>,
  ): Promise<StoredTemplate<Content>> {
    const [row] = await db
      .update(templates)
      .set({ ...values, revision: template.revision + 1 })
      .where(
        and(this.#here(template.workspaceId), eq(templates.id, template.id), eq(templates.revision, template.revision)),
      )
      .returning();
    if (row !== undefined) return this.#stored(row);
    const newest = await this.find(template.workspaceId, template.id, db);
    if (newest === null) throw new ProblemError('templateNotFound');
    throw new StaleTemplate(newest);
  }

  #stored(row: Row): StoredTemplate<Content> {
    const { id, workspaceId, connectionId, cloud, tenantId, revision } = row;
    return {
      id,
      workspaceId,
      tenant: connectionId === null || cloud === null || tenantId === null ? null : { connectionId, cloud, tenantId },
      content: row.content === null ? null : this.#schema.parse(row.content),
      draft: row.draft === null ? null : this.#schema.parse(row.draft),
      revision,
      createdByName: row.createdByName,
      changedByName: row.changedByName,
      changedAt: row.changedAt,
    };
  }
}

/** Two people cannot take one name at once, and two presses cannot begin two drafts. */
async function lock(tx: Db, workspaceId: string): Promise<void> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
}
