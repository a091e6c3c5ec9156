import type { Roles } from '../access/roles.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { Connections } from '../connections/connections.ts';
import { createApprovalRequests } from '../graph/approval-requests.ts';
import { isStorageUrl } from '../graph/clouds.ts';
import { createMobileApps } from '../graph/graph-mobile-apps.ts';
import { withVoucher } from '../graph/held-changes.ts';
import type { Outbound } from '../network/outbound.ts';
import type { PublishAccess } from '../publishing/job-context.ts';

/** What publish jobs need of a connection. */
export function jobAccess(connections: Pick<Connections, 'accessTo'>, outbound: Outbound) {
  return async (connectionId: string, requesterId: string): Promise<PublishAccess> => {
    const { cloud, connection, graph, mobileApps } = await connections.accessTo(connectionId, requesterId);
    return {
      clientId: connection.clientId,
      mobileApps,
      changes: (voucher) => createMobileApps(withVoucher(graph, voucher)),
      approvals: createApprovalRequests(graph),
      outbound,
      isStorageHost: (url) => isStorageUrl(cloud, url),
    };
  };
}

/** People whose part it is to approve in a workspace: its approvers and its admins. */
export function approversIn(workspaces: Pick<Workspaces, 'byId'>, roles: Pick<Roles, 'list'>) {
  return async (workspaceId: string): Promise<{ objectId: string; name: string }[]> => {
    const workspace = await workspaces.byId(workspaceId);
    if (workspace === null) return [];
    // Groups and everybody are not named: a message mentions people.
    const people = (await roles.list(workspace)).filter(({ holder }) => holder.kind === 'person');
    const admins = people.filter(({ permissions }) => permissions.includes('administer'));
    const approvers = people.filter((grant) => grant.permissions.includes('approve') && !admins.includes(grant));
    return (approvers.length > 0 ? approvers : admins).map(({ holder: { objectId, name } }) => ({ objectId, name }));
  };
}
