import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, facts, footer, header, notes, strip, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import { ruleFields, ruleKindNames, ruleTitle } from '../../templates/app-rules.ts';
import {
  type AppRule,
  type AppTemplate,
  mostReturnCodes,
  mostRules,
  returnCodeTypes,
  ruleKinds,
  type TemplateField,
  type TemplatePart,
  templateFields,
  templateParts,
} from '../../templates/app-template.ts';
import { placeholderHint } from '../../templates/placeholders.ts';
import { longestName } from '../../templates/template-name.ts';
import type { StoredTemplate } from '../../templates/templates.ts';

export type StoredAppTemplate = StoredTemplate<AppTemplate>;

const partNames: Readonly<Record<TemplatePart, string>> = {
  about: 'Name and words',
  more: 'More about the app',
  systems: 'Minimum systems',
  windows: 'Windows apps',
  rules: 'Rules and return codes',
  mac: 'Mac apps',
};

/** What a choice says where nothing is chosen. */
export const asPackage = 'unset';

const codeNames: Readonly<Record<(typeof returnCodeTypes)[number], string>> = {
  success: 'Success',
  softReboot: 'Success, restart later',
  hardReboot: 'Success, restart now',
  retry: 'Try again',
  failed: 'Failed',
};

export interface AppTemplateEditorCard {
  template: StoredAppTemplate;
  draft: AppTemplate;
  part: TemplatePart;
  said?: { tone: 'good' | 'attention' | 'warning'; words: string } | undefined;
  /** By field. */
  faults?: Readonly<Record<string, string>>;
}

/** One part of a template: a phone shows few fields at a time. Whatever is pressed, what was typed is kept. */
export function appTemplateEditorCard(view: AppTemplateEditorCard): Card {
  const { template, draft, part, said, faults = {} } = view;
  const data = { template: template.id, revision: template.revision, part };
  const shownHere = new Set(templateFields.filter((field) => field.part === part).map(({ id }) => id));
  const elsewhere = Object.entries(faults).filter(([id]) => !shownHere.has(id) && id !== 'name');
  return card(
    [
      header({
        title: template.content === null ? 'New app template' : `Change ${template.content.name}`,
        where: partNames[part],
        badge: { text: 'Draft', tone: 'default' },
      }),
      said === undefined ? null : strip(said.tone, said.words),
      notes(elsewhere.map(([, fault]) => fault)),
      actions(
        templateParts
          .filter((other) => other !== part)
          .map((other) => execute(partNames[other], 'appTemplate.part', { ...data, to: other }, { takesInputs: true })),
      ),
      part === 'about'
        ? textField({
            id: 'name',
            label: 'Name of the template',
            hint: 'How your team calls it, for example Contoso desktop apps.',
            maxLength: longestName,
            value: draft.name,
            error: faults.name,
          })
        : null,
      text(`What is empty is left to the package. ${placeholderHint}`, { subtle: true, small: true }),
      ...templateFields
        .filter((field) => field.part === part)
        .map((field) => input(field, draft.values[field.id] ?? '', faults[field.id])),
      ...(part === 'more' ? iconAndCategories(draft, data) : []),
      ...(part === 'rules' ? ruleRows(draft, data) : []),
    ],
    [
      execute('Save', 'appTemplate.save', data, { style: 'positive', takesInputs: true }),
      execute('Discard', 'appTemplate.discard', { template: template.id, revision: template.revision }),
    ],
  );
}

export const iconWords = (icon: AppTemplate['icon']): string =>
  icon === null
    ? 'As the package has it.'
    : `${icon.mimeType === 'image/png' ? 'PNG' : 'JPEG'}, ${icon.width} × ${icon.height}`;

function iconAndCategories(draft: AppTemplate, data: Record<string, unknown>): (CardElement | null)[] {
  const row = (title: string, words: string, press: string, verb: string) =>
    container([
      text(title, { bold: true }),
      text(words, { small: true, spacing: 'None' }),
      actions([execute(press, verb, data, { takesInputs: true })]),
    ]);
  return [
    row('Icon', iconWords(draft.icon), 'Choose an icon', 'appTemplate.icon'),
    row('Categories', draft.categories.join(', ') || 'None.', 'Choose categories', 'appTemplate.categories'),
  ];
}

function input(field: TemplateField, value: string, error: string | undefined): CardElement {
  const { id, label, hint, maxLength, choices, isMultiline } = field;
  const shared = { id, label, ...(hint === undefined ? {} : { hint }), error };
  if (choices !== undefined)
    return choiceField({
      ...shared,
      value: value === '' ? asPackage : value,
      choices: [{ title: 'As the package or Intune has it', value: asPackage }, ...choices],
    });
  return textField({ ...shared, value, maxLength, multiline: isMultiline ?? false });
}

