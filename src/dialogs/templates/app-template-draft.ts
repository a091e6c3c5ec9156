import { z } from 'zod';
import { type AppTemplate, type TemplatePart, templateFields, templateParts } from '../../templates/app-template.ts';
import { longestName } from '../../templates/template-name.ts';
import { StaleTemplate } from '../../templates/templates.ts';
import type { Reply, Turn } from '../route.ts';
import { appTemplateCard, appTemplateEditorCard, asPackage, type StoredAppTemplate } from './app-template-cards.ts';
import { gone, pressOnTemplate } from './assignment-draft.ts';
import type { TemplateServices } from './template-services.ts';

type Data = Record<string, unknown>;

export const part = z.enum(templateParts).default('about');
export const pressOnPart = pressOnTemplate.extend({ part }).loose();

const changedMeanwhile = {
  tone: 'warning',
  words: 'Somebody changed this template meanwhile. These are your values; press again to keep them.',
} as const;

export const said = (data: Data, name: string): string => (typeof data[name] === 'string' ? data[name].trim() : '');
export const author = (turn: Turn) => ({ objectId: turn.actor.objectId, name: turn.actor.name });

/** What the fields of a part hold, on top of what is known. */
function withTyped(draft: AppTemplate, shown: TemplatePart, data: Data): AppTemplate {
  const values = { ...draft.values };
  for (const { id, part: own, maxLength } of templateFields) {
    if (own !== shown || typeof data[id] !== 'string') continue;
    const value = said(data, id).slice(0, maxLength + 1);
    values[id] = value === asPackage ? '' : value;
  }
  const name =
    shown === 'about' && typeof data.name === 'string' ? said(data, 'name').slice(0, longestName) : draft.name;
  return { ...draft, name, values };
}

export interface Shown {
  part?: TemplatePart;
  said?: { tone: 'good' | 'attention' | 'warning'; words: string };
  faults?: Record<string, string>;
  draft?: AppTemplate;
}

/** What every press on a draft has in common. */
export class AppTemplateDrafts {
  readonly #templates: TemplateServices['appTemplates'];

  constructor(templates: TemplateServices['appTemplates']) {
    this.#templates = templates;
  }

  async find(turn: Turn, id: string): Promise<StoredAppTemplate | null> {
    return this.#templates.find((await turn.workspace()).id, id);
  }

  editor(template: StoredAppTemplate, shown: Shown = {}): Reply {
    const draft = shown.draft ?? template.draft ?? template.content;
    if (draft === null) return gone;
    return {
      kind: 'personalCard',
      card: appTemplateEditorCard({
        template,
        draft,
        part: shown.part ?? 'about',
        said: shown.said,
        ...(shown.faults === undefined ? {} : { faults: shown.faults }),
      }),
      summary: 'App template',
    };
  }

  saved(turn: Turn, template: StoredAppTemplate, words?: string): Reply {
    return {
      kind: 'card',
      card: appTemplateCard({ template, now: turn.now, ...(words === undefined ? {} : { saved: words }) }),
      summary: `App template ${template.content?.name ?? ''}`.trim(),
    };
  }

  /** Keeps what the card's fields hold, changes the draft, and answers; an old card gets its own values back. */
  async keep(
    turn: Turn,
    data: z.infer<typeof pressOnPart>,
    act: (template: StoredAppTemplate, draft: AppTemplate) => Promise<Reply> | Reply,
    change: (draft: AppTemplate) => AppTemplate = (draft) => draft,
  ): Promise<Reply> {
    const template = await this.find(turn, data.template);
    if (template === null) return gone;
    if (template.draft === null) return this.saved(turn, template);
    const typed = withTyped(template.draft, data.part, data);
    const stale = (newest: StoredAppTemplate): Reply =>
      newest.draft === null
        ? this.saved(turn, newest)
        : this.editor(newest, {
            part: data.part,
            said: changedMeanwhile,
            draft: withTyped(newest.draft, data.part, data),
          });
    if (template.revision !== data.revision) return stale(template);
    try {
      const draft = change(typed);
      const isSame = JSON.stringify(draft) === JSON.stringify(template.draft);
      return await act(isSame ? template : await this.#templates.saveDraft(template, draft), draft);
    } catch (error) {
      if (error instanceof StaleTemplate) return stale(error.template as StoredAppTemplate);
      throw error;
    }
  }

  /** A change that comes from outside the editor: a draft is begun where there is none. */
  async take(
    turn: Turn,
    id: string,
    change: (draft: AppTemplate) => AppTemplate,
    words: string,
    shown: TemplatePart,
  ): Promise<Reply> {
    const template = await this.find(turn, id);
    if (template === null) return gone;
    try {
      const opened = await this.#templates.edit(template);
      if (opened.draft === null) return gone;
      const changed = await this.#templates.saveDraft(opened, change(opened.draft));
      return this.editor(changed, { part: shown, said: { tone: 'good', words } });
    } catch (error) {
      if (!(error instanceof StaleTemplate)) throw error;
      return this.editor(error.template as StoredAppTemplate, { part: shown, said: changedMeanwhile });
    }
  }
}
