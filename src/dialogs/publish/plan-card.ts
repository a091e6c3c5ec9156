import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, container, execute, facts, header, notes, strip, text } from '../../cards/pieces.ts';
import { bytes, plain } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { mostSuperseded } from '../../graph/app-relations.ts';
import type { ExistingApp, PublishPlan } from '../../publishing/plan.ts';
import type { Release } from '../../publishing/releases.ts';
import { modeName } from '../connection/credential-words.ts';
import { askedBy, packageFacts } from './package-summary.ts';
import { planAssignment } from './plan-assignment.ts';

export interface PlanCard {
  release: Release;
  plan: PublishPlan;
  /** `an Android app` */
  noun: string;
  connection: StoredConnection;
  /** Of a package that goes to several places. */
  group: string | null;
  fault?: string;
}

/** More would not fit on a phone; whoever has as many has to tidy up first. */
const mostOffered = 6;
const mostCompared = 3;
const shownTexts: ReadonlySet<string> = new Set(['displayName', 'description', 'publisher']);

export function planCard({ release, plan, noun, connection, group, fault }: PlanCard): Card {
  const existing = plan.existing.slice(0, mostOffered);
  const left = plan.existing.length - existing.length;
  return card(
    [
      header({
        title: `Plan: ${plan.displayName} ${plan.version}`,
        where: `${connection.name} · ${modeName(connection)} · tenant ${connection.tenantId}`,
        badge: { text: 'Plan', tone: 'default' },
      }),
      fault === undefined ? null : strip('attention', fault),
      container([
        text('What will happen', { bold: true }),
        ...steps(plan, noun).map((step) => text(`- ${plain(step)}`, { markdown: true, spacing: 'None' })),
      ]),
      ...(existing.length === 0
        ? [text(`This app is not in ${connection.name} yet.`)]
        : [
            actionField(plan, existing),
            left === 0 ? null : text(`There are ${left} more of them in Intune.`, { subtle: true }),
            ...existing.map((app) => caution(app, plan)),
            textsField(plan, existing),
            ...supersedence(existing),
            ...existing.slice(0, mostCompared).map((app) => comparison(app)),
          ]),
      packageFacts(release),
      facts([
        ['Categories', plan.categories.map(({ name }) => name).join(', ')],
        ['Icon', plan.picture === null ? null : 'Of the app template'],
      ]),
      ...planAssignment(plan),
      notes(plan.leftOut),
      askedBy(release),
    ],
    [
      execute(
        'Publish',
        'publish.confirm',
        { release: release.id, revision: release.revision },
        { style: 'positive', takesInputs: existing.length > 0 },
      ),
      group === null
        ? execute('More places', 'places.choose', { release: release.id })
        : execute('All places', 'places.show', { group }),
      execute('Change', 'publish.form', { release: release.id }),
      execute('Show the request', 'publish.request', { release: release.id }),
      execute('Discard', 'publish.discard', { release: release.id, revision: release.revision }),
    ],
  );
}

function steps(plan: PublishPlan, noun: string): string[] {
  return [
    plan.existing.length === 0
      ? `${noun.replace(/^a/, 'A')} is created in Intune`
      : 'What you choose below: an app that is there gets this package and keeps its id, or a new app is created',
    plan.content.kind === 'sealed'
      ? `${bytes(plan.size)} are uploaded as they were encrypted, then checked by Intune`
      : `${bytes(plan.size)} are encrypted and uploaded, then checked by Intune`,
    'The new content is made the current one',
    'You are told here when Intune has published it',
  ];
}

function actionField(plan: PublishPlan, existing: readonly ExistingApp[]): CardElement {
  const [only] = existing;
  const updates = existing.flatMap((app) => {
    const change = `${app.displayName}: ${app.version ?? '?'} → ${plan.version}`;
    if (app.guard === 'allow') return [{ title: `New version of ${change}`, value: `update:${app.id}` }];
    return app.guard === 'ask' ? [{ title: `Replace it anyway, ${change}`, value: `anyway:${app.id}` }] : [];
  });
  return choiceField({
    id: 'action',
    label:
      existing.length === 1 ? 'This app is already there' : `This app is already there ${plan.existing.length} times`,
    hint: 'A new version keeps the app’s id, assignments and categories.',
    required: true,
    expanded: true,
    missing: 'Choose one of them',
    value: existing.length === 1 && only?.guard === 'allow' ? `update:${only.id}` : '',
    choices: [
      ...updates,
      { title: 'A new app beside it', value: 'create' },
      ...existing
        .filter((app) => app.supersedence === 'possible')
        .map((app) => ({
          title: `A new app that supersedes ${app.displayName} ${app.version ?? ''}`.trim(),
          value: `supersede:${app.id}`,
        })),
    ],
  });
}

function caution(app: ExistingApp, plan: PublishPlan): CardElement | null {
  if (app.guard === 'allow' || app.reason === null) return null;
  const found = `${app.displayName} has version ${app.version ?? '?'}, and this package is ${plan.version}.`;
  const end = app.guard === 'refuse' ? ' So it cannot get this package.' : '';
  return text(`! ${found} ${app.reason}${end}`, { tone: 'attention' });
}

/** Somebody may have written better words in Intune than a package has. */
function textsField(plan: PublishPlan, existing: readonly ExistingApp[]): CardElement | null {
  const isDifferent = existing.some(
    (app) => app.guard !== 'refuse' && app.differences.some(({ property }) => shownTexts.has(property)),
  );
  if (!isDifferent) return null;
  return choiceField({
    id: 'texts',
    label: 'Name, description and publisher of a new version',
    required: true,
    value: plan.hasProposedTexts ? 'keep' : 'replace',
    choices: [
      { title: 'Keep those in Intune', value: 'keep' },
      { title: 'Replace them by those of this draft', value: 'replace' },
    ],
  });
}

/** What superseding means on devices, and where Intune's limit is. */
function supersedence(existing: readonly ExistingApp[]): (CardElement | null)[] {
  const isPossible = existing.some((app) => app.supersedence === 'possible');
  return [
    !isPossible
      ? null
      : choiceField({
          id: 'supersedence',
          label: 'The old app on devices, if it is superseded',
          hint: 'Both apps stay in Intune. A device changes over when the new one is assigned to it.',
          required: true,
          value: 'update',
          choices: [
            { title: 'Stays, and the new one is installed over it', value: 'update' },
            { title: 'Is uninstalled first', value: 'replace' },
          ],
        }),
    ...existing
      .filter((app) => app.supersedence === 'full')
      .map((app) =>
        text(
          `No further app can supersede ${app.displayName}: Intune lets ${mostSuperseded} apps hang together that way.`,
          { subtle: true },
        ),
      ),
  ];
}

function comparison(app: ExistingApp): CardElement | null {
  const rows = app.differences.filter(({ property }) => !shownTexts.has(property));
  if (app.guard === 'refuse' || rows.length === 0) return null;
  return container([
    text(`Changes to ${app.displayName}`, { bold: true }),
    facts(rows.map(({ label, from, to }) => [label, `${from} → ${to}`])),
  ]);
}
