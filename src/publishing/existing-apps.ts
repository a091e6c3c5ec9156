import { createHash } from 'node:crypto';
import { mostSuperseded } from '../graph/app-relations.ts';
import { versionForApp } from '../graph/graph-version.ts';
import type { MobileApp, MobileApps } from '../graph/mobile-apps.ts';
import { isSameApp } from './kinds/app-identity.ts';
import { differencesOf } from './kinds/differences.ts';
import { judgeVersion, shownVersion } from './kinds/version-guard.ts';
import type { ExistingApp, PublishPlan } from './plan.ts';

type Draft = Pick<PublishPlan, 'graphType' | 'app' | 'identities'>;

const mostDifferences = 12;

/** The apps that Intune holds with the identity of a package, as they are now. */
export async function findExisting(
  apps: Pick<MobileApps, 'find'>,
  { graphType, app, identities }: Draft,
  signal: AbortSignal,
): Promise<MobileApp[]> {
  if (identities.length === 0) return [];
  const version = versionForApp(graphType, app);
  return apps.find({ type: graphType, version }, (found) => isSameApp(found, identities), signal);
}

export function describeExisting(draft: Draft, found: readonly MobileApp[]): ExistingApp[] {
  return found.map((app) => {
    const { guard, reason } = judgeVersion(draft.graphType, draft.app, app.properties);
    const current = { ...app.properties, displayName: app.displayName };
    return {
      id: app.id,
      displayName: app.displayName,
      version: shownVersion(draft.graphType, app.properties),
      guard,
      reason,
      differences: differencesOf(draft.graphType, draft.app, current).slice(0, mostDifferences),
      trace: traceOf(Object.keys(draft.app), app),
      supersedence: null,
    };
  });
}

/** As many as a card offers; each costs a request. */
const mostAsked = 6;

/** Which of them a new app can supersede. */
export async function withSupersedence(
  existing: readonly ExistingApp[],
  graphType: PublishPlan['graphType'],
  apps: Pick<MobileApps, 'relations'>,
  signal: AbortSignal,
): Promise<ExistingApp[]> {
  if (graphType !== 'win32LobApp') return [...existing];
  return Promise.all(
    existing.map(async (app, index) => {
      if (index >= mostAsked) return app;
      const related = (await apps.relations(app.id, signal)).filter(({ kind }) => kind === 'supersedence');
      // With the app itself and the new one.
      return { ...app, supersedence: related.length + 2 > mostSuperseded ? ('full' as const) : ('possible' as const) };
    }),
  );
}

/** Stands for those properties of an app that a plan would change. */
export function traceOf(watched: readonly string[], app: MobileApp): string {
  const current: Readonly<Record<string, unknown>> = { ...app.properties, displayName: app.displayName };
  const values = watched
    .filter((name) => name !== 'notes')
    .toSorted()
    .map((name) => [name, sorted(current[name] ?? null)]);
  return createHash('sha256')
    .update(JSON.stringify([app.id, values]))
    .digest('base64url')
    .slice(0, 22);
}

/** Graph promises no order of an object's properties. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}
