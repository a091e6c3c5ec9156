import { DirectoryGrants } from '../graph/directory-grants.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { CapabilityId } from '../permissions/capabilities.ts';
import { roleName, scopeName } from '../permissions/catalog.ts';
import { graphAppId } from '../permissions/least-privilege.ts';
import { type DirectoryView, type Looked, lookAt, type ProbeResult } from '../permissions/lens.ts';
import { type Probe, probes } from '../permissions/probes.ts';
import { ProblemError } from '../problems/problem.ts';
import { type ConnectionTestResult, testConnection } from './connection-tester.ts';
import type { Connections } from './connections.ts';

export interface PermissionCheck {
  looked: Looked;
  test: ConnectionTestResult;
}

export interface PermissionQuestion {
  connectionId: string;
  /** What is asked about; null for publishing, with everything else at a glance. */
  wanted: readonly CapabilityId[] | null;
  /** Whether everything is probed, or only what is wanted. */
  probeAll: boolean;
  signal: AbortSignal;
}

const probeWithinMs = 8_000;
/** Any of these lets an app read service principals and what they were granted. */
const directoryReaders = [
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Application.ReadWrite.All',
  'Directory.Read.All',
];

/** A fresh token and live probes: what was granted a minute ago counts, what was stored yesterday does not. */
export async function checkPermissions(
  connections: Pick<Connections, 'accessTo' | 'recordTest'>,
  { connectionId, wanted, probeAll, signal }: PermissionQuestion,
): Promise<PermissionCheck> {
  const { connection, cloud, tokenSource, graph } = await connections.accessTo(connectionId);
  const { tenantId, permissionKind: kind } = connection;
  const test = await testConnection({ cloud, tenantId, tokenSource, graph, signal });
  await connections.recordTest(connection.id, connection.revision, test);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(probeWithinMs)]);
  const hasToken = test.roles !== null || test.probe !== 'notAsked';
  const mayReadDirectory = test.roles === null || test.roles.some((role) => directoryReaders.includes(role));
  const [made, directory] = await Promise.all([
    hasToken ? probeThem(graph, probeAll ? null : (wanted ?? []), limit) : new Map<CapabilityId, ProbeResult>(),
    hasToken && mayReadDirectory ? readDirectory(graph, connection.clientId, limit) : undefined,
  ]);
  signal.throwIfAborted();
  const looked = lookAt({
    kind,
    grantedRoles: test.roles,
    probe: test.probe,
    probes: withDirectory(made, directory),
    ...(directory === undefined ? {} : { directory }),
    ...(wanted === null ? {} : { wanted }),
  });
  return { looked, test };
}

async function probeThem(
  graph: GraphClient,
  only: readonly CapabilityId[] | null,
  signal: AbortSignal,
): Promise<Map<CapabilityId, ProbeResult>> {
  const chosen = (Object.entries(probes) as [CapabilityId, Probe][]).filter(([id]) => only?.includes(id) ?? true);
  const results = await Promise.all(
    chosen.map(async ([id, { path, version, query }]): Promise<[CapabilityId, ProbeResult]> => {
      try {
        await graph.send<void>({ method: 'GET', path, version, query, maxWaitMs: 3_000, signal });
        return [id, { probe: 'answered', wants: [] }];
      } catch (error) {
        return [id, refusal(error)];
      }
    }),
  );
  return new Map(results);
}

/** Only a clear refusal says that something does not work; a service that is away says nothing of a permission. */
function refusal(error: unknown): ProbeResult {
  const found = error instanceof ProblemError ? error.problem : null;
  const isRefused = found?.code === 'graphPermissionMissing' || found?.code === 'graphForbidden';
  return isRefused ? { probe: 'refused', wants: found.permissions ?? [] } : { probe: 'notAsked', wants: [] };
}

async function readDirectory(graph: GraphClient, clientId: string, signal: AbortSignal): Promise<DirectoryView> {
  const directory = new DirectoryGrants(graph);
  const registration = orNull(directory.registration(clientId, signal));
  const principal = await orNull(directory.servicePrincipal(clientId, signal));
  const [roleIds, scopes] =
    principal === null
      ? [null, null]
      : await Promise.all([
          orNull(directory.roleIds(principal.id, signal)),
          orNull(directory.scopes(principal.id, signal)),
        ]);
  const ofGraph = (await registration)?.requiredResourceAccess
    .filter(({ resourceAppId }) => resourceAppId === graphAppId)
    .flatMap(({ resourceAccess }) => resourceAccess);
  return {
    assigned: roleIds?.map(roleName) ?? null,
    delegated: scopes?.map(({ scope }) => scope) ?? null,
    requested:
      ofGraph === undefined
        ? null
        : {
            application: ofGraph.filter(({ type }) => type === 'Role').map(({ id }) => roleName(id)),
            delegated: ofGraph.filter(({ type }) => type === 'Scope').map(({ id }) => scopeName(id)),
          },
    disabled: principal?.accountEnabled === false,
  };
}

/** Reading one's own entry is the probe of the permission to read it. */
function withDirectory(
  made: ReadonlyMap<CapabilityId, ProbeResult>,
  directory: DirectoryView | undefined,
): ReadonlyMap<CapabilityId, ProbeResult> {
  if (directory === undefined || directory.assigned === null) return made;
  return new Map([...made, ['seeSecretExpiry', { probe: 'answered', wants: [] }]]);
}

/** Not readable is an answer here: the app may lack the permission, or the registration lives in another tenant. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return null;
    throw error;
  }
}
