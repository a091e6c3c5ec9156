import { z } from 'zod';
import { minimumSystems } from './minimum-systems.ts';

export const rulePurposes = ['detection', 'requirement'] as const;
export const ruleKinds = ['productCode', 'file', 'registry', 'script'] as const;
export type RuleKind = (typeof ruleKinds)[number];

const appRule = z.object({
  key: z.string(),
  purpose: z.enum(rulePurposes),
  kind: z.enum(ruleKinds),
  values: z.record(z.string(), z.string()),
});
export type AppRule = z.infer<typeof appRule>;

/** As many as a card shows. */
export const mostRules = 10;
export const mostReturnCodes = 15;

export const returnCodeTypes = ['success', 'softReboot', 'hardReboot', 'retry', 'failed'] as const;

const returnCode = z.object({
  key: z.string(),
  code: z.number().int().min(-2_147_483_648).max(2_147_483_647),
  type: z.enum(returnCodeTypes),
});

/** Reusable metadata and behaviour of an app. What is empty is left to the package. */
export const appTemplate = z.object({
  name: z.string(),
  /** By the id of a field. */
  values: z.record(z.string(), z.string()),
  rules: z.array(appRule),
  returnCodes: z.array(returnCode),
  /** Kept beside the template; null: that of the package. */
  icon: z
    .object({ id: z.string(), mimeType: z.string(), width: z.number(), height: z.number() })
    .nullable()
    .default(null),
  /** By name: a template is for any tenant, and ids belong to one. */
  categories: z.array(z.string()).default([]),
  nextKey: z.number().int(),
});
export type AppTemplate = z.infer<typeof appTemplate>;

export const emptyAppTemplate: AppTemplate = {
  name: '',
  values: {},
  rules: [],
  returnCodes: [],
  icon: null,
  categories: [],
  nextKey: 1,
};

export const templateParts = ['about', 'more', 'systems', 'windows', 'rules', 'mac'] as const;
export type TemplatePart = (typeof templateParts)[number];

export interface TemplateField {
  id: string;
  part: TemplatePart;
  label: string;
  hint?: string;
  maxLength: number;
  isMultiline?: boolean;
  choices?: readonly { title: string; value: string }[];
  /** What is wrong with a value that is not empty. */
  check?(value: string): string | null;
}

const link = (value: string) =>
  /^https?:\/\/\S+$/.test(value) && URL.canParse(value) ? null : 'A link that begins with https://';

const yesNo = [
  { title: 'Yes', value: 'true' },
  { title: 'No', value: 'false' },
];

/** What a device must have at least before it gets a Win32 app; the ids are Graph's. */
export const deviceNeeds = [
  { id: 'minimumFreeDiskSpaceInMB', label: 'Free disk space, in MB (Win32)' },
  { id: 'minimumMemoryInMB', label: 'Memory, in MB (Win32)' },
  { id: 'minimumNumberOfProcessors', label: 'Processor cores (Win32)' },
  { id: 'minimumCpuSpeedInMHz', label: 'Processor speed, in MHz (Win32)' },
] as const;

const wholeNumber = (value: string) => (/^[1-9]\d{0,6}$/.test(value) ? null : 'A whole number');

/** The ids of fields that the form of a release has are its own, so that a value finds its place there. */
export const templateFields: readonly TemplateField[] = [
  { id: 'displayName', part: 'about', label: 'Name of the app', hint: 'For example {name} (Contoso).', maxLength: 256 },
  { id: 'description', part: 'about', label: 'Description', maxLength: 10_000, isMultiline: true },
  { id: 'publisher', part: 'about', label: 'Publisher', maxLength: 256 },
  { id: 'notes', part: 'about', label: 'Notes for administrators', maxLength: 2_000, isMultiline: true },
  { id: 'developer', part: 'more', label: 'Developer', maxLength: 256 },
  { id: 'owner', part: 'more', label: 'Owner', maxLength: 256 },
  { id: 'informationUrl', part: 'more', label: 'Information link', maxLength: 1_000, check: link },
  { id: 'privacyInformationUrl', part: 'more', label: 'Privacy link', maxLength: 1_000, check: link },
  { id: 'isFeatured', part: 'more', label: 'Featured in Company Portal', maxLength: 10, choices: yesNo },
  {
    id: 'roleScopeTagIds',
    part: 'more',
    label: 'Scope tags',
    hint: 'Their numbers in the Intune admin center, with commas: 0, 3.',
    maxLength: 200,
    check: (value) => (/^\d{1,9}(\s*,\s*\d{1,9})*$/.test(value) ? null : 'Numbers with commas, such as 0, 3'),
  },
  ...minimumSystems.map(({ id, label, choices }) => ({ id, part: 'systems' as const, label, maxLength: 20, choices })),
  { id: 'installCommand', part: 'windows', label: 'Install command (Win32)', maxLength: 1_000 },
  { id: 'uninstallCommand', part: 'windows', label: 'Uninstall command (Win32)', maxLength: 1_000 },
  {
    id: 'runAs',
    part: 'windows',
    label: 'Installs as (Win32)',
    maxLength: 10,
    choices: [
      { title: 'The system', value: 'system' },
      { title: 'The person who is signed in', value: 'user' },
    ],
  },
  {
    id: 'restart',
    part: 'windows',
    label: 'Restart of the device (Win32)',
    maxLength: 20,
    choices: [
      { title: 'As the installer’s return code says', value: 'basedOnReturnCode' },
      { title: 'The app may restart it', value: 'allow' },
      { title: 'Never', value: 'suppress' },
      { title: 'Always', value: 'force' },
    ],
  },
  {
    id: 'maxRunTime',
    part: 'windows',
    label: 'Longest installation, in minutes (Win32)',
    hint: 'Intune gives up after 60 minutes if this is empty.',
    maxLength: 4,
    check: (value) => (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= 1440 ? null : '1 to 1440'),
  },
  {
    id: 'architectures',
    part: 'windows',
    label: 'Processors (Win32)',
    maxLength: 20,
    choices: [
      { title: '32-bit and 64-bit', value: 'x86,x64' },
      { title: '64-bit only', value: 'x64' },
      { title: '32-bit only', value: 'x86' },
      { title: '64-bit and ARM64', value: 'x64,arm64' },
      { title: 'ARM64 only', value: 'arm64' },
    ],
  },
  ...deviceNeeds.map(({ id, label }) => ({ id, part: 'windows' as const, label, maxLength: 7, check: wholeNumber })),
  {
    id: 'allowAvailableUninstall',
    part: 'windows',
    label: 'People may uninstall it in Company Portal (Win32)',
    maxLength: 10,
    choices: yesNo,
  },
  { id: 'commandLine', part: 'windows', label: 'Arguments (MSI)', maxLength: 1_000 },
  { id: 'preScript', part: 'mac', label: 'Script before installing (PKG)', maxLength: 15_000, isMultiline: true },
  { id: 'postScript', part: 'mac', label: 'Script after installing (PKG)', maxLength: 15_000, isMultiline: true },
  {
    id: 'ignoreVersion',
    part: 'mac',
    label: 'When another version is on the device (Mac, MSI)',
    maxLength: 10,
    choices: [
      { title: 'Leave it alone', value: 'true' },
      { title: 'Install this version', value: 'false' },
    ],
  },
];
