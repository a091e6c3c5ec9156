import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { card, container, execute, facts, footer, header, notes, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { bytes, digest, plain } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Problem } from '../../problems/problem.ts';
import type { PublishPlan } from '../../publishing/plan.ts';
import type { ReleaseForm, ReleaseFormFaults } from '../../publishing/release-form.ts';
import type { Release } from '../../publishing/releases.ts';

const title = (release: Release) => release.facts?.displayName ?? release.origin.fileName;

const askedBy = (release: Release) => footer(`Asked by ${plain(release.requester.name)}`);

export function readingCard(release: Release): Card {
  return card(
    [
      header({
        title: release.origin.fileName,
        where: bytes(release.origin.size),
        badge: { text: 'Reading', tone: 'accent' },
      }),
      text('Reading the package. The form appears here in a moment.'),
      askedBy(release),
    ],
    [execute('Discard', 'publish.discard', { release: release.id, revision: release.revision })],
  );
}

export function refusedPackageCard(release: Release, supportContact: string): Card {
  return card(
    [
      header({ title: release.origin.fileName, badge: { text: 'Refused', tone: 'attention' } }),
      strip('attention', release.problem?.title ?? 'This package cannot be published'),
      ...(release.problem === null ? [] : problemBlock(release.problem, { supportContact })),
      askedBy(release),
    ],
    [execute('Publish another package', 'publish.start')],
  );
}

export interface FailedImportCard {
  fileName: string;
  host: string;
  requester: string;
  problem: Problem;
  supportContact: string;
}

export function importFailedCard({ fileName, host, requester, problem, supportContact }: FailedImportCard): Card {
  return card(
    [
      header({ title: fileName, where: host, badge: { text: 'Not fetched', tone: 'attention' } }),
      strip('attention', problem.title),
      ...problemBlock(problem, { supportContact }),
      footer(`Asked by ${plain(requester)}`),
    ],
    [execute('Publish another package', 'publish.start')],
  );
}

export function discardedCard(release: Release): Card {
  return card(
    [
      header({ title: title(release), badge: { text: 'Discarded', tone: 'default' } }),
      text('Nothing was sent to Intune.'),
      askedBy(release),
    ],
    [execute('Publish another package', 'publish.start')],
  );
}

export interface FormCard {
  release: Release;
  connections: readonly StoredConnection[];
  minimumOsChoices: { title: string; value: string }[];
  values: Partial<ReleaseForm>;
  faults?: ReleaseFormFaults & { form?: string };
}

export function releaseFormCard({ release, connections, minimumOsChoices, values, faults = {} }: FormCard): Card {
  const read = release.facts;
  const count = Object.keys(faults).length;
  return card(
    [
      appHeader(release, 'Draft'),
      count === 0
        ? null
        : strip(
            'attention',
            faults.form ?? (count === 1 ? 'One field needs a change' : `${count} fields need a change`),
          ),
      packageFacts(release),
      notes(read?.warnings ?? []),
      textField({
        id: 'displayName',
        label: 'Name',
        hint: 'What people see in Company Portal.',
        maxLength: 256,
        required: true,
        value: values.displayName,
        error: faults.displayName,
      }),
      textField({
        id: 'description',
        label: 'Description',
        hint: 'One sentence that people see beside the name.',
        maxLength: 10_000,
        multiline: true,
        required: true,
        value: values.description,
        error: faults.description,
      }),
      textField({
        id: 'publisher',
        label: 'Publisher',
        hint: 'The company or team that makes the app.',
        maxLength: 256,
        required: true,
        value: values.publisher,
        error: faults.publisher,
      }),
      textField({
        id: 'notes',
        label: 'Notes',
        hint: 'For administrators only.',
        maxLength: 2_000,
        multiline: true,
        value: values.notes,
        error: faults.notes,
      }),
      choiceField({
        id: 'minimumOs',
        label: 'Minimum Android version',
        hint: 'Read from the package. Devices below it do not get the app.',
        required: true,
        value: values.minimumOs,
        choices: minimumOsChoices,
        error: faults.minimumOs,
      }),
      choiceField({
        id: 'connectionId',
        label: 'Connection',
        hint:
          connections.length > 1 ? 'There is no default among several: choose where it goes.' : 'Where the app goes.',
        placeholder: 'Choose a connection',
        required: true,
        value: values.connectionId,
        choices: connections.map((connection) => ({
          title: `${connection.name} (${connection.tenantId.slice(0, 8)}…)`,
          value: connection.id,
        })),
        error: faults.connectionId,
      }),
      askedBy(release),
    ],
    [
      execute(
        'Show the plan',
        'publish.plan',
        { release: release.id, revision: release.revision },
        { style: 'positive', takesInputs: true },
      ),
      execute('Discard', 'publish.discard', { release: release.id, revision: release.revision }),
    ],
  );
}

