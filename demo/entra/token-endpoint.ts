import { randomBytes } from 'node:crypto';
import type { Clock, Delays } from '../clock.ts';
import { graphAppId } from '../roles.ts';
import type { AppRegistration, ServicePrincipal, Tenant } from '../tenants.ts';
import { checkAssertion, checkSecret } from './client-credential.ts';
import type { Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { TokenKeys } from './token-keys.ts';

export interface TokenEndpointOptions {
  directory: Directory;
  keys: TokenKeys;
  clock: Clock;
  delays: Delays;
  loginUrl: () => string;
  graphUrl: () => string;
}

export interface TokenAnswer {
  token_type: 'Bearer';
  expires_in: number;
  ext_expires_in: number;
  access_token: string;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const known = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'grant_type',
  'scope',
]);
/** What Microsoft's own libraries send beside the protocol's parameters. */
const tolerated =
  /^(x-client-[a-z-]+|x-app-(name|ver)|x-ms-lib-capability|client_info|client-request-id|return-client-request-id)$/i;
const lifetime = 3600;
const intuneApi = 'https://api.manage.microsoft.com';

/** `POST /{tenant}/oauth2/v2.0/token` for app-only access. */
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
    refuseUnknownParameters(form);
    const grantType = needed(form, 'grant_type');
    if (grantType !== 'client_credentials')
      throw new EntraError(
        400,
        'unsupported_grant_type',
        70003,
        `The app requested an unsupported grant type '${grantType}'.`,
      );
    const registration = directory.appIn(tenant, needed(form, 'client_id'));
    const scope = needed(form, 'scope');
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
    await checkAssertion(registration, assertion, `${loginUrl()}/${name}/oauth2/v2.0/token`, clock.now());
    return '2';
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
    const roles = of.principal.grants
      .filter((grant) => grant.createdAt + delays.consent <= clock.now())
      .map((grant) => grant.role)
      .sort();
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

function refuseUnknownParameters(form: URLSearchParams): void {
  for (const name of new Set(form.keys())) {
    const isKnown = known.has(name) || tolerated.test(name);
    if (isKnown && form.getAll(name).length === 1) continue;
    const text = isKnown
      ? `The parameter '${name}' is duplicated.`
      : `The local cloud does not know the parameter '${name}'.`;
    throw new EntraError(400, 'invalid_request', isKnown ? 90100 : 9002313, text);
  }
}
