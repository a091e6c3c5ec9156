import { z } from 'zod';
import type { AssignmentTemplate } from '../../templates/assignment-template.ts';
import { longestName } from '../../templates/template-name.ts';
import { StaleTemplate } from '../../templates/templates.ts';
import type { Reply, Turn } from '../route.ts';
import { assignmentEditorCard, assignmentTemplateCard, type StoredAssignmentTemplate } from './assignment-cards.ts';
import type { TemplateServices } from './template-services.ts';

export const oneTemplate = z.object({ template: z.uuid() });
export const pressOnTemplate = oneTemplate.extend({ revision: z.coerce.number().int() });

export const gone: Reply = {
  kind: 'text',
  text: 'This template is not known here any more. Type templates to see those that are.',
};

const changedMeanwhile = {
  tone: 'warning',
  words: 'Somebody changed this template meanwhile. This is how it stands; do it again if it is still right.',
} as const;

/** A draft as the presser saw it. */
export interface OpenDraft {
  template: StoredAssignmentTemplate;
  draft: AssignmentTemplate;
}

/** What every press on a draft has in common. */
export class AssignmentDrafts {
  readonly #services: TemplateServices;

  constructor(services: TemplateServices) {
    this.#services = services;
  }

  /** The draft in the revision that was pressed, or what to answer instead. */
  async open(turn: Turn, press: z.infer<typeof pressOnTemplate>): Promise<OpenDraft | Reply> {
    const template = await this.find(turn, press.template);
    if (template === null) return gone;
    if (template.draft === null) return this.saved(turn, template);
    if (template.revision !== press.revision) return this.editor(template, { said: changedMeanwhile });
    return { template, draft: template.draft };
  }

  async find(turn: Turn, id: string): Promise<StoredAssignmentTemplate | null> {
    return this.#services.assignments.find((await turn.workspace()).id, id);
  }

  /** The name stands on the editor beside its buttons: whatever is pressed, what was typed is kept. */
  async withName({ template, draft }: OpenDraft, data: Record<string, unknown>): Promise<OpenDraft> {
    const name = typeof data.name === 'string' ? data.name.trim().slice(0, longestName) : draft.name;
    return name === draft.name ? { template, draft } : this.write(template, { ...draft, name });
  }

  async write(template: StoredAssignmentTemplate, draft: AssignmentTemplate): Promise<OpenDraft> {
    return { template: await this.#services.assignments.saveDraft(template, draft), draft };
  }

  async editor(
    template: StoredAssignmentTemplate,
    more: {
      page?: number;
      said?: { tone: 'good' | 'attention' | 'warning'; words: string };
      faults?: readonly string[];
      gone?: ReadonlySet<string>;
    } = {},
  ): Promise<Reply> {
    const draft = template.draft ?? template.content;
    if (draft === null) return gone;
    return {
      kind: 'personalCard',
      card: assignmentEditorCard({
        template,
        draft,
        where: await this.where(template),
        page: more.page ?? 0,
        ...(more.said === undefined ? {} : { said: more.said }),
        ...(more.faults === undefined ? {} : { faults: more.faults }),
        ...(more.gone === undefined ? {} : { gone: more.gone }),
      }),
      summary: draft.name === '' ? 'New assignment template' : `Assignment template ${draft.name}`,
    };
  }

  async saved(turn: Turn, template: StoredAssignmentTemplate, words?: string): Promise<Reply> {
    return {
      kind: 'card',
      card: assignmentTemplateCard({
        template,
        where: await this.where(template),
        now: turn.now,
        gone: await this.deletedGroups(turn, template),
        ...(words === undefined ? {} : { saved: words }),
      }),
      summary: `Assignment template ${template.content?.name ?? ''}`.trim(),
    };
  }

  /** The connection a template was built with, or another one into the same tenant. */
  async connectionOf(template: StoredAssignmentTemplate) {
    const { tenant } = template;
    if (tenant === null) return null;
    const all = await this.#services.connections.list(template.workspaceId);
    const sameTenant = all.filter(({ cloud, tenantId }) => cloud === tenant.cloud && tenantId === tenant.tenantId);
    return sameTenant.find(({ id }) => id === tenant.connectionId) ?? sameTenant[0] ?? null;
  }

  async where(template: StoredAssignmentTemplate): Promise<string> {
    return (await this.connectionOf(template))?.name ?? `tenant ${template.tenant?.tenantId ?? 'unknown'}`;
  }

  /** Empty where groups cannot be read: then nothing can be said about them. */
  async deletedGroups(turn: Turn, template: StoredAssignmentTemplate): Promise<ReadonlySet<string>> {
    const rows = (template.draft ?? template.content)?.rows ?? [];
    const ids = rows.flatMap(({ who }) => (who.kind === 'group' ? [who.id] : []));
    const connection = ids.length === 0 ? null : await this.connectionOf(template);
    if (connection === null) return new Set();
    const listed = await this.#services.lists.groupsByIds(connection.id, ids, turn.signal);
    if ('problem' in listed) return new Set();
    const there = new Set(listed.found.map(({ id }) => id));
    return new Set(ids.filter((id) => !there.has(id)));
  }

  /** Another press was faster: the newest state instead of an error. */
  async guarded(turn: Turn, act: () => Promise<Reply>): Promise<Reply> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StaleTemplate)) throw error;
      const newest = error.template as StoredAssignmentTemplate;
      return newest.draft === null ? this.saved(turn, newest) : this.editor(newest, { said: changedMeanwhile });
    }
  }
}
