import { randomUUID } from 'node:crypto';
import type { AppRole } from '../roles.ts';
import type { GraphCall, GraphRoute } from './graph-call.ts';
import { contextUrl } from './graph-call.ts';
import { badRequest, GraphError, notFound } from './graph-error.ts';
import type { ApprovalRequest } from './intune-tenant.ts';
import { isObject, type Json } from './json.ts';

const roles: readonly AppRole[] = [
  'DeviceManagementApps.Read.All',
  'DeviceManagementApps.ReadWrite.All',
  'DeviceManagementRBAC.Read.All',
  'DeviceManagementRBAC.ReadWrite.All',
];
const root = '/deviceManagement/operationApprovalRequests';
const longestJustification = 1024;

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
    complete(approvals, current, code);
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
  if (approvals.some((request) => request.entity === entity && isActive(request)))
    throw new GraphError(409, 'Conflict', 'An active Approval Request already exists for this entity.');
  const request: ApprovalRequest = {
    id: randomUUID(),
    status: 'needsApproval',
    call: current,
    entity,
    justification,
    requestedAt: call.now,
  };
  approvals.push(request);
  throw new GraphError(412, 'PreconditionFailed', 'The change needs the approval of another administrator.', {
    'x-msft-approval-code': request.id,
  });
}

const isActive = (request: ApprovalRequest) => request.status === 'needsApproval' || request.status === 'approved';

function complete(approvals: ApprovalRequest[], current: ApprovalRequest['call'], code: string): void {
  const refuse = (text: string) => new GraphError(403, 'ApprovalRequired', text);
  const request = approvals.find((candidate) => candidate.id === code);
  if (request === undefined) throw refuse('The approval code is not known.');
  if (request.status !== 'approved') throw refuse(`The approval request is in the state '${request.status}'.`);
  const { appId, method, path, body } = request.call;
  if (appId !== current.appId || method !== current.method || path !== current.path || body !== current.body)
    throw refuse('The request differs from the one that was approved.');
  request.status = 'completed';
}

const show = (request: ApprovalRequest) => ({
  '@odata.type': '#microsoft.graph.operationApprovalRequest',
  id: request.id,
  status: request.status,
  requestDateTime: new Date(request.requestedAt).toISOString(),
  requestJustification: request.justification,
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
      body: { '@odata.context': contextUrl(call, 'operationApprovalRequests'), value: call.intune.approvals.map(show) },
    }),
  },
  {
    ...common,
    method: 'GET',
    path: `${root}/{request}`,
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, 'operationApprovalRequests/$entity'), ...show(requestOf(call)) },
    }),
  },
  {
    ...common,
    method: 'POST',
    path: `${root}/cancelMyRequest`,
    roles: ['DeviceManagementApps.ReadWrite.All'],
    handle: (call) => {
      const request = call.intune.approvals.find(
        (candidate) => candidate.id === call.body.id && candidate.call.appId === call.appId,
      );
      if (request === undefined) throw notFound(String(call.body.id));
      if (!isActive(request)) throw badRequest(`The approval request is in the state '${request.status}'.`);
      request.status = 'cancelled';
      return { status: 204 };
    },
  },
];
