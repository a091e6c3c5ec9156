import { z } from 'zod';
import { card, execute, header, text } from '../../cards/pieces.ts';
import { ProblemError } from '../../problems/problem.ts';
import { ruleFault, rulesFault } from '../../templates/app-rules.ts';
import {
  type AppTemplate,
  emptyAppTemplate,
  mostReturnCodes,
  mostRules,
  returnCodeTypes,
  ruleKinds,
  rulePurposes,
} from '../../templates/app-template.ts';
import { appTemplateFaults } from '../../templates/apply-app-template.ts';
import { copyName } from '../../templates/template-name.ts';
import { type Route, verb } from '../route.ts';
import { appRuleCard } from './app-template-cards.ts';
import { type AppTemplateDrafts, author, part, pressOnPart, said } from './app-template-draft.ts';
import { gone, oneTemplate, pressOnTemplate } from './assignment-draft.ts';
import type { TemplateServices } from './template-services.ts';

export function appTemplateRoutes({ appTemplates }: TemplateServices, drafts: AppTemplateDrafts): Route[] {
  const editor = drafts.editor.bind(drafts);
  const saved = drafts.saved.bind(drafts);
  const keep = drafts.keep.bind(drafts);
  const find = drafts.find.bind(drafts);

  const removing = (name: string, without: (draft: AppTemplate, row: string) => AppTemplate) =>
    verb({
      verb: name,
      permission: 'manageTemplates',
      data: pressOnPart.extend({ row: z.string().max(20) }),
      handle: (turn, data) =>
        keep(
          turn,
          data,
          (template) => editor(template, { part: 'rules' }),
          (draft) => without(draft, data.row),
        ),
    });

  return [
    verb({
      verb: 'appTemplate.new',
      permission: 'manageTemplates',
      data: z.object({}),
      handle: async (turn) =>
        editor(await appTemplates.begin((await turn.workspace()).id, emptyAppTemplate, null, author(turn))),
    }),
    verb({
      verb: 'appTemplate.show',
      permission: 'look',
      data: oneTemplate,
      handle: async (turn, data) => {
        const template = await find(turn, data.template);
        return template === null ? gone : saved(turn, template);
      },
    }),
    verb({
      verb: 'appTemplate.edit',
      permission: 'manageTemplates',
      data: oneTemplate.extend({ part }),
      handle: async (turn, data) => {
        const template = await find(turn, data.template);
        return template === null ? gone : editor(await appTemplates.edit(template), { part: data.part });
      },
    }),
    verb({
      verb: 'appTemplate.copy',
      permission: 'manageTemplates',
      data: oneTemplate,
      handle: async (turn, data) => {
        const template = await find(turn, data.template);
        const content = template?.content ?? template?.draft ?? null;
        if (template === null || content === null) return gone;
        const taken = (await appTemplates.list(template.workspaceId)).flatMap(
          ({ content: other }) => other?.name ?? [],
        );
        const draft = { ...content, name: copyName(content.name, taken) };
        const copy = await appTemplates.begin(template.workspaceId, draft, null, author(turn));
        return editor(copy, { said: { tone: 'good', words: 'This is a copy. Save keeps it.' } });
      },
    }),
    verb({
      verb: 'appTemplate.part',
      permission: 'manageTemplates',
      data: pressOnPart.extend({ to: part }),
      handle: (turn, data) => keep(turn, data, (template) => editor(template, { part: data.to })),
    }),
    verb({
      verb: 'appTemplate.rule',
      permission: 'manageTemplates',
      data: pressOnPart,
      handle: (turn, data) =>
        keep(turn, data, (template, draft) => {
          if (draft.rules.length >= mostRules)
            return editor(template, {
              part: 'rules',
              said: { tone: 'attention', words: `A template holds ${mostRules} rules. Put more checks into a script.` },
            });
          const purpose = rulePurposes.find((each) => each === data.rulePurpose) ?? 'detection';
          const kind = ruleKinds.find((each) => each === data.ruleKind) ?? 'file';
          return {
            kind: 'personalCard',
            card: appRuleCard({ template, rule: { purpose, kind, values: {} } }),
            summary: 'Add a rule',
          };
        }),
    }),
    verb({
      verb: 'appTemplate.addRule',
      permission: 'manageTemplates',
      data: pressOnTemplate.extend({ purpose: z.enum(rulePurposes), kind: z.enum(ruleKinds) }).loose(),
      handle: async (turn, data) => {
        const { purpose, kind } = data;
        const names = [
          'productCode',
          'path',
          'name',
          'what',
          'operator',
          'value',
          'on32',
          'script',
          'signed',
          'account',
        ];
        const values = Object.fromEntries(
          names.flatMap((name) => (said(data, name) === '' ? [] : [[name, said(data, name)]])),
        );
        // The form of a rule has a field called name that is not the template's.
        return keep(turn, { ...pressOnTemplate.parse(data), part: 'rules' as const }, (template, draft) => {
          const rule = { key: String(draft.nextKey), purpose, kind, values };
          const rules = [...draft.rules, rule];
          const fault = ruleFault(rule) ?? rulesFault(rules);
          if (fault !== null)
            return {
              kind: 'personalCard',
              card: appRuleCard({ template, rule, fault }),
              summary: 'Add a rule',
            };
          return appTemplates
            .saveDraft(template, { ...draft, rules, nextKey: draft.nextKey + 1 })
            .then((changed) =>
              editor(changed, { part: 'rules', said: { tone: 'good', words: 'The rule was added.' } }),
            );
        });
      },
    }),
    removing('appTemplate.removeRule', (draft, row) => ({
      ...draft,
      rules: draft.rules.filter(({ key }) => key !== row),
    })),
    verb({
      verb: 'appTemplate.addCode',
      permission: 'manageTemplates',
      data: pressOnPart,
      handle: (turn, data) => {
        const code = /^-?\d{1,10}$/.test(said(data, 'code')) ? Number(said(data, 'code')) : Number.NaN;
        const type = returnCodeTypes.find((each) => each === data.codeType) ?? 'success';
        const isCode = Math.abs(code) < 2 ** 31;
        return keep(
          turn,
          data,
          (template) =>
            editor(template, {
              part: 'rules',
              ...(isCode
                ? {}
                : { said: { tone: 'attention', words: 'A return code is a number such as 3010.' } as const }),
            }),
          (draft) =>
            isCode
              ? {
                  ...draft,
                  returnCodes: [
                    ...draft.returnCodes.filter((each) => each.code !== code),
                    { key: String(draft.nextKey), code, type },
                  ].slice(0, mostReturnCodes),
                  nextKey: draft.nextKey + 1,
                }
              : draft,
        );
      },
    }),
    removing('appTemplate.removeCode', (draft, row) => ({
      ...draft,
      returnCodes: draft.returnCodes.filter(({ key }) => key !== row),
    })),
    verb({
      verb: 'appTemplate.save',
      permission: 'manageTemplates',
      data: pressOnPart,
      handle: (turn, data) =>
        keep(turn, data, async (template, draft) => {
          const faults = appTemplateFaults(draft);
          const refuse = (all: Record<string, string>) =>
            editor(template, { part: data.part, said: { tone: 'attention', words: 'Not saved yet' }, faults: all });
          if (Object.keys(faults).length > 0)
            return refuse('name' in faults && data.part !== 'about' ? { ...faults, form: faults.name ?? '' } : faults);
          try {
            const kept = await appTemplates.save(template, draft, author(turn));
            return saved(turn, kept, `${draft.name} is saved. You can publish with it.`);
          } catch (error) {
            if (!(error instanceof ProblemError) || error.problem.code !== 'templateNameTaken') throw error;
            return refuse({ form: error.problem.what });
          }
        }),
    }),
    verb({
      verb: 'appTemplate.discard',
      permission: 'manageTemplates',
      data: pressOnTemplate,
      handle: (turn, data) =>
        keep(turn, { ...data, part: 'about' as const }, async (template) => {
          const left = await appTemplates.discardDraft(template);
          if (left.content !== null) return saved(turn, left, 'Nothing was changed.');
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
