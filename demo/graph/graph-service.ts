import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Directory } from '../entra/directory.ts';
import { isGuid } from '../entra/entra-error.ts';
import type { TokenEndpoint } from '../entra/token-endpoint.ts';
import type { TokenKeys } from '../entra/token-keys.ts';
import type { FaultPlace } from '../faults.ts';
import { BodyTooLarge, readBody, sendJson } from '../http.ts';
import { directoryRoles } from '../tenants.ts';
import { appRoutes } from './app-routes.ts';
import { approvalRoutes, holdForApproval } from './approval-routes.ts';
import { assignmentRoutes } from './assignment-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { directoryRoutes } from './directory-routes.ts';
import type { GraphAnswer, GraphCall, GraphRoute, GraphServices } from './graph-call.ts';
import {
  badRequest,
  forbidden,
  GraphError,
  intuneBadRequest,
  modelValidationFailure,
  notFound,
  proxyUnauthorized,
  userForbidden,
} from './graph-error.ts';
import type { IntuneTenant } from './intune-tenant.ts';
import { isObject, type JsonObject } from './json.ts';
import type { GraphVersion } from './metadata.ts';
import { readQueryOptions } from './query-options.ts';
import { resolvePath, splitPath } from './resource-path.ts';
import { tenantRoutes } from './tenant-routes.ts';
import { type ViolationCode, validateRequest } from './validate-request.ts';

export interface GraphServiceOptions {
  services: GraphServices;
  directory: Directory;
  keys: TokenKeys;
  tokens: TokenEndpoint;
  intune: ReadonlyMap<string, IntuneTenant>;
  retryAfterSeconds: number;
}

const routes: readonly GraphRoute[] = [
  ...appRoutes,
  ...contentRoutes,
  ...assignmentRoutes,
  ...tenantRoutes,
  ...directoryRoutes,
  ...consentRoutes,
  ...approvalRoutes,
];

const bodyLimit = 4 * 1024 * 1024;

/** Headers with a meaning for Graph that the local cloud plays; others of these families are refused. */
const knownHeaders = new Set(['x-msft-approval-justification', 'x-msft-approval-code', 'x-ms-throttle-priority']);
const watchedHeaders = /^(x-ms-|x-msft-)/;

const aboutTheModel: readonly ViolationCode[] = [
  'enum',
  'odata-type',
  'unknown-type',
  'abstract-type',
  'type-mismatch',
];

/** Microsoft Graph, as far as publishing apps needs it. Whatever it does not know, it refuses. */
export function graphService(options: GraphServiceOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const given = request.headers['client-request-id'];
    const clientRequestId = typeof given === 'string' && isGuid(given) ? given : requestId;
    const headers = {
      'request-id': requestId,
      'client-request-id': clientRequestId,
      'x-ms-ags-diagnostic': JSON.stringify({
        ServerInfo: { DataCenter: 'Local', Slice: 'E', Ring: '1', ScaleUnit: '000', RoleInstance: 'LOCAL' },
      }),
    };
    try {
      const answer = await answerTo(options, request);
      if (answer.isLost) {
        response.socket?.destroy();
        return;
      }
      if (answer.body === undefined) {
        response.writeHead(answer.status, { ...headers, ...answer.headers, 'Content-Length': 0 });
        response.end();
        return;
      }
      sendJson(response, answer.status, answer.body, { ...headers, ...answer.headers });
    } catch (error) {
      const refusal =
        error instanceof BodyTooLarge
          ? new GraphError(413, 'RequestEntityTooLarge', 'The request is too large.')
          : error;
      if (!(refusal instanceof GraphError)) throw error;
      const innerError = {
        date: new Date(options.services.clock.now()).toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      };
      const body = { error: { code: refusal.code, message: refusal.message, innerError } };
      sendJson(response, refusal.status, body, { ...headers, ...refusal.headers });
    }
  };
}

