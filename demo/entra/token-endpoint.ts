import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Delays } from '../clock.ts';
import { graphAppId } from '../roles.ts';
import type { AppRegistration, Person, ServicePrincipal, Tenant } from '../tenants.ts';
import { checkAssertion, checkSecret } from './client-credential.ts';
import type { Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { TokenKeys } from './token-keys.ts';
import type { UserGrants, UserSession } from './user-grants.ts';
import { grantedScopes, readScopes } from './user-scopes.ts';
import type { WorkloadIssuer } from './workload-issuer.ts';

export interface TokenEndpointOptions {
  directory: Directory;
  keys: TokenKeys;
  grants: UserGrants;
  clock: Clock;
  delays: Delays;
  loginUrl: () => string;
  graphUrl: () => string;
  /** An identity provider beside Entra that federated credentials may name. */
  workloads: Pick<WorkloadIssuer, 'url' | 'publicKey'>;
}

export interface TokenAnswer {
  token_type: 'Bearer';
  expires_in: number;
  ext_expires_in: number;
  access_token: string;
  /** The rest belongs to signed-in people. */
  scope?: string;
  id_token?: string;
  refresh_token?: string;
  client_info?: string;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const always = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type', 'scope'];
const parametersOf: Record<string, readonly string[]> = {
  client_credentials: always,
  authorization_code: [...always, 'code', 'redirect_uri', 'code_verifier'],
  refresh_token: [...always, 'refresh_token'],
};
/** What Microsoft's own libraries send beside the protocol's parameters. */
const tolerated =
  /^(x-client-[a-z-]+|clidata|claims|x-app-(name|ver)|x-ms-lib-capability|client_info|client-request-id|return-client-request-id|x-anchormailbox)$/i;
const lifetime = 3600;
const intuneApi = 'https://api.manage.microsoft.com';

/** `POST /{tenant}/oauth2/v2.0/token` for apps by themselves and for signed-in people. */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
  }

  /** Resources by which clients may name the local Graph. */
  graphAudiences(): string[] {
    return [this.#options.graphUrl(), 'https://graph.microsoft.com', graphAppId];
  }

  async answer(tenantName: string, form: URLSearchParams): Promise<TokenAnswer> {
    const { directory, clock } = this.#options;
    if (['common', 'consumers', 'organizations'].includes(tenantName.toLowerCase()))
      throw new EntraError(
        400,
        'invalid_request',
        9001023,
        `The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.`,
      );
    const tenant = directory.tenantByName(tenantName);
    const grantType = needed(form, 'grant_type');
    const parameters = parametersOf[grantType];
    if (parameters === undefined)
      throw new EntraError(
        400,
        'unsupported_grant_type',
        70003,
        `The app requested an unsupported grant type '${grantType}'.`,
      );
    refuseUnknownParameters(form, parameters);
    const registration = directory.appIn(tenant, needed(form, 'client_id'));
    const scope = grantType === 'authorization_code' ? '' : needed(form, 'scope');
    const credential = await this.#checkCredential(registration, form, tenantName, tenant);
    const principal = directory.servicePrincipal(tenant, registration.appId);
    if (principal === undefined)
      throw new EntraError(
        401,
        'invalid_client',
        7000229,
        `The client application ${registration.appId} is missing service principal in the tenant ${tenant.id}.`,
      );
    if (!principal.enabled)
      throw new EntraError(
        400,
        'unauthorized_client',
        7000112,
        `Application '${registration.appId}'(${registration.displayName}) is disabled.`,
      );
    if (grantType !== 'client_credentials') return this.#forUser(tenant, registration, principal, credential, form);
    const audience = this.#audience(scope, tenant);
    const now = Math.floor(clock.now() / 1000);
    return {
      token_type: 'Bearer',
      expires_in: lifetime - 1,
      ext_expires_in: lifetime - 1,
      access_token: await this.#token({ tenant, registration, principal, audience, credential, now }),
    };
  }

  async #checkCredential(
    registration: AppRegistration,
    form: URLSearchParams,
    tenantName: string,
    tenant: Tenant,
  ): Promise<'1' | '2'> {
    const { clock, loginUrl } = this.#options;
    const secret = form.get('client_secret');
    const assertion = form.get('client_assertion');
    if (secret === null && assertion === null)
      throw new EntraError(
        401,
        'invalid_client',
        7000218,
        `The request body must contain the following parameter: 'client_assertion' or 'client_secret'.`,
      );
    if (assertion === null) {
      checkSecret(registration, secret ?? '', clock.now());
      return '1';
    }
    if (needed(form, 'client_assertion_type') !== assertionType)
      throw new EntraError(400, 'invalid_request', 900144, `The parameter 'client_assertion_type' is not valid.`);
    // The token endpoint is one address per way to name the tenant.
    const name = tenantName.toLowerCase() === tenant.id ? tenant.id : tenantName;
    const { keys, workloads } = this.#options;
    const entra = { url: `${loginUrl()}/${registration.homeTenantId}/v2.0`, publicKey: keys.publicKey, isEntra: true };
    await checkAssertion(registration, assertion, `${loginUrl()}/${name}/oauth2/v2.0/token`, clock.now(), [
      entra,
      { url: workloads.url, publicKey: workloads.publicKey, isEntra: false },
    ]);
    return '2';
  }

  async #forUser(
    tenant: Tenant,
    registration: AppRegistration,
    principal: ServicePrincipal,
    credential: '1' | '2',
    form: URLSearchParams,
  ): Promise<TokenAnswer> {
    const { clock, grants } = this.#options;
    const by = { tenant, appId: registration.appId };
    const isCode = form.get('grant_type') === 'authorization_code';
    const { session, nonce } = isCode
      ? grants.redeemCode(needed(form, 'code'), {
          ...by,
          redirectUri: needed(form, 'redirect_uri'),
          verifier: needed(form, 'code_verifier'),
        })
      : { session: grants.redeemRefreshToken(needed(form, 'refresh_token'), by), nonce: null };
    const account = session.person.accounts.find(({ tenantId }) => tenantId === tenant.id);
    if (account === undefined)
      throw new EntraError(400, 'invalid_grant', 50034, `The user account does not exist in the tenant.`);
    const asked = form.has('scope')
      ? readScopes(needed(form, 'scope'), registration, this.graphAudiences())
      : { graph: session.scopes, standard: session.standardScopes };
    const granted = grantedScopes(principal, account.objectId);
    if (asked.graph.some((scope) => !granted.includes(scope)))
      throw new EntraError(
        400,
        'invalid_grant',
        65001,
        `The user or administrator has not consented to use the application with ID '${registration.appId}' named '${registration.displayName}'. Send an interactive authorization request for this user and resource.`,
      );
    const now = Math.floor(clock.now() / 1000);
    const of = { tenant, registration, session, account, now };
    const scopes = [...asked.standard.filter((scope) => scope !== 'offline_access'), ...asked.graph];
    return {
      token_type: 'Bearer',
      scope: [...asked.standard, ...asked.graph.map((scope) => `${this.#options.graphUrl()}/${scope}`)].join(' '),
      expires_in: lifetime - 1,
      ext_expires_in: lifetime - 1,
      access_token: await this.#userToken({ ...of, credential, scopes }),
      ...(asked.standard.includes('offline_access') ? { refresh_token: grants.issueRefreshToken(session) } : {}),
      ...(asked.standard.includes('openid') ? { id_token: await this.#idToken({ ...of, nonce }) } : {}),
      ...(form.has('client_info')
        ? {
            client_info: Buffer.from(JSON.stringify({ uid: account.objectId, utid: tenant.id })).toString('base64url'),
          }
        : {}),
    };
  }

  /** https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
  #idToken(of: SignedIn & { nonce: string | null }): Promise<string> {
    const { tenant, registration, session, account, now, nonce } = of;
    return this.#options.keys.sign({
      aud: registration.appId,
      iss: `${this.#options.loginUrl()}/${tenant.id}/v2.0`,
      iat: now - 300,
      nbf: now - 300,
      exp: now + lifetime,
      name: session.person.displayName,
      ...(nonce === null ? {} : { nonce }),
      oid: account.objectId,
      preferred_username: session.person.userPrincipalName,
      sub: createHash('sha256').update(`${account.objectId} ${registration.appId}`).digest('base64url'),
      tid: tenant.id,
      uti: randomBytes(16).toString('base64url'),
      ver: '2.0',
      ...rolesOf(of),
    });
  }

  #userToken(of: SignedIn & { credential: '1' | '2'; scopes: string[] }): Promise<string> {
    const { tenant, registration, session, account, now } = of;
    const issuer = `https://sts.windows.net/${tenant.id}/`;
    return this.#options.keys.sign({
      aud: this.#options.graphUrl(),
      iss: issuer,
      iat: now - 300,
      nbf: now - 300,
      exp: now + lifetime,
      app_displayname: registration.displayName,
      appid: registration.appId,
      appidacr: of.credential,
      idtyp: 'user',
      name: session.person.displayName,
      oid: account.objectId,
      scp: of.scopes.join(' '),
      sub: createHash('sha256').update(`${account.objectId} graph`).digest('base64url'),
      tid: tenant.id,
      unique_name: session.person.userPrincipalName,
      upn: session.person.userPrincipalName,
      uti: randomBytes(16).toString('base64url'),
      ver: '1.0',
      wids: account.directoryRoles,
    });
  }

  #audience(scope: string, tenant: Tenant): string {
    const scopes = scope.split(' ').filter(Boolean);
    const [only] = scopes;
    if (scopes.length !== 1 || only === undefined)
      throw new EntraError(
        400,
        'invalid_scope',
        70011,
        `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
      );
    const resource = /^(.*?)\/+\.default$/.exec(only)?.[1];
    if (resource === undefined)
      throw new EntraError(
        400,
        'invalid_scope',
        1002012,
        `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
      );
    if (this.graphAudiences().includes(resource)) return resource;
    if (resource === intuneApi && !tenant.hasIntune)
      throw new EntraError(
        400,
        'invalid_client',
        650052,
        `The app is trying to access a service '${intuneApi}'(Microsoft Intune API) that your organization '${tenant.id}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions.`,
      );
    if (resource === intuneApi) return resource;
    throw new EntraError(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant.displayName}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    );
  }

  #token(of: {
    tenant: Tenant;
    registration: AppRegistration;
    principal: ServicePrincipal;
    audience: string;
    credential: '1' | '2';
    now: number;
  }): Promise<string> {
    const { keys, clock, delays } = this.#options;
    const ofGraph = of.principal.grants
      .filter((grant) => grant.createdAt + delays.consent <= clock.now())
      .map((grant) => grant.role);
    const roles = [...(of.audience === intuneApi ? of.principal.intuneApiRoles : ofGraph)].sort();
    const issuer = `https://sts.windows.net/${of.tenant.id}/`;
    return keys.sign({
      aud: of.audience,
      iss: issuer,
      iat: of.now - 300,
      nbf: of.now - 300,
      exp: of.now + lifetime,
      app_displayname: of.registration.displayName,
      appid: of.registration.appId,
      appidacr: of.credential,
      idp: issuer,
      idtyp: 'app',
      oid: of.principal.id,
      ...(roles.length > 0 ? { roles } : {}),
      sub: of.principal.id,
      tid: of.tenant.id,
      uti: randomBytes(16).toString('base64url'),
      ver: '1.0',
    });
  }
}

interface SignedIn {
  tenant: Tenant;
  registration: AppRegistration;
  session: UserSession;
  account: Person['accounts'][number];
  now: number;
}

/**
 * Directory roles stand in id tokens only where the app's manifest asks for them:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
const rolesOf = ({ registration, account }: SignedIn) =>
  registration.tellsDirectoryRoles ? { wids: account.directoryRoles } : {};

function needed(form: URLSearchParams, name: string): string {
  const value = form.get(name)?.trim() ?? '';
  if (value === '')
    throw new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    );
  return value;
}

function refuseUnknownParameters(form: URLSearchParams, known: readonly string[]): void {
  for (const name of new Set(form.keys())) {
    const isKnown = known.includes(name) || tolerated.test(name);
    if (isKnown && form.getAll(name).length === 1) continue;
    const text = isKnown
      ? `The parameter '${name}' is duplicated.`
      : `The local cloud does not know the parameter '${name}'.`;
    throw new EntraError(400, 'invalid_request', isKnown ? 90100 : 9002313, text);
  }
}
