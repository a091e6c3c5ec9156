import { z } from 'zod';
import type { GraphClient } from './graph-client.ts';
import { odataText } from './odata-text.ts';

const principal = z.object({ id: z.string(), accountEnabled: z.boolean().nullish() });
const assignment = z.object({ appRoleId: z.string() });
const scopeGrant = z.object({ consentType: z.string(), scope: z.string() });
const resourceAccess = z.object({ id: z.string(), type: z.enum(['Role', 'Scope']) });
const registration = z.object({
  requiredResourceAccess: z.array(z.object({ resourceAppId: z.string(), resourceAccess: z.array(resourceAccess) })),
});
export type AppRegistration = z.infer<typeof registration>;

export interface ScopeGrant {
  scope: string;
  /** For the whole organisation; otherwise for one person. */
  everybody: boolean;
}

/** What the directory says of one app: reading it takes permissions of its own. */
export class DirectoryGrants {
  readonly #graph: GraphClient;

  constructor(graph: GraphClient) {
    this.#graph = graph;
  }

  /** The app's presence in the tenant. */
  servicePrincipal(clientId: string, signal?: AbortSignal) {
    return this.#graph.send({
      method: 'GET',
      path: `/servicePrincipals(appId=${odataText(clientId)})`,
      query: { $select: 'id,accountEnabled' },
      schema: principal,
      maxWaitMs: 3_000,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Ids of the application permissions that were granted, whatever a token says yet. */
  async roleIds(servicePrincipalId: string, signal?: AbortSignal): Promise<string[]> {
    const ids: string[] = [];
    const pages = this.#graph.pages({
      path: `/servicePrincipals/${servicePrincipalId}/appRoleAssignments`,
      schema: assignment,
      maxWaitMs: 3_000,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const page of pages) ids.push(...page.map(({ appRoleId }) => appRoleId));
    return ids;
  }

  async scopes(servicePrincipalId: string, signal?: AbortSignal): Promise<ScopeGrant[]> {
    const found: ScopeGrant[] = [];
    const pages = this.#graph.pages({
      path: '/oauth2PermissionGrants',
      query: { $filter: `clientId eq ${odataText(servicePrincipalId)}` },
      schema: scopeGrant,
      maxWaitMs: 3_000,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const page of pages)
      for (const { scope, consentType } of page)
        for (const name of scope.split(' ').filter(Boolean))
          found.push({ scope: name, everybody: consentType === 'AllPrincipals' });
    return found;
  }

  /** The registration itself; it stands only in the app's home tenant. */
  registration(clientId: string, signal?: AbortSignal): Promise<AppRegistration> {
    return this.#graph.send({
      method: 'GET',
      path: `/applications(appId=${odataText(clientId)})`,
      query: { $select: 'id,requiredResourceAccess' },
      schema: registration,
      maxWaitMs: 3_000,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
