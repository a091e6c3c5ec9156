import type { GraphClient } from './graph-client.ts';

/**
 * What a change carries in a tenant with Multi Admin Approval: the reason that files a request for approval, or the code
 * of a request that was approved. Without a policy for it the reason does no harm.
 * https://learn.microsoft.com/intune/intune-service/fundamentals/multi-admin-approval
 */
export type ChangeVoucher = { justification: string } | { approvalCode: string };

/** Longer ones are refused, and nothing is filed. */
export const longestJustification = 1024;

/** The same client, whose changes carry the voucher; what only reads goes out as before. */
export function withVoucher(graph: GraphClient, voucher: ChangeVoucher): GraphClient {
  const headers: Record<string, string> =
    'approvalCode' in voucher
      ? { 'x-msft-approval-code': voucher.approvalCode }
      : { 'x-msft-approval-justification': Buffer.from(voucher.justification, 'utf8').toString('base64') };
  return {
    url: graph.url,
    send: (request) =>
      graph.send(request.method === 'GET' ? request : { ...request, headers: { ...request.headers, ...headers } }),
    page: (request) => graph.page(request),
    pages: (request) => graph.pages(request),
  };
}
