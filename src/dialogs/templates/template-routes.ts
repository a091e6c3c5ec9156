import { z } from 'zod';
import type { AppTemplate } from '../../templates/app-template.ts';
import type { AssignmentTemplate } from '../../templates/assignment-template.ts';
import { StaleTemplate, type StoredTemplate } from '../../templates/templates.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { AppTemplateDrafts } from './app-template-draft.ts';
import { appTemplateRoutes } from './app-template-routes.ts';
import { applyRoutes } from './apply-routes.ts';
import { gone, oneTemplate, pressOnTemplate } from './assignment-draft.ts';
import { assignmentTemplateRoutes } from './assignment-routes.ts';
import { templateCategoryRoutes } from './template-category-routes.ts';
import { templateIconRoutes } from './template-icon-routes.ts';
import { deleteTemplateCard, type ListedTemplate, templateListCard } from './template-list-cards.ts';
import { templatePreviewRoutes } from './template-preview-routes.ts';
import type { TemplateServices } from './template-services.ts';

export function templateRoutes(services: TemplateServices): Route[] {
  const { assignments, appTemplates, connections } = services;
  const drafts = new AppTemplateDrafts(appTemplates);

  /** A template of either kind, and what to do with it. */
  const find = async (turn: Turn, id: string) => {
    const workspace = await turn.workspace();
    const assignment = await assignments.find(workspace.id, id);
    if (assignment !== null)
      return { template: assignment, kind: 'assignment', remove: () => assignments.remove(assignment) } as const;
    const app = await appTemplates.find(workspace.id, id);
    return app === null
      ? null
      : ({ template: app, kind: 'appTemplate', remove: () => appTemplates.remove(app) } as const);
  };

  const list = async (turn: Turn, page: number, said?: string): Promise<Reply> => {
    const workspace = await turn.workspace();
    const names = new Map((await connections.list(workspace.id)).map(({ id, name }) => [id, name]));
    const all = [
      ...(await assignments.list(workspace.id)).map((template) => listedAssignment(template, names)),
      ...(await appTemplates.list(workspace.id)).map(listedApp),
    ];
    return {
      kind: 'card',
      card: templateListCard({ list: all, page, now: turn.now, ...(said === undefined ? {} : { said }) }),
      summary: 'Templates',
    };
  };

  return [
    command({
      command: 'templates',
      usage: 'templates',
      summary: 'Who gets an app and how: templates to publish with',
      permission: 'look',
      input: z.string(),
      handle: (turn) => list(turn, 0),
    }),
    verb({
      verb: 'template.list',
      permission: 'look',
      data: z.object({ page: z.coerce.number().int().min(0).default(0) }),
      handle: (turn, { page }) => list(turn, page),
    }),
    verb({
      verb: 'template.delete',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: async (turn, data) => {
        const found = await find(turn, data.template);
        if (found === null) return gone;
        const { template, kind } = found;
        return {
          kind: 'personalCard',
          card: deleteTemplateCard({
            id: template.id,
            revision: template.revision,
            kind,
            name: nameOf(template),
            uses: await services.usesOf(template.workspaceId, template.id),
          }),
          summary: 'Delete a template?',
        };
      },
    }),
    verb({
      verb: 'template.deleteNow',
      permission: 'manageTemplates',
      data: pressOnTemplate,
      handle: async (turn, data) => {
        const found = await find(turn, data.template);
        if (found === null || found.template.revision !== data.revision) return list(turn, 0);
        const { template } = found;
        try {
          await found.remove();
        } catch (error) {
          if (error instanceof StaleTemplate) return list(turn, 0);
          throw error;
        }
        return list(turn, 0, `${nameOf(template) || 'The draft'} is deleted.`);
      },
    }),
    ...assignmentTemplateRoutes(services),
    ...appTemplateRoutes(services, drafts),
    ...templateIconRoutes(services, drafts),
    ...templateCategoryRoutes(services, drafts),
    ...templatePreviewRoutes(services, drafts),
    ...applyRoutes(services),
  ];
}

const nameOf = ({ content, draft }: Pick<StoredTemplate<{ name: string }>, 'content' | 'draft'>) =>
  (content ?? draft)?.name ?? '';

function listedAssignment(
  template: StoredTemplate<AssignmentTemplate>,
  connectionNames: ReadonlyMap<string, string>,
): ListedTemplate {
  const { id, tenant, content, draft, changedByName, changedAt } = template;
  const count = (content ?? draft)?.rows.length ?? 0;
  const where = tenant === null ? '' : (connectionNames.get(tenant.connectionId) ?? `tenant ${tenant.tenantId}`);
  return {
    id,
    kind: 'assignment',
    name: nameOf(template),
    about: `${count === 1 ? 'one target' : `${count} targets`} · ${where}`,
    isSaved: content !== null,
    isChanging: draft !== null,
    changedByName,
    changedAt,
  };
}

function listedApp(template: StoredTemplate<AppTemplate>): ListedTemplate {
  const { id, content, draft, changedByName, changedAt } = template;
  const set = Object.values((content ?? draft)?.values ?? {}).filter((value) => value !== '').length;
  return {
    id,
    kind: 'appTemplate',
    name: nameOf(template),
    about: set === 1 ? 'one value' : `${set} values`,
    isSaved: content !== null,
    isChanging: draft !== null,
    changedByName,
    changedAt,
  };
}
