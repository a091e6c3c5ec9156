import { z } from 'zod';
import { execute } from '../../cards/pieces.ts';
import type { AppTemplate } from '../../templates/app-template.ts';
import { chooseIconCard, uploadIconCard } from '../icons/icon-cards.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import type { StoredAppTemplate } from './app-template-cards.ts';
import { type AppTemplateDrafts, pressOnPart } from './app-template-draft.ts';
import { gone, oneTemplate } from './assignment-draft.ts';
import type { TemplateServices } from './template-services.ts';

const nameOf = ({ draft, content }: StoredAppTemplate) => (draft ?? content)?.name || 'the template';

/** The icon that a template puts in the place of the package's. */
export function templateIconRoutes({ icons, recent, tickets }: TemplateServices, drafts: AppTemplateDrafts): Route[] {
  const back = (id: string) => execute('Back', 'appTemplate.edit', { template: id, part: 'more' });

  const choose = async (turn: Turn, template: StoredAppTemplate, fault?: string): Promise<Reply> => {
    const { id: workspaceId } = await turn.workspace();
    const icon = (template.draft ?? template.content)?.icon ?? null;
    const data = { template: template.id };
    return {
      kind: 'personalCard',
      card: chooseIconCard({
        name: nameOf(template),
        where: 'App template',
        packages: (await recent.list(workspaceId)).filter(({ hasIcon }) => hasIcon),
        current: icon === null ? null : await icons.find(workspaceId, icon.id),
        topic: 'appTemplate',
        data,
        further: [
          icon === null ? null : execute('Leave it to the package', 'appTemplate.icon.remove', data),
          back(template.id),
        ],
        fault,
      }),
      summary: 'Icon',
    };
  };

  const put = (turn: Turn, id: string, icon: AppTemplate['icon'], words: string) =>
    drafts.take(turn, id, (draft) => ({ ...draft, icon }), words, 'more');

  return [
    verb({
      verb: 'appTemplate.icon',
      permission: 'manageTemplates',
      data: pressOnPart,
      handle: (turn, data) => drafts.keep(turn, data, (template) => choose(turn, template)),
    }),
    verb({
      verb: 'appTemplate.icon.take',
      permission: 'manageTemplates',
      data: oneTemplate.extend({ from: z.uuid() }),
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        if (template === null) return gone;
        const picture = await icons.fromPackage((await turn.workspace()).id, data.from);
        if (picture === null) return choose(turn, template, 'This package brought no icon. Choose another one');
        const { id, mimeType, width, height } = picture;
        return put(turn, data.template, { id, mimeType, width, height }, 'The icon was taken. Save keeps it.');
      },
    }),
    verb({
      verb: 'appTemplate.icon.upload',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        if (template === null) return gone;
        const workspace = await turn.workspace();
        const { objectId, name: person, teamsId } = turn.actor;
        const name = nameOf(template);
        const { url } = await tickets.issue({
          requester: { objectId, name: person, teamsId },
          workspaceId: workspace.id,
          homeTenantId: workspace.homeTenantId,
          place: turn.place,
          wanted: { kind: 'templateIcon', templateId: template.id, name },
        });
        return {
          kind: 'personalCard',
          card: uploadIconCard({ name, url, back: back(template.id) }),
          summary: 'Your upload link',
        };
      },
    }),
    verb({
      verb: 'appTemplate.icon.use',
      permission: 'manageTemplates',
      data: oneTemplate.extend({ picture: z.uuid() }),
      handle: async (turn, data) => {
        const picture = await icons.find((await turn.workspace()).id, data.picture);
        if (picture === null) return { kind: 'text', text: 'This picture is not here any more. Upload it again.' };
        const { id, mimeType, width, height } = picture;
        return put(turn, data.template, { id, mimeType, width, height }, 'The icon is in the draft. Save keeps it.');
      },
    }),
    verb({
      verb: 'appTemplate.icon.remove',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: (turn, data) => put(turn, data.template, null, 'The icon is left to the package. Save keeps that.'),
    }),
  ];
}
