import type { Card } from '../../src/cards/card.ts';
import { chooseIconCard, receivedIconCard } from '../../src/dialogs/icons/icon-cards.ts';
import { requestCard } from '../../src/dialogs/publish/request-card.ts';
import { appRuleCard, appTemplateCard, appTemplateEditorCard } from '../../src/dialogs/templates/app-template-cards.ts';
import { chooseTemplateCard, differenceCard } from '../../src/dialogs/templates/apply-cards.ts';
import { assignmentEditorCard, assignmentTemplateCard } from '../../src/dialogs/templates/assignment-cards.ts';
import { rowCard } from '../../src/dialogs/templates/row-cards.ts';
import { everybodyCard, groupCard } from '../../src/dialogs/templates/target-cards.ts';
import { templateCategoriesCard, whoseCategoriesCard } from '../../src/dialogs/templates/template-category-cards.ts';
import { deleteTemplateCard, templateListCard } from '../../src/dialogs/templates/template-list-cards.ts';
import { templatePreviewCard } from '../../src/dialogs/templates/template-preview-card.ts';
import { problem } from '../../src/problems/problem.ts';
import { examplePackages } from '../../src/publishing/example-packages.ts';
import { previewOf } from '../../src/publishing/template-preview.ts';
import { type AppTemplate, ruleKinds, templateFields, templateParts } from '../../src/templates/app-template.ts';
import { type AssignmentRow, type AssignmentTemplate, noSettings } from '../../src/templates/assignment-template.ts';
import { rowValues } from '../../src/templates/row-form.ts';
import type { StoredTemplate } from '../../src/templates/templates.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleConnection, samplePlan, sampleRelease } from '../fakes/samples.ts';

