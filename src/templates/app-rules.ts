import type { AppRule, RuleKind } from './app-template.ts';
import { filled, type PackageWords, unknownPlaceholders } from './placeholders.ts';

export interface RuleField {
  id: string;
  label: string;
  hint?: string;
  isMultiline?: boolean;
  choices?: readonly { title: string; value: string }[];
}

export const ruleKindNames: Readonly<Record<RuleKind, string>> = {
  productCode: 'MSI product code',
  file: 'File or folder',
  registry: 'Registry',
  script: 'PowerShell script',
};

const comparisons = [
  { title: 'equal to', value: 'equal' },
  { title: 'not equal to', value: 'notEqual' },
  { title: 'greater than', value: 'greaterThan' },
  { title: 'at least', value: 'greaterThanOrEqual' },
  { title: 'less than', value: 'lessThan' },
  { title: 'at most', value: 'lessThanOrEqual' },
];
const operator: RuleField = { id: 'operator', label: 'Is', choices: comparisons };
const value: RuleField = {
  id: 'value',
  label: 'Compared with',
  hint: 'For example {version}. Empty where nothing is compared.',
};
const noYes = [
  { title: 'No', value: 'no' },
  { title: 'Yes', value: 'yes' },
];
const on32: RuleField = {
  id: 'on32',
  label: 'Look in the 32-bit part of 64-bit devices',
  choices: noYes,
};

export const ruleFields: Readonly<Record<RuleKind, readonly RuleField[]>> = {
  productCode: [
    { id: 'productCode', label: 'Product code', hint: '{productCode} takes that of the package.' },
    { ...value, label: 'At least this version', hint: 'For example {version}. Empty: any version.' },
  ],
  file: [
    { id: 'path', label: 'Folder', hint: 'For example %ProgramFiles%\\Contoso.' },
    { id: 'name', label: 'File or folder in it' },
    {
      id: 'what',
      label: 'What is looked at',
      choices: [
        { title: 'It is there', value: 'exists' },
        { title: 'Its version', value: 'version' },
        { title: 'Its size in MB', value: 'sizeInMB' },
        { title: 'When it was changed', value: 'modifiedDate' },
        { title: 'When it was made', value: 'createdDate' },
      ],
    },
    operator,
    value,
    on32,
  ],
  registry: [
    { id: 'path', label: 'Key', hint: 'For example HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso.' },
    { id: 'name', label: 'Value', hint: 'Empty: the key itself.' },
    {
      id: 'what',
      label: 'What is looked at',
      choices: [
        { title: 'It is there', value: 'exists' },
        { title: 'It is not there', value: 'doesNotExist' },
        { title: 'Text', value: 'string' },
        { title: 'Number', value: 'integer' },
        { title: 'Version', value: 'version' },
      ],
    },
    operator,
    value,
    on32,
  ],
  script: [
    {
      id: 'script',
      label: 'Script',
      hint: 'PowerShell. As a detection it says something and ends with 0 where the app is there.',
      isMultiline: true,
    },
    {
      id: 'on32',
      label: 'Run it as 32-bit on 64-bit devices',
      choices: noYes,
    },
    {
      id: 'signed',
      label: 'Run it only if it is signed',
      choices: noYes,
    },
    {
      id: 'account',
      label: 'Runs as',
      hint: 'For requirements only.',
      choices: [
        { title: 'The system', value: 'system' },
        { title: 'The person who is signed in', value: 'user' },
      ],
    },
    {
      id: 'what',
      label: 'What a requirement compares',
      hint: 'For requirements only.',
      choices: [
        { title: 'Text', value: 'string' },
        { title: 'Number', value: 'integer' },
        { title: 'Version', value: 'version' },
        { title: 'Yes or no', value: 'boolean' },
        { title: 'Date and time', value: 'dateTime' },
        { title: 'Decimal number', value: 'float' },
      ],
    },
    { ...operator, hint: 'For requirements only.' },
    { ...value, hint: 'For requirements only.' },
  ],
};

const said = (rule: AppRule, id: string): string => rule.values[id]?.trim() ?? '';
const compares = (rule: AppRule): boolean => !['exists', 'doesNotExist', ''].includes(said(rule, 'what'));

