import { type AppRole, appRoles, graphAppId } from '../roles.ts';
import type { GraphCall, GraphRoute } from './graph-call.ts';
import { badRequest, notFound } from './graph-error.ts';
import type { JsonObject } from './json.ts';
import { one, pageOf, paging, text } from './plain-listing.ts';

// Who may read what: https://learn.microsoft.com/graph/permissions-reference
const readGroups: readonly AppRole[] = [
  'GroupMember.Read.All',
  'Group.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
];
const readOrganization: readonly AppRole[] = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
  'DeviceManagementServiceConfig.Read.All',
  'DeviceManagementServiceConfig.ReadWrite.All',
  'Organization.Read.All',
  'Directory.Read.All',
  'User.Read.All',
];
const readPrincipals: readonly AppRole[] = [
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Directory.Read.All',
];

/** `displayName eq 'x'`, `startswith(displayName,'x')` and `id in ('x','y')` are what is played of the directory's filters. */
function filterGroups(call: GraphCall): JsonObject[] {
  let found = call.intune.groups;
  const filter = call.query.get('$filter');
  if (filter !== null) {
    const equal = /^displayName eq '((?:[^']|'')*)'$/.exec(filter)?.[1];
    const start = /^startswith\(displayName,\s*'((?:[^']|'')*)'\)$/i.exec(filter)?.[1];
    const ids = /^id in \(([^)]*)\)$/.exec(filter)?.[1];
    const plain = (value: string) => value.replaceAll("''", "'").toLowerCase();
    if (equal !== undefined) found = found.filter((group) => text(group, 'displayName') === plain(equal));
    else if (start !== undefined) found = found.filter((group) => text(group, 'displayName').startsWith(plain(start)));
    else if (ids !== undefined) {
      const wanted = ids.split(',').map((id) => id.trim().replace(/^'|'$/g, '').toLowerCase());
      // https://learn.microsoft.com/graph/filter-query-parameter
      if (wanted.length > 15)
        throw badRequest("Too many child clauses specified in search filter expression containing 'OR' operators.");
      found = found.filter((group) => wanted.includes(text(group, 'id')));
    } else throw badRequest(`Invalid filter clause: '${filter}' is not played by the local cloud.`);
  }
  const search = call.query.get('$search');
  if (search !== null) {
    // https://learn.microsoft.com/graph/aad-advanced-queries
    if (call.headers.consistencylevel !== 'eventual')
      throw badRequest(
        `Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'`,
      );
    const wanted = /^"displayName:(.*)"$/.exec(search)?.[1];
    if (wanted === undefined) throw badRequest(`Unrecognized query argument specified: '$search'.`);
    // Names are cut into words, and each word given must begin one of them.
    const words = wanted
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
    const wordsOf = (group: JsonObject) => text(group, 'displayName').split(/[^\p{L}\p{N}]+/u);
    found = found.filter((group) => words.every((word) => wordsOf(group).some((own) => own.startsWith(word))));
  }
  return found;
}

function organization(call: GraphCall): JsonObject {
  return {
    id: call.tenant.id,
    displayName: call.tenant.displayName,
    tenantType: 'AAD',
    countryLetterCode: 'DE',
    verifiedDomains: call.tenant.domains.map((name, index) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      name,
      type: 'Managed',
    })),
  };
}

function principals(call: GraphCall): JsonObject[] {
  return call.tenant.servicePrincipals.map((principal) => ({
    id: principal.id,
    appId: principal.appId,
    displayName: call.services.appName(principal.appId),
    accountEnabled: principal.enabled,
    servicePrincipalType: 'Application',
  }));
}

const principalBy = (call: GraphCall) => {
  const key = call.params.principal ?? '';
  const appId = /^appId='?([^']+?)'?$/i.exec(key)?.[1];
  return principals(call).find((principal) =>
    appId === undefined ? principal.id === key.toLowerCase() : principal.appId === appId.toLowerCase(),
  );
};

