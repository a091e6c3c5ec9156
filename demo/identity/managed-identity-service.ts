import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { TokenKeys } from '../entra/token-keys.ts';
import { sendJson } from '../http.ts';
import type { DemoDirectory } from '../tenants.ts';

export interface ManagedIdentityServiceOptions {
  data: DemoDirectory;
  keys: TokenKeys;
  clock: Clock;
  loginUrl: () => string;
  graphUrl: () => string;
  /** Resources beside Graph for which tokens are given. */
  otherResources: readonly string[];
}

const lifetime = 24 * 3600;
const exchange = /^api:\/\/AzureADTokenExchange(USGov|China)?$/;

/**
 * The identity service of an Azure machine:
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export function managedIdentityService(options: ManagedIdentityServiceOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://169.254.169.254');
    const refuse = (status: number, error: string, error_description: string) =>
      sendJson(response, status, { error, error_description });
    if (url.pathname.replace(/\/$/, '') !== '/metadata/identity/oauth2/token' || request.method !== 'GET')
      return refuse(404, 'not_found', 'There is nothing here.');
    if (request.headers.metadata !== 'true')
      return refuse(400, 'bad_request_102', 'Required metadata header not specified');
    if (request.headers['x-forwarded-for'] !== undefined)
      return refuse(400, 'bad_request', 'Requests through a proxy are refused.');
    for (const name of url.searchParams.keys())
      if (!['api-version', 'resource', 'client_id', 'object_id'].includes(name))
        return refuse(400, 'invalid_request', `The local cloud does not know the parameter '${name}'.`);
    if (url.searchParams.get('api-version') !== '2018-02-01')
      return refuse(400, 'invalid_request', 'The api-version is not valid.');
    const resource = (url.searchParams.get('resource') ?? '').replace(/\/$/, '');
    const clientId = url.searchParams.get('client_id');
    const objectId = url.searchParams.get('object_id');
    const found = options.data.tenants
      .flatMap((tenant) => tenant.managedIdentities.map((identity) => ({ tenant, identity })))
      .find(({ identity }) =>
        clientId === null && objectId === null
          ? identity.isSystemAssigned
          : identity.clientId === clientId || identity.objectId === objectId,
      );
    if (found === undefined) return refuse(400, 'invalid_request', 'Identity not found');
    const { tenant, identity } = found;
    const isExchange = exchange.test(resource);
    const isGraph = [options.graphUrl(), 'https://graph.microsoft.com'].includes(resource);
    if (!isExchange && !isGraph && !options.otherResources.includes(resource))
      return refuse(400, 'invalid_resource', `AADSTS500011: The resource principal named ${resource} was not found.`);

    const principal = tenant.servicePrincipals.find(({ appId }) => appId === identity.clientId);
    const roles = isGraph ? (principal?.grants.map(({ role }) => role) ?? []) : [];
    const now = Math.floor(options.clock.now() / 1000);
    // Tokens for the exchange are of version 2, those for Graph of version 1: the resource decides.
    const issuer = isExchange ? `${options.loginUrl()}/${tenant.id}/v2.0` : `https://sts.windows.net/${tenant.id}/`;
    const token = await options.keys.sign({
      aud: resource,
      iss: issuer,
      iat: now - 300,
      nbf: now - 300,
      exp: now + lifetime,
      ...(isExchange ? { azp: identity.clientId, azpacr: '2' } : { appid: identity.clientId, appidacr: '2' }),
      idtyp: 'app',
      oid: identity.objectId,
      ...(roles.length > 0 ? { roles } : {}),
      sub: identity.objectId,
      tid: tenant.id,
      ver: isExchange ? '2.0' : '1.0',
      xms_mirid: `/subscriptions/demo/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identity.displayName}`,
    });
    sendJson(response, 200, {
      access_token: token,
      client_id: identity.clientId,
      expires_in: String(lifetime),
      expires_on: String(now + lifetime),
      ext_expires_in: String(lifetime),
      not_before: String(now - 300),
      resource,
      token_type: 'Bearer',
    });
  };
}