/** What is wrong with a rule, as a sentence; null when nothing is. */
export function ruleFault(rule: AppRule): string | null {
  const strange = Object.values(rule.values).flatMap(unknownPlaceholders)[0];
  if (strange !== undefined && rule.kind !== 'script') return `There is no placeholder ${strange}.`;
  switch (rule.kind) {
    case 'productCode':
      if (rule.purpose === 'requirement') return 'A product code can only be detected.';
      return said(rule, 'productCode') === '' ? 'Write a product code, or {productCode}.' : null;
    case 'file':
      if (said(rule, 'path') === '' || said(rule, 'name') === '') return 'Write a folder and what is in it.';
      return compares(rule) && said(rule, 'value') === '' ? 'Write what it is compared with.' : null;
    case 'registry':
      if (!/^HKEY_[A-Z_]+\\./i.test(said(rule, 'path')))
        return 'Write a key that begins with HKEY_LOCAL_MACHINE\\ or the like.';
      return compares(rule) && said(rule, 'value') === '' ? 'Write what it is compared with.' : null;
    case 'script':
      if (said(rule, 'script') === '') return 'Write the script.';
      return rule.purpose === 'requirement' && said(rule, 'value') === ''
        ? 'Write what its output is compared with.'
        : null;
  }
}

/** What is wrong with all rules together. */
export function rulesFault(rules: readonly AppRule[]): string | null {
  const detections = rules.filter(({ purpose }) => purpose === 'detection');
  const hasScript = detections.some(({ kind }) => kind === 'script');
  if (hasScript && detections.length > 1)
    return 'A detection script stands alone: remove the other detection rules, or the script.';
  return null;
}

/** In Graph's words: https://learn.microsoft.com/graph/api/resources/intune-apps-win32lobapprule */
export function graphRule(rule: AppRule, words: PackageWords): Record<string, unknown> {
  const text = (id: string) => filled(said(rule, id), words);
  const ruleType = rule.purpose;
  const isCompared = compares(rule);
  const compared = {
    ruleType,
    operationType: said(rule, 'what') || 'exists',
    operator: isCompared ? said(rule, 'operator') || 'equal' : 'notConfigured',
    comparisonValue: isCompared ? text('value') : null,
  };
  const check32BitOn64System = said(rule, 'on32') === 'yes';
  switch (rule.kind) {
    case 'productCode': {
      const version = text('value');
      return {
        '@odata.type': '#microsoft.graph.win32LobAppProductCodeRule',
        ruleType,
        productCode: text('productCode'),
        productVersionOperator: version === '' ? 'notConfigured' : 'greaterThanOrEqual',
        productVersion: version === '' ? null : version,
      };
    }
    case 'file':
      return {
        '@odata.type': '#microsoft.graph.win32LobAppFileSystemRule',
        ...compared,
        check32BitOn64System,
        path: text('path'),
        fileOrFolderName: text('name'),
      };
    case 'registry':
      return {
        '@odata.type': '#microsoft.graph.win32LobAppRegistryRule',
        ...compared,
        check32BitOn64System,
        keyPath: text('path'),
        valueName: text('name') === '' ? null : text('name'),
      };
    case 'script':
      return scriptRule(rule, text('value'));
  }
}

function scriptRule(rule: AppRule, comparisonValue: string): Record<string, unknown> {
  const script = {
    '@odata.type': '#microsoft.graph.win32LobAppPowerShellScriptRule',
    ruleType: rule.purpose,
    enforceSignatureCheck: said(rule, 'signed') === 'yes',
    runAs32Bit: said(rule, 'on32') === 'yes',
    scriptContent: Buffer.from(said(rule, 'script'), 'utf8').toString('base64'),
  };
  // A detection script has no name and no comparison.
  if (rule.purpose === 'detection')
    return {
      ...script,
      displayName: null,
      operationType: 'notConfigured',
      operator: 'notConfigured',
      comparisonValue: null,
    };
  return {
    ...script,
    displayName: 'Requirement',
    runAsAccount: said(rule, 'account') === 'user' ? 'user' : 'system',
    operationType: said(rule, 'what') || 'string',
    operator: said(rule, 'operator') || 'equal',
    comparisonValue,
  };
}

export function ruleTitle(rule: AppRule): string {
  const detail = said(rule, 'productCode') || [said(rule, 'path'), said(rule, 'name')].filter(Boolean).join('\\');
  return `${rule.purpose === 'detection' ? 'Detection' : 'Requirement'}: ${ruleKindNames[rule.kind]}${detail === '' ? '' : ` ${detail}`}`;
}
