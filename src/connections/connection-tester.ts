import { type Cloud, graphScope } from '../graph/clouds.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { readTokenClaims, type TokenClaims } from '../graph/token-claims.ts';
import type { TokenSource } from '../graph/token-source.ts';
import { publishRole } from '../permissions/capabilities.ts';
import type { IntuneProbe } from '../permissions/lens.ts';
import { type Problem, type ProblemCode, ProblemError, problem } from '../problems/problem.ts';
import { isGuid } from './tenant-name.ts';

export interface ConnectionTest {
  cloud: Cloud;
  /** GUID, or a domain as it was typed. */
  tenantId: string;
  tokenSource: TokenSource;
  graph: GraphClient;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface ConnectionTestResult {
  status: 'connected' | 'notFinished' | 'error';
  /** For notFinished: why. For error: the problem's code. Null when connected. */
  reason: string | null;
  problem: Problem | null;
  /** Null when the token could not be had or read. */
  roles: string[] | null;
  /** The GUID, as soon as a token has named it. */
  tenantId: string;
  probe: IntuneProbe;
}

/** Problems that say "somebody still has to act" rather than "it is broken". */
const unfinished: Partial<Record<ProblemCode, string>> = {
  notConsented: 'draft',
  certificateAwaited: 'credentialSetup',
  tenantNotProven: 'proofNeeded',
  permissionsPropagating: 'propagating',
  signInNeeded: 'signIn',
};

const readingRoles = [publishRole, 'DeviceManagementApps.Read.All'];

/**
 * A fresh token, its tenant, and one harmless read of Intune. A token alone proves little: Microsoft gives one to an app
 * without a single permission.
 */
export async function testConnection(test: ConnectionTest): Promise<ConnectionTestResult> {
  const timeout = AbortSignal.timeout(test.timeoutMs ?? 20_000);
  const signal = test.signal === undefined ? timeout : AbortSignal.any([test.signal, timeout]);
  let claims: TokenClaims | null = null;
  let probe: IntuneProbe = 'notAsked';
  const ended = (found: Problem | null): ConnectionTestResult => ({
    ...verdict(found),
    problem: found,
    roles: claims === null ? null : grantedIn(claims),
    tenantId: claims !== null && !isGuid(test.tenantId) ? claims.tenantId : test.tenantId,
    probe,
  });

  try {
    const token = await test.tokenSource.getToken(graphScope(test.cloud), { fresh: true, signal });
    claims = readTokenClaims(token.value);
    if (claims !== null && isGuid(test.tenantId) && claims.tenantId !== test.tenantId.toLowerCase())
      return ended(problem('tokenForOtherTenant'));
    await askIntune(test.graph, signal);
    probe = 'answered';
    return ended(null);
  } catch (error) {
    // Whoever cancelled the test wants no result of it.
    test.signal?.throwIfAborted();
    if (timeout.aborted) return ended(tooSlow(test.timeoutMs ?? 20_000));
    if (!(error instanceof ProblemError)) throw error;
    const found = error.problem;
    if (!isRefusal(found)) return ended(found);
    probe = 'refused';
    return ended(refusedBecause(found, claims));
  }
}

/** The waits are short: somebody is looking at the card. */
async function askIntune(graph: GraphClient, signal: AbortSignal): Promise<void> {
  await graph.send<void>({
    method: 'GET',
    path: '/deviceAppManagement/mobileApps',
    query: { $top: '1', $select: 'id' },
    maxWaitMs: 6_000,
    signal,
  });
}

function verdict(found: Problem | null): Pick<ConnectionTestResult, 'status' | 'reason'> {
  if (found === null) return { status: 'connected', reason: null };
  const reason = unfinished[found.code];
  return reason === undefined ? { status: 'error', reason: found.code } : { status: 'notFinished', reason };
}

function isRefusal(found: Problem): boolean {
  return found.code === 'graphPermissionMissing' || found.code === 'graphForbidden';
}

function refusedBecause(refusal: Problem, claims: TokenClaims | null): Problem {
  const options = refusal.ids === undefined ? {} : { ids: refusal.ids };
  // With the permission in the token, "not authorized" passes; a refusal of another kind is explained as it came.
  const granted = claims === null ? [] : grantedIn(claims);
  if (granted.some((role) => readingRoles.includes(role)))
    return refusal.code === 'graphPermissionMissing' ? problem('permissionsPropagating', options) : refusal;
  const others = granted.length;
  return problem('notConsented', {
    ...options,
    ...(others === 0 ? {} : { detail: `It has ${others} other ${others === 1 ? 'permission' : 'permissions'}.` }),
  });
}

function tooSlow(timeoutMs: number): Problem {
  return problem('networkDown', { detail: `There was no complete answer within ${timeoutMs / 1000} seconds.` });
}

/** What the app may do by itself, or in the name of who signed in. */
const grantedIn = ({ roles, scopes }: TokenClaims): string[] => scopes?.filter((scope) => scope.includes('.')) ?? roles;
