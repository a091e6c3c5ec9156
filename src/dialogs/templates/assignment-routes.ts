import { z } from 'zod';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { ProblemError } from '../../problems/problem.ts';
import { templateFaults } from '../../templates/assignment-rules.ts';
import { emptyAssignmentTemplate } from '../../templates/assignment-template.ts';
import { copyName } from '../../templates/template-name.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { AssignmentDrafts, gone, oneTemplate, pressOnTemplate } from './assignment-draft.ts';
import { rowRoutes } from './row-routes.ts';
import { targetRoutes } from './target-routes.ts';
import type { TemplateServices } from './template-services.ts';

const author = (turn: Turn) => ({ objectId: turn.actor.objectId, name: turn.actor.name });

export function assignmentTemplateRoutes(services: TemplateServices): Route[] {
  const { assignments, connections } = services;
  const drafts = new AssignmentDrafts(services);

  const begin = async (turn: Turn, connection: StoredConnection): Promise<Reply> => {
    const { id, cloud, tenantId } = connection;
    const tenant = { connectionId: id, cloud, tenantId };
    const workspace = await turn.workspace();
    return drafts.editor(await assignments.begin(workspace.id, emptyAssignmentTemplate, tenant, author(turn)));
  };

  return [
    verb({
      verb: 'assignment.new',
      permission: 'manageTemplates',
      data: z.object({ connection: z.uuid().optional() }),
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const all = (await connections.list(workspace.id)).filter(({ status }) => status === 'connected');
        const chosen = all.length === 1 ? all[0] : all.find(({ id }) => id === data.connection);
        return chosen === undefined ? chooseConnection(all) : begin(turn, chosen);
      },
    }),
    verb({
      verb: 'assignment.show',
      permission: 'look',
      data: oneTemplate,
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        return template === null ? gone : drafts.saved(turn, template);
      },
    }),
    verb({
      verb: 'assignment.edit',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const template = await drafts.find(turn, data.template);
          if (template === null) return gone;
          const opened = await assignments.edit(template);
          return drafts.editor(opened, { gone: await drafts.deletedGroups(turn, opened) });
        }),
    }),
    verb({
      verb: 'assignment.copy',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: async (turn, data) => {
        const template = await drafts.find(turn, data.template);
        const content = template?.content ?? template?.draft ?? null;
        if (template === null || content === null) return gone;
        const taken = (await assignments.list(template.workspaceId)).flatMap(({ content: other }) => other?.name ?? []);
        const draft = { ...content, name: copyName(content.name, taken) };
        const copy = await assignments.begin(template.workspaceId, draft, template.tenant, author(turn));
        return drafts.editor(copy, { said: { tone: 'good', words: 'This is a copy. Save keeps it.' } });
      },
    }),
    verb({
      verb: 'assignment.page',
      permission: 'manageTemplates',
      data: pressOnTemplate.extend({ page: z.coerce.number().int().min(0).default(0) }).loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          return drafts.editor((await drafts.withName(opened, data)).template, { page: data.page });
        }),
    }),
    ...targetRoutes(services, drafts),
    ...rowRoutes(services, drafts),
    verb({
      verb: 'assignment.save',
      permission: 'manageTemplates',
      data: pressOnTemplate.loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          const { template, draft } = await drafts.withName(opened, data);
          const faults = templateFaults(draft);
          if (faults.length > 0)
            return drafts.editor(template, { said: { tone: 'attention', words: 'Not saved yet' }, faults });
          try {
            const saved = await assignments.save(template, draft, author(turn));
            return await drafts.saved(turn, saved, `${draft.name} is saved. You can publish with it.`);
          } catch (error) {
            if (!(error instanceof ProblemError) || error.problem.code !== 'templateNameTaken') throw error;
            return drafts.editor(template, { said: { tone: 'attention', words: error.problem.what } });
          }
        }),
    }),
    verb({
      verb: 'assignment.discard',
      permission: 'manageTemplates',
      data: pressOnTemplate,
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          const left = await assignments.discardDraft(opened.template);
          if (left.content !== null) return drafts.saved(turn, left, 'Nothing was changed.');
          return {
            kind: 'personalCard',
            card: card(
              [header({ title: 'No template made' }), text('Nothing was saved.')],
              [execute('All templates', 'template.list', { page: 0 })],
            ),
            summary: 'Nothing was saved',
          };
        }),
    }),
  ];
}

const mostOffered = 6;

/** Groups live in a tenant, so a template begins with a connection that works. */
function chooseConnection(all: readonly StoredConnection[]): Reply {
  if (all.length === 0)
    return {
      kind: 'personalCard',
      card: card(
        [
          header({ title: 'Connect to Intune first' }),
          text('An assignment template names groups of a tenant. That needs a connection that works.'),
        ],
        [execute('Connect to Intune', 'connection.form'), execute('Connections', 'connection.list', { page: 0 })],
      ),
      summary: 'Connect to Intune first',
    };
  return {
    kind: 'personalCard',
    card: card(
      [
        header({ title: 'New assignment template' }),
        text('Whose groups shall it name? A template fits every connection into the same tenant.'),
        all.length > mostOffered
          ? text('Not all connections are shown. Open the one you mean and press New assignment template there.', {
              subtle: true,
            })
          : null,
      ],
      all.slice(0, mostOffered).map(({ id, name }) => execute(name, 'assignment.new', { connection: id })),
    ),
    summary: 'Choose a connection',
  };
}
