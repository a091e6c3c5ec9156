import { readTokenClaims } from '../graph/token-claims.ts';
import { type Problem, ProblemError } from '../problems/problem.ts';
import type { Connections } from './connections.ts';

export interface IntuneApiCheck {
  /** Roles of the Microsoft Intune API; null when they could not be learnt. */
  roles: string[] | null;
  problem: Problem | null;
}

/** Another resource, another token: what Graph's token says tells nothing of it. */
export async function checkIntuneApi(
  connections: Pick<Connections, 'accessTo'>,
  connectionId: string,
  signal: AbortSignal,
): Promise<IntuneApiCheck> {
  const { cloud, tokenSource, connection } = await connections.accessTo(connectionId);
  // A signed-in person's token is for Graph; the roles of this API are for apps and partners.
  if (cloud.intuneApiUrl === undefined || connection.permissionKind === 'delegated')
    return { roles: null, problem: null };
  try {
    const token = await tokenSource.getToken(`${cloud.intuneApiUrl}/.default`, { fresh: true, signal });
    return { roles: readTokenClaims(token.value)?.roles ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { roles: null, problem: error.problem };
  }
}
