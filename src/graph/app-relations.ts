import { ProblemError } from '../problems/problem.ts';
import type { GraphClient } from './graph-client.ts';
import { type AppRelation, appRelation } from './intune-app.ts';

/** How an app is related to another, as Graph takes it. */
export type NewRelation =
  | { kind: 'supersedence'; targetId: string; how: 'update' | 'replace' }
  | { kind: 'dependency'; targetId: string; how: 'detect' | 'autoInstall' };

/**
 * So many apps hang together by supersedence at most, whichever of them supersedes which.
 * https://learn.microsoft.com/intune/intune-service/apps/apps-win32-supersedence
 */
export const mostSuperseded = 10;

const path = (appId: string) => `/deviceAppManagement/mobileApps/${encodeURIComponent(appId)}`;

const relationless: ReadonlySet<string> = new Set(['graphRequestRefused', 'graphNotFound']);

/** All of them, in both directions: whoever writes has to send again what is to stay. Only beta knows relations. */
export async function readRelations(graph: GraphClient, appId: string, signal?: AbortSignal): Promise<AppRelation[]> {
  const found: AppRelation[] = [];
  const listing = graph.pages({
    path: `${path(appId)}/relationships`,
    version: 'beta',
    schema: appRelation,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    for await (const page of listing) found.push(...page);
  } catch (error) {
    // Asked about an app of a kind that has no relations.
    if (found.length === 0 && error instanceof ProblemError && relationless.has(error.problem.code)) return [];
    throw error;
  }
  return found;
}

/** Replaces all relations that lead from this app to others. */
export async function writeRelations(
  graph: GraphClient,
  appId: string,
  relations: readonly NewRelation[],
  signal?: AbortSignal,
): Promise<void> {
  await graph.send<void>({
    method: 'POST',
    path: `${path(appId)}/updateRelationships`,
    version: 'beta',
    body: { relationships: relations.map(relationBody) },
    repeatable: true,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What is there, as it has to be sent again to stay. */
export function asNewRelation({ kind, targetId, how }: AppRelation): NewRelation {
  return kind === 'supersedence'
    ? { kind, targetId, how: how === 'replace' ? 'replace' : 'update' }
    : { kind, targetId, how: how === 'detect' ? 'detect' : 'autoInstall' };
}

function relationBody({ kind, targetId, how }: NewRelation): Record<string, unknown> {
  return kind === 'supersedence'
    ? { '@odata.type': '#microsoft.graph.mobileAppSupersedence', targetId, supersedenceType: how }
    : { '@odata.type': '#microsoft.graph.mobileAppDependency', targetId, dependencyType: how };
}