export interface PlanCard {
  release: Release;
  plan: PublishPlan;
  connection: StoredConnection;
  fault?: string;
}

export function planCard({ release, plan, connection, fault }: PlanCard): Card {
  const existing = plan.existing;
  return card(
    [
      header({
        title: `Plan: ${plan.displayName} ${plan.version}`,
        where: `${connection.name} · ${connection.mode === 'custom' ? 'Custom' : 'Managed'} · tenant ${connection.tenantId}`,
        badge: { text: 'Plan', tone: 'default' },
      }),
      fault === undefined ? null : strip('attention', fault),
      container([
        text('What will happen', { bold: true }),
        ...steps(plan).map((step) => text(`- ${plain(step)}`, { markdown: true, spacing: 'None' })),
      ]),
      existing.length === 0
        ? text(`This package id is not in ${connection.name} yet.`)
        : choiceField({
            id: 'action',
            label:
              existing.length === 1
                ? 'This package id is already there'
                : `This package id is already there ${existing.length} times`,
            hint: 'A new version keeps the app’s id, assignments and categories.',
            required: true,
            expanded: true,
            missing: 'Choose one of them',
            value: existing.length === 1 && newer(plan) ? `update:${existing[0]?.id}` : '',
            choices: [
              ...existing.map((app) => ({
                title: `New version of ${app.displayName}: ${app.versionName ?? '?'} (${app.versionCode ?? '?'}) → ${plan.version}`,
                value: `update:${app.id}`,
              })),
              { title: 'A new app beside it', value: 'create' },
            ],
          }),
      existing.length > 0 && !newer(plan)
        ? text(
            existing.some((app) => app.versionCode === String(plan.app.versionCode))
              ? '! This very version is there already. Android devices install only a higher version code.'
              : '! The version code is not higher than the one that is there. Android devices install only a higher one.',
            { tone: 'attention' },
          )
        : null,
      packageFacts(release),
      text(
        `${existing.length === 0 ? '' : 'If you choose a new app: '}nobody receives it before it is assigned to a group in the Intune admin centre.`.replace(
          /^n/,
          'N',
        ),
        { subtle: true },
      ),
      askedBy(release),
    ],
    [
      execute(
        'Publish',
        'publish.confirm',
        { release: release.id, revision: release.revision },
        { style: 'positive', takesInputs: existing.length > 0 },
      ),
      execute('Change', 'publish.form', { release: release.id }),
      execute('Discard', 'publish.discard', { release: release.id, revision: release.revision }),
    ],
  );
}

function steps(plan: PublishPlan): string[] {
  return [
    plan.existing.length === 0
      ? 'An Android app is created in Intune'
      : 'What you choose below: an app that is there gets this package and keeps its id, or a new app is created',
    `${bytes(plan.size)} are encrypted and uploaded, then checked by Intune`,
    'The new content is made the current one',
    'You are told here when Intune has published it',
  ];
}

function newer(plan: PublishPlan): boolean {
  const code = plan.app.versionCode;
  return plan.existing.every((app) => {
    try {
      return app.versionCode === null || BigInt(String(code)) > BigInt(app.versionCode);
    } catch {
      return false;
    }
  });
}

function appHeader(release: Release, badge: string): CardElement {
  const read = release.facts;
  const head = header({
    title: `${title(release)} ${read?.version ?? ''}`.trim(),
    where: read?.identifier ?? undefined,
    badge: { text: badge, tone: 'default' },
  });
  // A card may be 24 KB at most; a larger icon is sent to Intune but not shown here.
  if (release.icon === null || release.icon.base64.length > 9_000) return head;
  const columns = head.columns as CardElement[];
  return {
    ...head,
    columns: [
      {
        type: 'Column',
        width: 'auto',
        items: [
          {
            type: 'Image',
            url: `data:${release.icon.mimeType};base64,${release.icon.base64}`,
            altText: 'Icon of the app',
            width: '40px',
          },
        ],
      },
      ...columns,
    ],
  };
}

function packageFacts(release: Release): CardElement | null {
  const read = release.facts;
  return facts([
    ['File', release.origin.fileName],
    ['Size', bytes(release.origin.size)],
    ['From', release.origin.kind === 'link' ? release.origin.host : null],
    ['Version', read === null ? null : `${read.version ?? '?'} (${read.details.versionCode})`],
    [
      'Android',
      read === null
        ? null
        : `API ${read.details.minSdkVersion ?? '1'} and later, made for ${read.details.targetSdkVersion ?? '?'}`,
    ],
    ['SHA-256', release.sha256 === null ? null : digest(release.sha256)],
  ]);
}
