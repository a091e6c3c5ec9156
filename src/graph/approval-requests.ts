import { z } from 'zod';
import type { GraphClient } from './graph-client.ts';

/** `completed`: the change was made. `unknown`: a state that is new to this product. */
export type ApprovalStatus =
  | 'unknown'
  | 'needsApproval'
  | 'approved'
  | 'rejected'
  | 'cancelled'
  | 'expired'
  | 'completed';

/** https://learn.microsoft.com/graph/api/resources/intune-rbac-operationapprovalrequest */
export interface ApprovalRequest {
  id: string;
  status: ApprovalStatus;
  /** ISO 8601. */
  expiresAt: string | null;
  justification: string;
  /** Who decided, once somebody has. */
  approver: { id: string | null; name: string | null } | null;
  /** What they wrote about it. */
  answer: string | null;
}

/**
 * Requests of Multi Admin Approval in one tenant. Reading them takes DeviceManagementRBAC.Read.All or
 * DeviceManagementConfiguration.Read.All; publishing alone has neither.
 */
export interface ApprovalRequests {
  get(id: string, signal?: AbortSignal): Promise<ApprovalRequest>;
  /** Requests that are open or approved and whose reason holds the words. */
  findOpen(words: string, signal?: AbortSignal): Promise<ApprovalRequest[]>;
  /** Only the identity that filed it may take it back. */
  cancel(id: string): Promise<void>;
}

const root = '/deviceManagement/operationApprovalRequests';
const mostPages = 20;

const nullable = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const identity = z.looseObject({ id: nullable, displayName: nullable }).nullish();

const approvalRequest = z
  .object({
    id: z.string(),
    status: z
      .enum(['unknown', 'needsApproval', 'approved', 'rejected', 'cancelled', 'expired', 'completed'])
      .catch('unknown'),
    expirationDateTime: nullable,
    requestJustification: nullable,
    approvalJustification: nullable,
    approver: z.looseObject({ user: identity }).nullish(),
  })
  .transform(
    (request): ApprovalRequest => ({
      id: request.id,
      status: request.status,
      expiresAt: request.expirationDateTime,
      justification: readable(request.requestJustification ?? ''),
      approver:
        request.approver?.user == null
          ? null
          : { id: request.approver.user.id, name: request.approver.user.displayName },
      answer: request.approvalJustification,
    }),
  );

/** It is filed as base64; whether it is shown so is not documented. */
function readable(text: string): string {
  const decoded = Buffer.from(text, 'base64');
  return text !== '' && decoded.toString('base64') === text ? decoded.toString('utf8') : text;
}

export function createApprovalRequests(graph: GraphClient): ApprovalRequests {
  return {
    get: (id, signal) =>
      graph.send({
        method: 'GET',
        path: `${root}/${encodeURIComponent(id)}`,
        version: 'beta',
        schema: approvalRequest,
        ...(signal === undefined ? {} : { signal }),
      }),

    async findOpen(words, signal) {
      const found: ApprovalRequest[] = [];
      const listing = graph.pages({
        path: root,
        version: 'beta',
        schema: approvalRequest,
        ...(signal === undefined ? {} : { signal }),
      });
      let pages = 0;
      for await (const page of listing) {
        found.push(
          ...page.filter(
            ({ status, justification }) =>
              (status === 'needsApproval' || status === 'approved') && justification.includes(words),
          ),
        );
        pages += 1;
        if (pages === mostPages) break;
      }
      return found;
    },

    cancel: (id) =>
      graph.send<void>({ method: 'POST', path: `${root}/cancelMyRequest`, version: 'beta', body: { id } }),
  };
}
