import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { GraphAppType } from '../packages/package-facts.ts';
import type { Db } from '../store/database.ts';
import { artifacts, publishJobs, releases } from '../store/schema.ts';
import { packageOrigin } from './package-origin.ts';
import { publishPlan } from './plan.ts';

/** A package that was published in an app from this workspace. */
export interface EarlierPackage {
  jobId: string;
  jobNumber: string;
  releaseId: string;
  connectionId: string;
  graphType: GraphAppType;
  displayName: string;
  version: string;
  fileName: string;
  requesterName: string;
  publishedAt: Date;
  /** Published last, as far as this workspace knows. */
  isLatest: boolean;
  /** `host`: not kept here, but its link is pinned to these bytes. */
  place: 'here' | 'host' | 'gone';
}

const mostShown = 5;

/** Why going back to an earlier package would reach nobody; null where devices take it. */
export function whyNoWayBack(graphType: GraphAppType): string | null {
  switch (graphType) {
    case 'androidLobApp':
      return 'Android devices install only a higher version code. To go back, build the earlier version with a higher version code and publish that.';
    case 'windowsUniversalAppX':
      return 'Windows installs an MSIX or APPX package only if its version is higher. To go back, build the earlier version with a higher version number and publish that.';
    case 'windowsMobileMSI':
      return 'Windows Installer does not put an older version in the place of a newer one. Package it as a Win32 app, or build it with a higher version.';
    default:
      return null;
  }
}

/** The last packages of an app, the latest first, each once. */
export async function earlierPackages(
  db: Db,
  { workspaceId, appId }: { workspaceId: string; appId: string },
): Promise<EarlierPackage[]> {
  const rows = await db
    .select({ job: publishJobs, release: releases, artifactId: artifacts.id })
    .from(publishJobs)
    .innerJoin(releases, eq(releases.id, publishJobs.releaseId))
    .leftJoin(
      artifacts,
      and(sql`${releases.origin} ->> 'artifactId' = ${artifacts.id}::text`, isNull(artifacts.removedAt)),
    )
    .where(
      and(
        eq(publishJobs.workspaceId, workspaceId),
        inArray(publishJobs.outcome, ['published', 'publishedWithWarnings']),
        sql`${publishJobs.progress} ->> 'appId' = ${appId}`,
      ),
    )
    .orderBy(desc(publishJobs.finishedAt))
    .limit(mostShown * 4);
  const found: EarlierPackage[] = [];
  const seen = new Set<string>();
  for (const { job, release, artifactId } of rows) {
    const plan = publishPlan.safeParse(release.plan);
    if (!plan.success || seen.has(plan.data.sha256)) continue;
    seen.add(plan.data.sha256);
    const origin = packageOrigin.parse(release.origin);
    found.push({
      jobId: job.id,
      jobNumber: job.number,
      releaseId: release.id,
      connectionId: job.connectionId,
      graphType: plan.data.graphType,
      displayName: plan.data.displayName,
      version: plan.data.version,
      fileName: origin.fileName,
      requesterName: release.requesterName,
      publishedAt: job.finishedAt ?? job.createdAt,
      isLatest: found.length === 0,
      place: origin.kind === 'link' ? 'host' : artifactId === null ? 'gone' : 'here',
    });
  }
  return found.slice(0, mostShown);
}
