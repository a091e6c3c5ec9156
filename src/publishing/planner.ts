import type { StoredConnection } from '../connections/connection.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import { type AppliedTemplate, withTemplate } from '../templates/apply-app-template.ts';
import { describeExisting, findExisting, withSupersedence } from './existing-apps.ts';
import type { AppShape } from './kinds/app-shape.ts';
import { assertPublishable } from './kinds/app-shapes.ts';
import type { PublishPlan } from './plan.ts';
import { hasProposedTexts, type ReleaseForm } from './release-form.ts';
import type { Release } from './releases.ts';

export interface PlanRequest {
  release: Release;
  shape: AppShape;
  form: ReleaseForm;
  connection: StoredConnection;
  /** An app template says more than the form. */
  applied?: Pick<AppliedTemplate, 'properties' | 'categories' | 'icon'> | null;
  now: Date;
}

/** What publishing this release on this connection would do now. Reads Intune, changes nothing. */
export async function makePlan(
  { release, shape, form, connection, applied = null, now }: PlanRequest,
  apps: Pick<MobileApps, 'find' | 'relations' | 'categories'>,
  signal: AbortSignal,
): Promise<PublishPlan> {
  const { facts, sha256, origin } = release;
  if (facts === null || sha256 === null) throw new Error('A release is planned after its package was read');
  assertPublishable(facts, now);
  const { settings, connectionId: _, ...texts } = form;
  const { fileName } = origin;
  const draft = shape.draft(texts, settings, fileName);
  const { graphType } = shape;
  const app = withTemplate({ ...texts, fileName, ...draft.properties }, applied?.properties ?? {});
  const { content, identities, manifest, version } = draft;
  const { categories, leftOut } = await categoriesNamed(apps, applied?.categories ?? [], connection, signal);
  const found = await findExisting(apps, { graphType, app, identities }, signal);
  return {
    connectionId: connection.id,
    connectionRevision: connection.revision,
    graphType,
    action: { kind: 'create' },
    app,
    displayName: form.displayName,
    version,
    fileName,
    size: content.kind === 'package' ? origin.size : content.size,
    sha256,
    content,
    manifest,
    identities,
    watched: Object.keys(app),
    existing: await withSupersedence(describeExisting({ graphType, app, identities }, found), graphType, apps, signal),
    hasProposedTexts: hasProposedTexts(facts, shape, form),
    assignment: null,
    categories,
    picture: applied?.icon?.id ?? null,
    leftOut,
  };
}

/** A category that is not in this tenant, or not any more, is left out with a sentence. */
async function categoriesNamed(
  apps: Pick<MobileApps, 'categories'>,
  names: readonly string[],
  { name: where }: StoredConnection,
  signal: AbortSignal,
): Promise<Pick<PublishPlan, 'categories' | 'leftOut'>> {
  if (names.length === 0) return { categories: [], leftOut: [] };
  const key = (name: string) => name.trim().toLowerCase();
  const there = new Map((await apps.categories(signal)).map((category) => [key(category.name), category]));
  const gone = names.filter((name) => !there.has(key(name)));
  return {
    categories: names.flatMap((name) => there.get(key(name)) ?? []),
    leftOut: gone.map((name) => `Category ${name}: left out, because it is not in the Intune of ${where}.`),
  };
}

/** What a person sees of an app; an update leaves it alone where nobody wrote something else. */
const shownTexts = ['displayName', 'description', 'publisher'] as const;

/** Sent when an app is made and never again: Intune refuses to change them. */
const onlyAtCreate: Partial<Record<PublishPlan['graphType'], readonly string[]>> = {
  androidLobApp: ['targetedPlatforms'],
  windowsUniversalAppX: ['identityName', 'identityPublisherHash', 'identityResourceIdentifier'],
};

export interface PlanChoice {
  /** `create`, `update:<app id>`, `anyway:<app id>` where the version says no, or `supersede:<app id>`. */
  action: string | undefined;
  /** `keep` or `replace`, for an update. */
  texts: string | undefined;
  /** `update` or `replace`, for a new app that supersedes. */
  supersedence?: string | undefined;
}

/** Settles a plan with the requester's choice among what the plan showed; null where it is none of that. */
export function withAction(plan: PublishPlan, choice: PlanChoice): PublishPlan | null {
  if (plan.existing.length === 0 || choice.action === 'create') return { ...plan, action: { kind: 'create' } };
  const [, kind, appId] = /^(update|anyway|supersede):(.+)$/.exec(choice.action ?? '') ?? [];
  const app = plan.existing.find(({ id }) => id === appId);
  if (kind === 'supersede') {
    if (app?.supersedence !== 'possible') return null;
    const how = choice.supersedence === 'replace' ? 'replace' : 'update';
    return { ...plan, action: { kind: 'supersede', appId: app.id, how } };
  }
  // An update that has to be asked for has a value of its own: choosing it is the yes.
  if (app === undefined || app.guard !== (kind === 'update' ? 'allow' : 'ask')) return null;
  const keepsTexts = choice.texts === undefined ? plan.hasProposedTexts : choice.texts !== 'replace';
  const left = new Set([...(onlyAtCreate[plan.graphType] ?? []), ...(keepsTexts ? shownTexts : [])]);
  return {
    ...plan,
    action: { kind: 'newVersion', appId: app.id },
    app: Object.fromEntries(Object.entries(plan.app).filter(([name]) => !left.has(name))),
    displayName: keepsTexts ? app.displayName : plan.displayName,
  };
}
