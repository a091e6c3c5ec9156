import { z } from 'zod';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import type { StoredAppTemplate } from './app-template-cards.ts';
import { type AppTemplateDrafts, pressOnPart } from './app-template-draft.ts';
import { gone, oneTemplate } from './assignment-draft.ts';
import { keptValue, templateCategoriesCard, whoseCategoriesCard } from './template-category-cards.ts';
import type { TemplateServices } from './template-services.ts';

/** Categories by name, chosen from those of a tenant. */
export function templateCategoryRoutes({ connections, lists }: TemplateServices, drafts: AppTemplateDrafts): Route[] {
  const choose = async (turn: Turn, template: StoredAppTemplate, chosen?: string, fault?: string): Promise<Reply> => {
    const all = (await connections.list((await turn.workspace()).id)).filter(({ status }) => status === 'connected');
    const connection = all.length === 1 ? all[0] : all.find(({ id }) => id === chosen);
    if (connection === undefined)
      return {
        kind: 'personalCard',
        card: whoseCategoriesCard({ template, connections: all }),
        summary: 'Whose categories?',
      };
    return {
      kind: 'personalCard',
      card: templateCategoriesCard({
        template,
        connection,
        names: (template.draft ?? template.content)?.categories ?? [],
        listed: await lists.categories(connection.id, turn.signal),
        fault,
      }),
      summary: 'Categories',
    };
  };

  return [
    verb({
      verb: 'appTemplate.categories',
      permission: 'manageTemplates',
      data: pressOnPart,
      handle: (turn, data) => drafts.keep(turn, data, (template) => choose(turn, template)),
    }),
    verb({
      verb: 'appTemplate.categories.of',
      permission: 'manageTemplates',
      data: oneTemplate.extend({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        return template === null ? gone : choose(turn, template, data.connection);
      },
    }),
    verb({
      verb: 'appTemplate.categories.keep',
      permission: 'manageTemplates',
      data: oneTemplate.extend({ connection: z.uuid(), categories: z.string().max(8_000).default('') }),
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        if (template === null) return gone;
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return choose(turn, template);
        const listed = await lists.categories(connection.id, turn.signal);
        if ('problem' in listed) return choose(turn, template, connection.id, 'The categories could not be read again');
        const wanted = new Set(data.categories.split(','));
        const before = (template.draft ?? template.content)?.categories ?? [];
        const categories = [
          ...before.filter((name, index) => wanted.has(keptValue(index)) && name !== ''),
          ...listed.found.filter(({ id }) => wanted.has(id)).map(({ name }) => name),
        ];
        return drafts.take(
          turn,
          template.id,
          (draft) => ({ ...draft, categories }),
          'The categories are in the draft. Save keeps them.',
          'more',
        );
      },
    }),
  ];
}
