import type { PackageFacts } from '../packages/package-facts.ts';
import { graphRule, ruleFault, rulesFault } from './app-rules.ts';
import { type AppTemplate, deviceNeeds, templateFields } from './app-template.ts';
import { minimumFor, minimumSystems } from './minimum-systems.ts';
import { emptyPlaceholders, filled, type PackageWords, unknownPlaceholders } from './placeholders.ts';
import { nameFault } from './template-name.ts';

export interface AppliedTemplate {
  /** For the form of a release, by field. */
  values: Record<string, string>;
  /** Further properties of the app, in Graph's words. */
  properties: Record<string, unknown>;
  categories: readonly string[];
  icon: AppTemplate['icon'];
  /** What the package or its type has no use for, as sentences. */
  leftOut: string[];
}

const texts = ['displayName', 'description', 'publisher', 'notes'];
/** Every app has these. */
const common = ['developer', 'owner', 'informationUrl', 'privacyInformationUrl'];
const numbers = new Set<string>(['maxRunTime', ...deviceNeeds.map(({ id }) => id)]);
const forWin32 = new Set([...numbers, 'allowAvailableUninstall']);

export function packageWords(facts: PackageFacts, fileName: string): PackageWords {
  const productCode =
    facts.format === 'msi'
      ? facts.details.productCode
      : facts.format === 'intunewin'
        ? (facts.details.msi?.productCode ?? '')
        : '';
  return {
    name: facts.displayName ?? facts.identifier ?? fileName,
    version: facts.version ?? '',
    publisher: facts.publisher ?? '',
    identifier: facts.identifier ?? '',
    productCode,
    fileName,
  };
}

/** What a template makes of a package that is kept as a type of app. Nothing is read and nothing is sent. */
export function applyAppTemplate(
  template: AppTemplate,
  words: PackageWords,
  target: { graphType: string; fields: readonly { id: string; value?: string }[] },
): AppliedTemplate {
  const isWin32 = target.graphType === 'win32LobApp';
  const formFields = new Set([...texts, ...target.fields.map(({ id }) => id)]);
  const values: Record<string, string> = {};
  const properties: Record<string, unknown> = {};
  const leftOut: string[] = [];
  const unfit: string[] = [];
  for (const { id, label } of templateFields) {
    const raw = template.values[id]?.trim() ?? '';
    if (raw === '') continue;
    if (minimumSystems.some((system) => system.id === id)) {
      const asked = minimumFor(id, raw, target);
      if (asked !== null && 'leftOut' in asked) leftOut.push(asked.leftOut);
      else if (asked !== null) values[asked.field] = asked.value;
      continue;
    }
    const missing = emptyPlaceholders(raw, words);
    if (missing.length > 0) leftOut.push(`${label}: the package has no ${missing.join(', ')}.`);
    const text = filled(raw, words);
    if (formFields.has(id)) values[id] = text;
    else if (common.includes(id)) properties[id] = text;
    else if (id === 'isFeatured') properties.isFeatured = text === 'true';
    else if (id === 'roleScopeTagIds') properties.roleScopeTagIds = text.split(',').map((tag) => tag.trim());
    else if (isWin32 && forWin32.has(id)) properties[id] = numbers.has(id) ? Number(text) : text === 'true';
    else unfit.push(label);
  }
  if (isWin32) Object.assign(properties, win32Parts(template, words));
  else if (template.rules.length + template.returnCodes.length > 0) unfit.push('Rules and return codes (Win32)');
  if (unfit.length > 0) leftOut.push(`Not for this type of app: ${unfit.join('; ')}.`);
  return { values, properties, categories: template.categories, icon: template.icon, leftOut };
}

function win32Parts({ rules, returnCodes }: AppTemplate, words: PackageWords): Record<string, unknown> {
  return {
    ...(rules.length === 0 ? {} : { rules: rules.map((rule) => graphRule(rule, words)) }),
    ...(returnCodes.length === 0
      ? {}
      : {
          returnCodes: returnCodes.map(({ code, type }) => ({
            '@odata.type': '#microsoft.graph.win32LobAppReturnCode',
            returnCode: code,
            type,
          })),
        }),
  };
}

/** The app's own properties with those of a template: rules that only require stand beside the app's detection. */
export function withTemplate(
  app: Readonly<Record<string, unknown>>,
  { maxRunTime, rules, ...plain }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const own = Array.isArray(app.rules) ? (app.rules as { ruleType?: string }[]) : [];
  const added = Array.isArray(rules) ? (rules as { ruleType?: string }[]) : [];
  const detects = added.some(({ ruleType }) => ruleType === 'detection');
  const experience = app.installExperience;
  return {
    ...app,
    ...plain,
    ...(added.length === 0 ? {} : { rules: detects ? added : [...own, ...added] }),
    ...(maxRunTime === undefined || experience === null || typeof experience !== 'object'
      ? {}
      : { installExperience: { ...experience, maxRunTimeInMinutes: maxRunTime } }),
  };
}

/** Why a template cannot be saved, by field; `form` is about the whole. */
export function appTemplateFaults(template: AppTemplate): Record<string, string> {
  const faults: Record<string, string> = {};
  const wrongName = nameFault(template.name);
  if (wrongName !== null) faults.name = wrongName;
  for (const { id, label, maxLength, check, choices } of templateFields) {
    const value = template.values[id]?.trim() ?? '';
    if (value === '') continue;
    const [strange] = id.endsWith('Script') ? [] : unknownPlaceholders(value);
    if (value.length > maxLength) faults[id] = `${label}: at most ${maxLength.toLocaleString('en-GB')} characters.`;
    else if (strange !== undefined) faults[id] = `${label}: there is no placeholder ${strange}.`;
    else if (choices !== undefined && !choices.some((choice) => choice.value === value))
      faults[id] = `${label}: choose one.`;
    else if (check?.(value) != null) faults[id] = `${label}: ${check(value)}.`;
  }
  const wrongRule = template.rules.map(ruleFault).find((fault) => fault !== null) ?? rulesFault(template.rules);
  if (wrongRule != null) faults.rules = wrongRule;
  return faults;
}
