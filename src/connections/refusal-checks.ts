import { z } from 'zod';
import { graphScope } from '../graph/clouds.ts';
import { readTokenClaims } from '../graph/token-claims.ts';
import { publishRole } from '../permissions/capabilities.ts';
import { type Problem, ProblemError } from '../problems/problem.ts';
import { testConnection } from './connection-tester.ts';
import type { Connections } from './connections.ts';

/**
 * Microsoft's three checks after a 403: the app is authorised and has the scope, the tenant's side supports it, and the
 * request is made the way it should. https://learn.microsoft.com/intune/intune-service/developer/intune-graph-apis
 */
export type RefusalCheck = 'app' | 'tenant' | 'token';

export interface RefusalFinding {
  check: RefusalCheck;
  ok: boolean;
  /** What was found, in sentences. */
  found: string[];
  problem: Problem | null;
}

const management = z.object({ subscriptionState: z.string().nullish() });
const withinMs = 10_000;

export async function checkRefusal(
  connections: Pick<Connections, 'accessTo' | 'recordTest'>,
  connectionId: string,
  check: RefusalCheck,
  turn: AbortSignal,
): Promise<RefusalFinding> {
  const signal = AbortSignal.any([turn, AbortSignal.timeout(withinMs)]);
  const access = await connections.accessTo(connectionId);
  try {
    const found = await checks[check](access, connections, signal);
    return { check, problem: null, ...found };
  } catch (error) {
    turn.throwIfAborted();
    if (!(error instanceof ProblemError)) throw error;
    return { check, ok: false, found: [], problem: error.problem };
  }
}

type Access = Awaited<ReturnType<Connections['accessTo']>>;
type Found = Omit<RefusalFinding, 'check' | 'problem'> & { problem?: Problem | null };

const checks: Record<
  RefusalCheck,
  (access: Access, connections: Pick<Connections, 'recordTest'>, signal: AbortSignal) => Promise<Found>
> = { app: checkApp, tenant: checkTenant, token: checkToken };

/** 1. The app id may use Graph, and has the permission. */
async function checkApp(access: Access, connections: Pick<Connections, 'recordTest'>, signal: AbortSignal) {
  const { connection, cloud, tokenSource, graph } = access;
  const test = await testConnection({ cloud, tenantId: connection.tenantId, tokenSource, graph, signal });
  await connections.recordTest(connection.id, connection.revision, test);
  const roles = test.roles ?? [];
  const has = roles.includes(publishRole);
  return {
    ok: has && test.probe === 'answered',
    problem: test.problem,
    found: [
      `The app ${connection.clientId} got a token.`,
      has ? `The token has ${publishRole}.` : `The token does not have ${publishRole}, which publishing needs.`,
      test.probe === 'answered' ? 'Intune let it read apps.' : 'Intune did not let it read apps.',
    ].slice(test.roles === null && test.problem !== null ? 3 : 0),
  };
}

/** 2. The tenant has an Intune that can be managed. */
async function checkTenant({ graph, connection }: Access, _: unknown, signal: AbortSignal) {
  const { subscriptionState } = await graph.send({
    method: 'GET',
    path: '/deviceManagement',
    query: { $select: 'id,subscriptionState' },
    schema: management,
    maxWaitMs: 3_000,
    signal,
  });
  const ok = subscriptionState == null || subscriptionState === 'active';
  return {
    ok,
    found: [
      `The tenant ${connection.tenantId} has an Intune that answers.`,
      ok ? 'Its subscription is active.' : `Its subscription is ${subscriptionState}, not active.`,
    ],
  };
}

/** 3. The token is for Graph, of the right tenant, and of the kind that the connection works with. */
async function checkToken({ tokenSource, cloud, connection }: Access, _: unknown, signal: AbortSignal) {
  const token = await tokenSource.getToken(graphScope(cloud), { fresh: true, signal });
  const claims = readTokenClaims(token.value);
  if (claims === null)
    return { ok: true, found: ['A token for Microsoft Graph came. Its content cannot be read, which is allowed.'] };
  const isSame = claims.tenantId === connection.tenantId.toLowerCase();
  const isKind = (claims.scopes === null) === (connection.permissionKind === 'application');
  const kind = claims.scopes === null ? 'the app alone (application permissions)' : 'a signed-in person (delegated)';
  return {
    ok: isSame && isKind,
    found: [
      `A fresh token for ${cloud.graphUrl} came.`,
      isSame ? 'It is of the right tenant.' : `It is of another tenant: ${claims.tenantId}.`,
      `It speaks for ${kind}${isKind ? ', as it should.' : ', and this connection needs the other kind.'}`,
    ],
  };
}