function ruleRows(draft: AppTemplate, data: Record<string, unknown>): (CardElement | null)[] {
  const remove = (verb: string, row: string) =>
    actions([execute('Remove', verb, { ...data, row }, { takesInputs: true })]);
  return [
    text('Rules of Win32 apps', { bold: true }),
    draft.rules.length === 0
      ? text('None. Then the app is found as its package proposes.', { subtle: true, small: true })
      : null,
    ...draft.rules
      .slice(0, mostRules)
      .map((rule) => container([text(ruleTitle(rule)), remove('appTemplate.removeRule', rule.key)])),
    choiceField({
      id: 'rulePurpose',
      label: 'Another rule',
      value: 'detection',
      choices: [
        { title: 'Detection: the app is there', value: 'detection' },
        { title: 'Requirement: the device may get it', value: 'requirement' },
      ],
    }),
    choiceField({
      id: 'ruleKind',
      label: 'It looks at',
      value: 'file',
      choices: ruleKinds.map((kind) => ({ title: ruleKindNames[kind], value: kind })),
    }),
    actions([execute('Add a rule', 'appTemplate.rule', data, { takesInputs: true })]),
    text('Return codes of Win32 apps', { bold: true }),
    draft.returnCodes.length === 0
      ? text('None. Then Intune’s usual ones count.', { subtle: true, small: true })
      : null,
    ...draft.returnCodes
      .slice(0, mostReturnCodes)
      .map(({ key, code, type }) =>
        container([text(`${code}: ${codeNames[type]}`), remove('appTemplate.removeCode', key)]),
      ),
    textField({ id: 'code', label: 'Another return code', hint: 'For example 3010.', maxLength: 11, value: '' }),
    choiceField({
      id: 'codeType',
      label: 'It means',
      value: 'success',
      choices: returnCodeTypes.map((type) => ({ title: codeNames[type], value: type })),
    }),
    actions([execute('Add the code', 'appTemplate.addCode', data, { takesInputs: true })]),
  ];
}

export interface RuleCard {
  template: StoredAppTemplate;
  rule: Omit<AppRule, 'key'>;
  fault?: string | undefined;
}

export function appRuleCard({ template, rule, fault }: RuleCard): Card {
  const { purpose, kind, values } = rule;
  return card(
    [
      header({
        title: purpose === 'detection' ? 'Detection rule' : 'Requirement rule',
        where: ruleKindNames[kind],
      }),
      fault === undefined ? null : strip('attention', fault),
      text(placeholderHint, { subtle: true, small: true }),
      ...ruleFields[kind].map(({ id, label, hint, choices, isMultiline }) => {
        const shared = { id, label, ...(hint === undefined ? {} : { hint }) };
        if (choices !== undefined)
          return choiceField({ ...shared, value: values[id] ?? choices[0]?.value, choices: [...choices] });
        return textField({ ...shared, value: values[id] ?? '', multiline: isMultiline ?? false, maxLength: 15_000 });
      }),
    ],
    [
      execute(
        'Add',
        'appTemplate.addRule',
        { template: template.id, revision: template.revision, purpose, kind },
        { style: 'positive', takesInputs: true },
      ),
      execute('Back', 'appTemplate.edit', { template: template.id, part: 'rules' }),
    ],
  );
}

export interface AppTemplateCard {
  template: StoredAppTemplate;
  now: Date;
  saved?: string;
}

const longestShown = 120;

export function appTemplateCard({ template, now, saved }: AppTemplateCard): Card {
  const content = template.content ?? template.draft;
  const press = { template: template.id };
  const shown = (value: string, field: TemplateField) =>
    field.choices?.find((choice) => choice.value === value)?.title ??
    (value.length > longestShown ? `${value.slice(0, longestShown)}…` : value);
  return card(
    [
      header({
        title: content?.name || 'App template',
        where: 'App template',
        badge: template.content === null ? { text: 'Not saved', tone: 'warning' } : undefined,
      }),
      saved === undefined ? null : strip('good', saved),
      facts([
        ['Icon', content?.icon == null ? null : iconWords(content.icon)],
        ['Categories', content?.categories.join(', ')],
        ...templateFields.flatMap((field) => {
          const value = content?.values[field.id]?.trim() ?? '';
          return value === '' ? [] : [[field.label, shown(value, field)] as const];
        }),
      ]),
      ...(content?.rules ?? []).slice(0, mostRules).map((rule) => text(ruleTitle(rule))),
      ...(content?.returnCodes ?? [])
        .slice(0, mostReturnCodes)
        .map(({ code, type }) => text(`Return code ${code}: ${codeNames[type]}`)),
      footer(`Changed by ${plain(template.changedByName)}, ${when(template.changedAt, now)}`),
    ],
    [
      execute('Edit', 'appTemplate.edit', press),
      execute('Show the request', 'appTemplate.preview', press),
      execute('Copy', 'appTemplate.copy', press),
      execute('Delete', 'template.delete', press),
      execute('All templates', 'template.list', { page: 0 }),
    ],
  );
}