function roleAssignments(call: GraphCall): JsonObject[] {
  const shown = principalBy(call);
  const principal = call.tenant.servicePrincipals.find((candidate) => candidate.id === shown?.id);
  if (principal === undefined) throw notFound(call.params.principal ?? '');
  return principal.grants.map((grant) => ({
    id: grant.assignmentId,
    appRoleId: appRoles[grant.role],
    [call.version === 'beta' ? 'creationTimestamp' : 'createdDateTime']: new Date(grant.createdAt).toISOString(),
    principalDisplayName: call.services.appName(principal.appId),
    principalId: principal.id,
    principalType: 'ServicePrincipal',
    resourceDisplayName: 'Microsoft Graph',
    resourceId: graphAppId,
  }));
}

/** Everything in a group and in the groups inside it, each once. Of a person only the id is shown: see below. */
function transitiveMembers(call: GraphCall): JsonObject[] {
  const key = (call.params.group ?? '').toLowerCase();
  if (!call.intune.groups.some((group) => group.id === key)) throw notFound(call.params.group ?? '');
  const found = new Set<string>();
  const waiting = [...(call.intune.groupMembers.get(key) ?? [])];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...(call.intune.groupMembers.get(id) ?? []));
  }
  return [...found].map((id) => {
    const group = call.intune.groups.find((candidate) => candidate.id === id);
    // An app that may not read users gets the type and the id of each, nothing else:
    // https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
    return { '@odata.type': group === undefined ? '#microsoft.graph.user' : '#microsoft.graph.group', id };
  });
}

export const directoryRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/groups',
    roles: readGroups,
    forbidden: 'directory',
    options: [...paging, '$filter', '$search', '$count', '$orderby'],
    handle: (call) => pageOf(call, 'group', 'groups', 999, filterGroups(call)),
  },
  {
    method: 'GET',
    path: '/groups/{group}',
    roles: readGroups,
    forbidden: 'directory',
    options: ['$select'],
    handle: (call) => {
      const key = call.params.group ?? '';
      const group = call.intune.groups.find((candidate) => candidate.id === key.toLowerCase());
      return one(call, 'group', 'groups', group, key);
    },
  },
  {
    method: 'GET',
    path: '/groups/{group}/transitiveMembers',
    roles: readGroups,
    forbidden: 'directory',
    options: paging,
    handle: (call) => pageOf(call, 'directoryObject', 'directoryObjects', 999, transitiveMembers(call)),
  },
  {
    method: 'GET',
    path: '/organization',
    roles: readOrganization,
    forbidden: 'directory',
    options: ['$select'],
    handle: (call) => pageOf(call, 'organization', 'organization', 100, [organization(call)]),
  },
  {
    method: 'GET',
    path: '/servicePrincipals',
    roles: readPrincipals,
    forbidden: 'directory',
    options: [...paging, '$filter'],
    handle: (call) => {
      const filter = call.query.get('$filter');
      const appId = filter === null ? undefined : /^appId eq '([^']+)'$/.exec(filter)?.[1];
      if (filter !== null && appId === undefined)
        throw badRequest(`Invalid filter clause: '${filter}' is not played by the local cloud.`);
      const found = principals(call).filter(
        (principal) => appId === undefined || principal.appId === appId.toLowerCase(),
      );
      return pageOf(call, 'servicePrincipal', 'servicePrincipals', 999, found);
    },
  },
  {
    method: 'GET',
    path: '/servicePrincipals/{principal}',
    roles: readPrincipals,
    forbidden: 'directory',
    options: ['$select'],
    handle: (call) =>
      one(call, 'servicePrincipal', 'servicePrincipals', principalBy(call), call.params.principal ?? ''),
  },
  {
    method: 'GET',
    path: '/servicePrincipals/{principal}/appRoleAssignments',
    roles: readPrincipals,
    forbidden: 'directory',
    options: paging,
    handle: (call) => pageOf(call, 'appRoleAssignment', 'appRoleAssignments', 999, roleAssignments(call)),
  },
];
