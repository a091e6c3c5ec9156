import { randomUUID } from 'node:crypto';
import type { AppRole } from '../roles.ts';
import type { GraphCall, GraphRoute } from './graph-call.ts';
import { contextUrl } from './graph-call.ts';
import { badRequest, GraphError, notFound } from './graph-error.ts';
import { type ApprovalRequest, approvalStatus } from './intune-tenant.ts';
import { isObject, type Json } from './json.ts';

/** Permissions for apps are not enough: https://learn.microsoft.com/graph/api/intune-rbac-operationapprovalrequest-get */
const roles: readonly AppRole[] = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
  'DeviceManagementRBAC.Read.All',
  'DeviceManagementRBAC.ReadWrite.All',
];
const root = '/deviceManagement/operationApprovalRequests';
const longestJustification = 1024;
const expiresAfter = 3 * 24 * 60 * 60 * 1000;

/** The same text for the same content, whatever the order of its members. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/**
 * Holds a change back until a second admin has approved it (Multi Admin Approval on app-only calls):
 * https://learn.microsoft.com/intune/intune-service/fundamentals/multi-admin-approval
 */
export function holdForApproval(call: GraphCall): void {
  const { approvals } = call.intune;
  const current = {
    appId: call.appId,
    method: call.method,
    path: `${call.version}${call.path}`,
    body: canonical(call.body),
  };
  const code = call.headers['x-msft-approval-code'];
  if (code !== undefined) {
    complete(call, current, code);
    return;
  }
  const header = call.headers['x-msft-approval-justification'];
  if (header === undefined) throw badRequest("Header 'x-msft-approval-justification' is required to request approval.");
  const justification = Buffer.from(header, 'base64').toString('utf8');
  if (Buffer.from(justification, 'utf8').toString('base64') !== header || justification.trim() === '')
    throw badRequest("Header 'x-msft-approval-justification' must be base64 of UTF-8 text.");
  if (justification.length > longestJustification)
    throw badRequest(
      `Header 'x-msft-approval-justification' must not be longer than ${longestJustification} characters.`,
    );
  const entity = call.params.app ?? call.path;
  if (approvals.some((request) => request.entity === entity && isActive(request, call.now)))
    throw new GraphError(409, 'Conflict', 'An active Approval Request already exists for this entity.');
  const request: ApprovalRequest = {
    id: randomUUID(),
    status: 'needsApproval',
    call: current,
    entity,
    justification,
    requestedAt: call.now,
    expiresAt: call.now + expiresAfter,
    modifiedAt: call.now,
    approver: null,
    answer: null,
  };
  approvals.push(request);
  throw new GraphError(412, 'PreconditionFailed', 'The change needs the approval of another administrator.', {
    'x-msft-approval-code': request.id,
  });
}

const isActive = (request: ApprovalRequest, now: number) =>
  ['needsApproval', 'approved'].includes(approvalStatus(request, now));

function complete(call: GraphCall, current: ApprovalRequest['call'], code: string): void {
  const refuse = (text: string) => new GraphError(403, 'ApprovalRequired', text);
  const request = call.intune.approvals.find((candidate) => candidate.id === code);
  if (request === undefined) throw refuse('The approval code is not known.');
  const status = approvalStatus(request, call.now);
  if (status !== 'approved') throw refuse(`The approval request is in the state '${status}'.`);
  const { appId, method, path, body } = request.call;
  if (appId !== current.appId || method !== current.method || path !== current.path || body !== current.body)
    throw refuse('The request differs from the one that was approved.');
  request.status = 'completed';
  request.modifiedAt = call.now;
}

const identity = (of: { id: string; displayName: string }) => ({ '@odata.type': 'microsoft.graph.identity', ...of });

const show = (call: GraphCall, request: ApprovalRequest) => ({
  '@odata.type': '#microsoft.graph.operationApprovalRequest',
  id: request.id,
  requestDateTime: new Date(request.requestedAt).toISOString(),
  expirationDateTime: new Date(request.expiresAt).toISOString(),
  lastModifiedDateTime: new Date(request.modifiedAt).toISOString(),
  requestor: {
    '@odata.type': 'microsoft.graph.identitySet',
    user: null,
    application: identity({ id: request.call.appId, displayName: call.services.appName(request.call.appId) }),
  },
  approver:
    request.approver === null
      ? null
      : { '@odata.type': 'microsoft.graph.identitySet', user: identity(request.approver), application: null },
  status: approvalStatus(request, call.now),
  requestJustification: request.justification,
  approvalJustification: request.answer,
});

function requestOf(call: GraphCall): ApprovalRequest {
  const found = call.intune.approvals.find((request) => request.id === call.params.request);
  if (found === undefined) throw notFound(call.params.request ?? '');
  return found;
}

const common = { versions: ['beta'], roles, forbidden: 'devices', isByHand: true } as const;

export const approvalRoutes: readonly GraphRoute[] = [
  {
    ...common,
    method: 'GET',
    path: root,
    handle: (call) => ({
      status: 200,
      body: {
        '@odata.context': contextUrl(call, 'operationApprovalRequests'),
        value: call.intune.approvals.map((request) => show(call, request)),
      },
    }),
  },
  {
    ...common,
    method: 'GET',
    path: `${root}/{request}`,
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, 'operationApprovalRequests/$entity'), ...show(call, requestOf(call)) },
    }),
  },
  {
    ...common,
    method: 'POST',
    path: `${root}/cancelMyRequest`,
    handle: (call) => {
      const request = call.intune.approvals.find(
        (candidate) => candidate.id === call.body.id && candidate.call.appId === call.appId,
      );
      if (request === undefined) throw notFound(String(call.body.id));
      if (!isActive(request, call.now))
        throw badRequest(`The approval request is in the state '${approvalStatus(request, call.now)}'.`);
      request.status = 'cancelled';
      request.modifiedAt = call.now;
      return { status: 204 };
    },
  },
];
