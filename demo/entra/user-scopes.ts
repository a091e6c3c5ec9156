import { type AppRole, isAppRole } from '../roles.ts';
import type { AppRegistration, ServicePrincipal } from '../tenants.ts';
import { EntraError } from './entra-error.ts';

const standard = ['openid', 'profile', 'email', 'offline_access'];

export interface AskedScopes {
  graph: AppRole[];
  standard: string[];
}

/** `scope` of a sign-in: names of OpenID Connect, and delegated permissions of Graph with or without its address. */
export function readScopes(
  text: string,
  registration: AppRegistration,
  graphAudiences: readonly string[],
): AskedScopes {
  const asked: AskedScopes = { graph: [], standard: [] };
  for (const scope of text.split(/\s+/).filter(Boolean)) {
    if (standard.includes(scope)) {
      asked.standard.push(scope);
      continue;
    }
    const [, resource, name = ''] = /^(.*?)\/*([^/]+)$/.exec(scope) ?? [];
    const isGraph = !resource || graphAudiences.includes(resource);
    if (isGraph && name === '.default') asked.graph.push(...registration.requestedScopes);
    else if (isGraph && isAppRole(name)) asked.graph.push(name);
    else
      throw new EntraError(
        400,
        'invalid_scope',
        70011,
        `The provided value for the input parameter 'scope' is not valid. The scope '${scope}' does not exist.`,
      );
  }
  return { graph: [...new Set(asked.graph)], standard: asked.standard };
}

/** What this person may let the app do now: granted for everybody, or for them. */
export function grantedScopes(principal: ServicePrincipal | undefined, personObjectId: string): AppRole[] {
  const grants = principal?.scopeGrants ?? [];
  return grants
    .filter((grant) => grant.personObjectId === null || grant.personObjectId === personObjectId)
    .flatMap((grant) => grant.scopes);
}
