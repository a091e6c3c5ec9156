import type { StoredConnection } from './connection.ts';
import type { ConnectionFormValues } from './connection-form.ts';
import { nameKey } from './connection-store.ts';
import type { PreparedCredential } from './credential.ts';
import { isGuid } from './tenant-name.ts';

/** What was typed, as it is stored. */
export function columnsOf(
  { name, cloud, tenant, clientId, permissionKind }: ConnectionFormValues,
  before?: Pick<StoredConnection, 'permissionKind' | 'tenantId' | 'tenantDomain'>,
) {
  const kind = permissionKind ?? before?.permissionKind ?? 'application';
  const domainBefore = before?.tenantId === tenant ? before.tenantDomain : null;
  const tenantDomain = isGuid(tenant) ? domainBefore : tenant;
  return { name, nameKey: nameKey(name), cloud, tenantId: tenant, tenantDomain, clientId, permissionKind: kind };
}

export function credentialColumns({ credential, expiresAt, expirySource }: PreparedCredential) {
  return {
    credentialKind: credential.kind,
    credential,
    credentialExpiresAt: expiresAt,
    credentialExpirySource: expirySource,
  };
}

/** Where a connection begins, and where another tenant or app leads it back to. */
export function startingOver(now: Date) {
  return {
    status: 'notFinished' as const,
    statusReason: 'draft',
    statusSince: now,
    lastProblem: null,
    grantedRoles: null,
    connectedAt: null,
    lastTestedAt: null,
  };
}
