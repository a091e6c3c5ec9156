import type { Card } from '../../src/cards/card.ts';
import { importCard } from '../../src/dialogs/publish/import-cards.ts';
import { type PlanCard, planCard } from '../../src/dialogs/publish/plan-card.ts';
import { furtherSettingsCard, releaseFormCard } from '../../src/dialogs/publish/release-form-card.ts';
import type { MsiFacts, PackageFacts } from '../../src/packages/package-facts.ts';
import { problem } from '../../src/problems/problem.ts';
import { appShapes } from '../../src/publishing/kinds/app-shapes.ts';
import type { ImportView } from '../../src/publishing/link-import.ts';
import type { ExistingApp } from '../../src/publishing/plan.ts';
import { proposedValues } from '../../src/publishing/release-form.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { sampleConnection, samplePlan, sampleRelease } from '../fakes/samples.ts';

const msi: MsiFacts = {
  format: 'msi',
  graphType: 'windowsMobileMSI',
  displayName: 'Field Notes',
  identifier: '{11111111-2222-4333-8444-555555555555}',
  version: '1.2.3',
  publisher: 'Example Ltd',
  size: 1_200_000,
  icon: null,
  warnings: [],
  details: {
    productName: 'Field Notes',
    productCode: '{11111111-2222-4333-8444-555555555555}',
    productVersion: '1.2.3',
    upgradeCode: '{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}',
    manufacturer: 'Example Ltd',
    productLanguage: '1033',
    packageType: 'dualPurpose',
    platform: 'x64',
  },
};

const exe: PackageFacts = {
  format: 'exe',
  graphType: 'win32LobApp',
  displayName: 'Field Notes',
  identifier: null,
  version: '7.2',
  publisher: 'Example Ltd',
  size: 1_200_000,
  icon: null,
  warnings: ['It seems to be made with Inno Setup.'],
  details: {
    productName: 'Field Notes',
    productVersion: '7.2',
    companyName: 'Example Ltd',
    fileDescription: null,
    installerKind: 'inno',
  },
};

const form = (facts: PackageFacts | null, faults = {}) => {
  if (facts === null) throw new Error('there are facts');
  const [shape, ...others] = appShapes(facts, 'setup.exe');
  const connections = [sampleConnection()];
  return {
    release: sampleRelease({ facts }),
    connections,
    shape,
    others,
    appTemplates: [{ id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0010', name: 'Contoso desktop apps' }],
    assignmentTemplates: [
      { id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0009', name: 'Pilot first', where: 'Contoso production' },
    ],
    values: proposedValues(facts, shape),
    faults,
  };
};
const existing = (change: Partial<ExistingApp> = {}): ExistingApp => ({
  id: 'e',
  displayName: 'API Demos',
  version: '4.1 (20)',
  guard: 'allow',
  reason: null,
  differences: [
    { property: 'description', label: 'Description', from: 'Written by Megan', to: 'API Demos' },
    { property: 'versionCode', label: 'Version code', from: '20', to: '25' },
    { property: 'minimumSupportedOperatingSystem', label: 'Minimum system', from: '4.1', to: '4.2' },
  ],
  supersedence: null,
  trace: 't',
  ...change,
});
const planned = (change: Partial<PlanCard> = {}): PlanCard => ({
  release: sampleRelease(),
  plan: samplePlan(),
  noun: 'an Android app',
  connection: sampleConnection(),
  group: null,
  ...change,
});

const fetched = (change: Partial<ImportView> = {}) => ({
  supportContact: 'it-help@contoso.example',
  view: {
    id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0011',
    subject: {
      ...{ workspaceId: 'w', homeTenantId: 't', fileName: 'field-service.apk', host: 'builds.contoso.example' },
      ...{ requester: sampleRelease().requester, place: sampleRelease().place },
    },
    ...{ state: 'copying' as const, receivedBytes: 0, totalBytes: null, problem: null },
    ...change,
  },
});

const cards: [string, () => Card][] = [
  ['draft of an Android app', () => releaseFormCard(form(sampleRelease().facts))],
  ['more settings of an Android app', () => furtherSettingsCard(form(sampleRelease().facts))],
  ['draft of an MSI with faults', () => releaseFormCard(form(msi, { publisher: 'A publisher is needed' }))],
  ['more settings of an MSI', () => furtherSettingsCard(form(msi))],
  ['draft of a Windows program', () => releaseFormCard(form(exe))],
  ['more settings of a Windows program', () => furtherSettingsCard(form(exe))],
  ['plan of a new app', () => planCard(planned())],
  ['plan where the app exists', () => planCard(planned({ plan: samplePlan({ existing: [existing()] }) }))],
  ['package that is being fetched', () => importCard(fetched({ receivedBytes: 4_200_000, totalBytes: 6_400_000 }))],
  ['package that a host sends without saying its size', () => importCard(fetched({ receivedBytes: 4_200_000 }))],
  ['package that waits to be fetched', () => importCard(fetched({ state: 'waiting' }))],
  ['package that was fetched', () => importCard(fetched({ state: 'imported' }))],
  [
    'package that could not be fetched',
    () => importCard(fetched({ state: 'failed', problem: problem('linkForbidden') })),
  ],
  ['package whose fetching was cancelled', () => importCard(fetched({ state: 'cancelled' }))],
  [
    'plan of a Win32 app that may be superseded',
    () =>
      planCard(
        planned({
          noun: 'a Win32 app',
          plan: samplePlan({
            graphType: 'win32LobApp',
            existing: [existing({ supersedence: 'possible' }), existing({ id: 'f', supersedence: 'full' })],
          }),
        }),
      ),
  ],
  [
    'plan where the version is not newer',
    () =>
      planCard(
        planned({
          fault: 'Choose whether it is a new version or a new app',
          plan: samplePlan({
            existing: [
              existing({ guard: 'ask', reason: 'Android devices install only a higher version code.' }),
              existing({ id: 'f', guard: 'refuse', reason: 'Windows installs it only if its version is higher.' }),
            ],
          }),
        }),
      ),
  ],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

it('stays small where a tenant has many apps of the same identity', () => {
  const many = Array.from({ length: 40 }, (_, index) =>
    existing({
      id: `00000000-0000-4000-8000-0000000000${index}`,
      differences: Array(12).fill(existing().differences[1]),
    }),
  );

  const card = planCard(planned({ plan: samplePlan({ existing: many }) }));

  expect(cardFaults(card)).toEqual([]);
  expect(cardText(card)).toContain('There are 34 more of them in Intune');
});
