import type { StoredConnection } from '../connections/connection.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import { androidApp, androidManifest, androidVersion } from './android-app.ts';
import type { PublishPlan } from './plan.ts';
import type { ReleaseForm } from './release-form.ts';
import type { Release } from './releases.ts';

/** What publishing this release on this connection would do now. Reads Intune, changes nothing. */
export async function makePlan(
  release: Release,
  form: ReleaseForm,
  connection: StoredConnection,
  apps: Pick<MobileApps, 'findAndroidApps'>,
  signal: AbortSignal,
): Promise<PublishPlan> {
  const { facts, sha256, origin } = release;
  if (facts === null || sha256 === null) throw new Error('A release is planned after its package was read');
  const existing = await apps.findAndroidApps(facts.details.packageId, signal);
  return {
    connectionId: connection.id,
    connectionRevision: connection.revision,
    graphType: facts.graphType,
    action: { kind: 'create' },
    app: androidApp(facts, form, origin.fileName),
    displayName: form.displayName,
    version: androidVersion(facts),
    fileName: origin.fileName,
    size: origin.size,
    sha256,
    manifest: androidManifest(facts, form),
    existing: existing.map(({ id, displayName, versionCode, versionName }) => ({
      id,
      displayName,
      versionCode,
      versionName,
    })),
  };
}

/** Settles a plan with the requester's choice: `create`, or `update:<app id>` of an app the plan showed. */
export function withAction(plan: PublishPlan, choice: string | undefined): PublishPlan | null {
  if (plan.existing.length === 0 || choice === 'create') return { ...plan, action: { kind: 'create' } };
  const appId = choice?.startsWith('update:') ? choice.slice('update:'.length) : undefined;
  if (appId === undefined || !plan.existing.some((app) => app.id === appId)) return null;
  return { ...plan, action: { kind: 'newVersion', appId } };
}