const row = (number: number, change: Partial<AssignmentRow> = {}): AssignmentRow => ({
  key: String(number),
  who: {
    kind: 'group',
    id: `11f1c0de-0002-4a00-9a00-${String(number).padStart(12, '0')}`,
    name: `Field service region ${number} with a long name, and_under_scores`,
  },
  excluded: false,
  intent: 'required',
  filter: null,
  settings: noSettings,
  ...change,
});
const full = row(1, {
  filter: {
    id: '22f1c0de-0001-4a00-9a00-000000000001',
    name: 'Corporate Android',
    platform: 'android',
    mode: 'include',
  },
  settings: {
    notifications: 'hideAll',
    deliveryOptimization: 'foreground',
    available: { days: 0, time: '09:00' },
    deadline: { days: 3, time: '18:00' },
    timeZone: 'Europe/Berlin',
    restart: { graceMinutes: 1440, countdownMinutes: 15, snoozeMinutes: 240 },
    updatesSuperseded: false,
    uninstallOnRemoval: true,
    removable: false,
    preventBackup: true,
    deviceContext: false,
  },
});
const many: AssignmentTemplate = {
  name: 'Rings',
  rows: Array.from({ length: 60 }, (_, index) => ({
    ...full,
    ...row(index),
    settings: full.settings,
    filter: full.filter,
  })),
  nextKey: 61,
};
const stored = (
  content: AssignmentTemplate | null,
  draft: AssignmentTemplate | null,
): StoredTemplate<AssignmentTemplate> => ({
  id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0009',
  workspaceId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
  tenant: { connectionId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001', cloud: 'global', tenantId: 't' },
  content,
  draft,
  revision: 4,
  createdByName: 'Alex Wilber',
  changedByName: 'Alex Wilber',
  changedAt: now,
});
const fullApp: AppTemplate = {
  name: 'Contoso desktop apps',
  values: Object.fromEntries(
    templateFields.map(({ id, choices, maxLength }) => [
      id,
      choices?.[0]?.value ?? 'x'.repeat(Math.min(maxLength, 600)),
    ]),
  ),
  rules: Array.from({ length: 10 }, (_, index) => ({
    key: String(index),
    purpose: 'requirement' as const,
    kind: 'file' as const,
    values: { path: '%ProgramFiles%\\Contoso', name: `tool-${index}.exe`, what: 'exists' },
  })),
  returnCodes: Array.from({ length: 15 }, (_, code) => ({ key: `c${code}`, code, type: 'softReboot' as const })),
  icon: { id: 'p', mimeType: 'image/png', width: 512, height: 512 },
  categories: ['Business', 'Productivity'],
  nextKey: 40,
};
const storedApp = (content: AppTemplate | null, draft: AppTemplate | null) => ({
  ...stored(null, null),
  tenant: null,
  content,
  draft,
});
const small: AssignmentTemplate = { name: 'Pilot first', rows: [full, row(2, { excluded: true })], nextKey: 3 };
const where = 'Contoso production';
const connectionId = '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001';
const target = { connection: connectionId, app: '44444444-4444-4444-8444-444444444444' };
const rowView = { template: stored(null, small), row: full, values: rowValues(full), connectionId };
const groups = Array.from({ length: 12 }, (_, index) => ({
  id: row(index).who.kind === 'group' ? `11f1c0de-0002-4a00-9a00-${String(index).padStart(12, '0')}` : '',
  name: `Mobile group ${index}`,
  description: 'Everybody who tries new versions of apps before all others get them, in all regions',
}));
const filters = Array.from({ length: 80 }, (_, index) => ({
  id: `22f1c0de-0001-4a00-9a00-${String(index).padStart(12, '0')}`,
  name: `Filter ${index} for corporate devices`,
  platform: 'windows10AndLater',
  rule: '(device.deviceOwnership -eq "Corporate")',
}));

const picture = { id: connectionId, mimeType: 'image/png', width: 64, height: 64, base64: 'iVBORw0KGgo=' };
const recent = examplePackages.map(({ facts, fileName }, index) => ({
  releaseId: `3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f10${String(index).padStart(2, '0')}`,
  hasIcon: true,
  fileName,
  facts,
}));

const cards: [string, () => Card][] = [
  [
    'assignment editor, empty',
    () =>
      assignmentEditorCard({
        template: stored(null, { name: '', rows: [], nextKey: 1 }),
        draft: { name: '', rows: [], nextKey: 1 },
        where,
        page: 0,
      }),
  ],
  ['assignment editor', () => assignmentEditorCard({ template: stored(null, small), draft: small, where, page: 0 })],
  [
    'assignment editor with 60 targets',
    () =>
      assignmentEditorCard({
        template: stored(many, many),
        draft: many,
        where,
        page: 4,
        said: { tone: 'attention', words: 'Not saved yet' },
        faults: ['Give the template a name.'],
        gone: new Set(['11f1c0de-0002-4a00-9a00-000000000025']),
      }),
  ],
  [
    'assignment template',
    () => assignmentTemplateCard({ template: stored(small, null), where, now, saved: 'Pilot first is saved.' }),
  ],
  [
    'assignment template with 60 targets',
    () =>
      assignmentTemplateCard({
        template: stored(many, null),
        where,
        now,
        gone: new Set(['11f1c0de-0002-4a00-9a00-000000000002']),
      }),
  ],
  ['groups, before a search', () => groupCard({ template: stored(null, small), where, connectionId, values: {} })],
  [
    'groups found',
    () => groupCard({ template: stored(null, small), where, connectionId, values: { words: 'mobile' }, found: groups }),
  ],
  [
    'groups that cannot be read',
    () =>
      groupCard({
        template: stored(null, small),
        where,
        connectionId,
        values: { words: 'mobile' },
        problem: problem('graphPermissionMissing', { detail: 'It needs GroupMember.Read.All.' }),
      }),
  ],
  ['all users or devices', () => everybodyCard({ template: stored(null, small), values: {} })],
  ['row: basics', () => rowCard({ ...rowView, part: 'basics', filters: { found: filters } })],
  ['row: Windows', () => rowCard({ ...rowView, part: 'windows', faults: { grace: 'Minutes from 1 to 20,160' } })],
  ['row: Apple', () => rowCard({ ...rowView, part: 'apple' })],
  [
    'templates',
    () =>
      templateListCard({
        list: Array.from({ length: 9 }, (_, index) => ({
          id: `3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f001${index}`,
          kind: 'assignment' as const,
          name: `Ring ${index}`,
          about: '3 targets · Contoso production',
          isSaved: index > 0,
          isChanging: index === 2,
          changedByName: 'Alex Wilber',
          changedAt: now,
        })),
        page: 0,
        now,
      }),
  ],
  ...templateParts.map((part): [string, () => Card] => [
    `app template, ${part}`,
    () =>
      appTemplateEditorCard({
        template: storedApp(null, fullApp),
        draft: fullApp,
        part,
        said: { tone: 'attention', words: 'Not saved yet' },
        faults: { informationUrl: 'Information link: A link that begins with https://.' },
      }),
  ]),
  ['app template, saved', () => appTemplateCard({ template: storedApp(fullApp, null), now, saved: 'It is saved.' })],
  ...ruleKinds.map((kind): [string, () => Card] => [
    `rule: ${kind}`,
    () =>
      appRuleCard({
        template: storedApp(null, fullApp),
        rule: { purpose: 'requirement', kind, values: {} },
        fault: 'Write it.',
      }),
  ]),
  [
    'icon of a template',
    () =>
      chooseIconCard({
        name: 'Contoso desktop apps',
        where: 'App template',
        packages: recent,
        current: picture,
        topic: 'appTemplate',
        data: { template: connectionId },
        further: [],
        fault: 'This package brought no icon. Choose another one',
      }),
  ],
  [
    'a new icon',
    () =>
      receivedIconCard({
        wanted: { kind: 'appIcon', connectionId, appId: target.app, name: 'API Demos' },
        picture: { ...picture, base64: 'x'.repeat(600_000) },
        by: 'Alex Wilber',
      }),
  ],
  [
    'whose categories',
    () =>
      whoseCategoriesCard({
        template: storedApp(null, fullApp),
        connections: Array.from({ length: 60 }, (_, index) => sampleConnection({ name: `Tenant ${index}` })),
      }),
  ],
  [
    'categories of a tenant with many',
    () =>
      templateCategoriesCard({
        template: storedApp(null, fullApp),
        connection: sampleConnection(),
        names: ['Business', 'Gone'],
        listed: { found: groups.concat(filters as never).map(({ id, name }) => ({ id, name })) },
      }),
  ],
  [
    'categories that cannot be read',
    () =>
      templateCategoriesCard({
        template: storedApp(null, fullApp),
        connection: sampleConnection(),
        names: [],
        listed: { problem: problem('graphPermissionMissing', { detail: 'It needs DeviceManagementApps.Read.All.' }) },
      }),
  ],
  ...examplePackages.map(({ id, facts, fileName }): [string, () => Card] => [
    `preview of a template for an example: ${id}`,
    () =>
      templatePreviewCard({
        template: { id: connectionId, ...fullApp },
        choices: examplePackages.map((each) => ({ value: each.id, title: each.fileName })),
        chosen: { value: id, graphType: facts.graphType },
        preview: previewOf(fullApp, { facts, fileName, graphType: facts.graphType }),
        icon: 'of the template',
      }),
  ]),
  [
    'the request',
    () => requestCard({ release: sampleRelease(), plan: samplePlan({ app: { description: 'x'.repeat(9_000) } }) }),
  ],
  [
    'choose a template for an app',
    () =>
      chooseTemplateCard({
        target,
        appName: 'API Demos',
        where,
        choices: groups.map(({ id, name }) => ({ id, name })),
        values: {},
        fault: 'Somebody has deleted a group that the template names. Nothing was assigned.',
      }),
  ],
  [
    'no template for an app',
    () => chooseTemplateCard({ target, appName: 'API Demos', where, choices: [], values: {} }),
  ],
  [
    'difference for an app',
    () =>
      differenceCard({
        target,
        appName: 'API Demos',
        where,
        templateId: groups[0]?.id ?? '',
        templateName: 'Pilot first',
        mode: 'replace',
        change: {
          appId: target.app,
          added: Array.from({ length: 12 }, (_, index) => `Required: Ring ${index}`),
          changed: ['Available: Mobile pilot → Required: Mobile pilot'],
          removed: ['Required: All devices'],
          kept: 2,
          contradictions: ['Required: Contractors'],
          trace: 't',
        },
        leftOut: ['This type of app does not have the deadline: left out.'],
        isNewer: true,
      }),
  ],
  ['no templates', () => templateListCard({ list: [], page: 0, now })],
  [
    'delete a template',
    () =>
      deleteTemplateCard({
        id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0009',
        revision: 4,
        kind: 'assignment',
        name: 'Pilot first',
        uses: ['A draft of Alex Wilber uses it: API Demos.'],
      }),
  ],
];

it.each(cards)('%s: is valid, small enough and as it was', (_name, make) => {
  const made = make();

  expect(cardFaults(made)).toEqual([]);
  expect(cardText(made)).toMatchSnapshot();
});