async function answerTo(options: GraphServiceOptions, request: IncomingMessage): Promise<GraphAnswer> {
  const { services } = options;
  const url = new URL(request.url ?? '/', services.graphUrl());
  const method = request.method ?? 'GET';
  // The body is read before anything is refused, so that a client can always finish sending.
  const rawBody = await readBody(request, bodyLimit);
  const caller = await authenticate(options, request);
  const at = { method, path: url.pathname };
  takeFaults(options, at);

  const [, versionName = '', path = ''] = /^\/([^/]*)(\/.*)?$/.exec(url.pathname) ?? [];
  if (versionName !== 'v1.0' && versionName !== 'beta') throw badRequest(`Invalid version: ${versionName}`);
  const version: GraphVersion = versionName;
  const metadata = services.metadata[version];
  const segments = segmentsOf(path);
  const { route, params } = findRoute(version, method, segments);
  const target = route?.isByHand ? null : resolvePath(metadata, segments);
  if (target !== null && 'code' in target) throw badRequest(target.message);
  if (route === undefined)
    throw new GraphError(501, 'NotImplemented', `The local cloud does not play ${method} ${version}${path}.`);
  refuseUnknownHeaders(request);

  const body = parseBody(request, rawBody, method);
  if (rawBody.length > 0) services.watch?.sent({ version, method, path, body });
  const query = readQueryOptions(url.searchParams, route.options ?? []);
  if (!route.roles.some((role) => caller.roles.includes(role))) throw forbidden(route.forbidden, route.roles, path);
  const intune = options.intune.get(caller.tenant.id);
  const isIntune = route.forbidden !== 'directory';
  if (isIntune && caller.mayUseIntune === false) throw userForbidden(path);
  if (intune === undefined || (isIntune && (!caller.tenant.hasIntune || services.faults.isOn('noIntune'))))
    throw badRequest('Request not applicable to target tenant.');
  if (target !== null) {
    const [violation] = validateRequest(metadata, method, target, body);
    if (violation && aboutTheModel.includes(violation.code)) throw modelValidationFailure(violation.message);
    if (violation) throw intuneBadRequest(`${violation.message} (${violation.at})`, path);
  } else if (method === 'POST' && !isObject(body)) throw badRequest('A JSON object is wanted.');

  const call: GraphCall = {
    services,
    version,
    metadata,
    method,
    path,
    params,
    query,
    rawQuery: url.searchParams,
    headers: singleHeaders(request),
    body: isObject(body) ? (body as JsonObject) : {},
    now: services.clock.now(),
    appId: caller.appId,
    tenant: caller.tenant,
    intune,
  };
  const isHeld = services.faults.isOn('multiAdminApproval', at) && route.needsApproval;
  if (isHeld === true || (isHeld === 'more' && services.faults.isOn('multiAdminApprovalForNewApps')))
    holdForApproval(call);
  const answer = await route.handle(call);
  if (services.faults.take('answer500', at))
    throw new GraphError(500, 'InternalServerError', 'An internal server error has occurred.');
  return services.faults.take('dropAnswer', at) ? { ...answer, isLost: true } : answer;
}

async function authenticate(options: GraphServiceOptions, request: IncomingMessage) {
  const refuse = (message: string) =>
    new GraphError(401, 'InvalidAuthenticationToken', message, {
      'WWW-Authenticate': 'Bearer realm="", error="invalid_token"',
    });
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw refuse('Access token is empty.');
  const claims = await options.keys.verify(token, options.tokens.graphAudiences(), options.services.clock.now());
  if (claims === 'expired') throw refuse('Lifetime validation failed, the token is expired.');
  if (claims === 'audience') throw refuse('Access token validation failure. Invalid audience.');
  if (claims === 'invalid') throw refuse('IDX14100: JWT is not well formed or its signature is not valid.');
  const tenant = options.directory.tenant(String(claims.tid));
  const principal = tenant && options.directory.servicePrincipal(tenant, String(claims.appid));
  if (tenant === undefined || principal === undefined)
    throw refuse('The identity of the calling application could not be established.');
  if (typeof claims.scp === 'string') {
    // For a signed-in person both count: what the app was granted, and what Intune's own roles let the person do. The
    // demo's people have directory roles only.
    const wids = Array.isArray(claims.wids) ? claims.wids.map(String) : [];
    const mayUseIntune = Object.values(directoryRoles).some((role) => wids.includes(role));
    return { tenant, appId: principal.appId, roles: claims.scp.split(' '), mayUseIntune };
  }
  const roles = Array.isArray(claims.roles) ? claims.roles.map(String) : [];
  return { tenant, appId: principal.appId, roles, mayUseIntune: null };
}

function takeFaults({ services, retryAfterSeconds }: GraphServiceOptions, at: FaultPlace): void {
  const { faults } = services;
  const wait = { 'Retry-After': String(retryAfterSeconds) };
  if (faults.take('throttleGraph429', at)) throw new GraphError(429, 'TooManyRequests', 'Too many requests.', wait);
  if (faults.take('throttleGraph429NoRetryAfter', at))
    throw new GraphError(429, 'TooManyRequests', 'Too many requests.');
  if (faults.take('graph503', at)) throw new GraphError(503, 'ServiceUnavailable', 'Service unavailable.', wait);
  if (faults.take('intuneProxy401', at)) throw proxyUnauthorized(at.path);
  if (faults.take('replicaLag412', at))
    throw new GraphError(412, 'ConditionNotMet', 'One or more condition(s) are not met.');
  if (faults.take('notYetVisible404', at)) throw notFound(at.path);
}

function segmentsOf(path: string): string[] {
  try {
    return splitPath(path);
  } catch {
    throw badRequest('The path cannot be decoded.');
  }
}

function findRoute(version: GraphVersion, method: string, segments: readonly string[]) {
  for (const route of routes) {
    if (route.method !== method || (route.versions && !route.versions.includes(version))) continue;
    const params = matchPath(route.path.split('/').slice(1), segments);
    if (params) return { route, params };
  }
  return { route: undefined, params: {} };
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return null;
      continue;
    }
    // A cast and a key look alike to a pattern; relations and actions are never keys.
    const isCast = segment.startsWith('microsoft.graph.');
    if ((name === 'cast') !== isCast || segment === '') return null;
    params[name] = segment;
  }
  return params;
}

function refuseUnknownHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers))
    if (watchedHeaders.test(name) && !knownHeaders.has(name))
      throw badRequest(`The local cloud does not know the header '${name}'.`);
}

function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const single: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') single[name] = value;
  return single;
}

/** No body is `undefined`; everything else must be JSON and be called so. */
function parseBody(request: IncomingMessage, raw: Buffer, method: string): unknown {
  if (raw.length === 0) return undefined;
  if (method === 'GET' || method === 'DELETE') return raw;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw badRequest('A supported MIME type could not be found that matches the content type of the request.');
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}
