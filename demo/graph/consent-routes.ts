import { X509Certificate } from 'node:crypto';
import { type AppRole, appRoles, graphAppId, scopeIds } from '../roles.ts';
import type { GraphCall, GraphRoute } from './graph-call.ts';
import { contextUrl } from './graph-call.ts';
import { badRequest, notFound } from './graph-error.ts';
import type { JsonObject } from './json.ts';

// Who may read what: https://learn.microsoft.com/graph/permissions-reference
const readRegistrations: readonly AppRole[] = [
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Directory.Read.All',
];
const readScopeGrants: readonly AppRole[] = ['DelegatedPermissionGrant.Read.All', 'Directory.Read.All'];

/** Types that the reduced metadata does not have: what may be selected stands here. */
function selected(call: GraphCall, type: string, entity: JsonObject): JsonObject {
  const names = call.query.get('$select')?.split(',');
  for (const name of names ?? [])
    if (!Object.hasOwn(entity, name))
      throw badRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
  return names === undefined
    ? entity
    : Object.fromEntries(Object.entries(entity).filter(([name]) => names.includes(name)));
}

/** `applications(appId='…')`: only in the tenant where the app is registered. */
function application(call: GraphCall): JsonObject {
  const key = call.params.application ?? '';
  const appId = /^appId='?([^']+?)'?$/i.exec(key)?.[1];
  const registration = appId === undefined ? undefined : call.services.registration(appId);
  if (registration === undefined || registration.homeTenantId !== call.tenant.id) throw notFound(key);
  const roles = registration.requestedRoles.map((role) => ({ id: appRoles[role], type: 'Role' }));
  const scopes = registration.requestedScopes.flatMap((scope) => {
    const id = scopeIds[scope];
    return id === undefined ? [] : [{ id, type: 'Scope' }];
  });
  return {
    id: registration.appId.replace(/^.{4}/, 'fff0'),
    appId: registration.appId,
    displayName: registration.displayName,
    signInAudience: registration.multiTenant ? 'AzureADMultipleOrgs' : 'AzureADMyOrg',
    groupMembershipClaims: registration.tellsDirectoryRoles ? 'DirectoryRole' : null,
    requiredResourceAccess: [{ resourceAppId: graphAppId, resourceAccess: [...roles, ...scopes] }],
    passwordCredentials: registration.secrets.map(({ keyId, displayName, value, endsAt }) => ({
      customKeyIdentifier: null,
      displayName,
      endDateTime: new Date(endsAt).toISOString(),
      hint: value.slice(0, 3),
      keyId,
      secretText: null,
    })),
    keyCredentials: registration.certificates.map((pem) => {
      const certificate = new X509Certificate(pem);
      return {
        customKeyIdentifier: Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64'),
        displayName: certificate.subject,
        endDateTime: certificate.validToDate.toISOString(),
        key: null,
        keyId: certificate.serialNumber,
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
      };
    }),
  };
}

function scopeGrants(call: GraphCall): JsonObject[] {
  const filter = call.query.get('$filter') ?? '';
  const clientId = /^clientId eq '([^']+)'$/.exec(filter)?.[1];
  if (clientId === undefined) throw badRequest(`Invalid filter clause: '${filter}' is not played by the local cloud.`);
  const principal = call.tenant.servicePrincipals.find(({ id }) => id === clientId.toLowerCase());
  return (principal?.scopeGrants ?? []).map((grant) => ({
    id: grant.id,
    clientId: clientId.toLowerCase(),
    consentType: grant.personObjectId === null ? 'AllPrincipals' : 'Principal',
    principalId: grant.personObjectId,
    resourceId: graphAppId,
    scope: grant.scopes.join(' '),
  }));
}

export const consentRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/applications/{application}',
    roles: readRegistrations,
    forbidden: 'directory',
    options: ['$select'],
    isByHand: true,
    handle: (call) => ({
      status: 200,
      body: {
        '@odata.context': contextUrl(call, 'applications/$entity'),
        ...selected(call, 'application', application(call)),
      },
    }),
  },
  {
    method: 'GET',
    path: '/oauth2PermissionGrants',
    roles: readScopeGrants,
    forbidden: 'directory',
    options: ['$filter'],
    isByHand: true,
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, 'oauth2PermissionGrants'), value: scopeGrants(call) },
    }),
  },
  {
    method: 'GET',
    path: '/identityGovernance/appConsent/appConsentRequests',
    versions: ['v1.0'],
    roles: ['ConsentRequest.Read.All'],
    forbidden: 'directory',
    options: ['$top', '$select'],
    isByHand: true,
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, 'identityGovernance/appConsent/appConsentRequests'), value: [] },
    }),
  },
];
