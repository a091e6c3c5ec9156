import type { AuditLog } from '../audit/audit.ts';
import { connections } from '../store/schema.ts';
import type { StoredConnection } from './connection.ts';
import { recordConnection } from './connection-audit.ts';
import { keepNameFree, nameKey } from './connection-store.ts';
import type { Connections } from './connections.ts';
import type { ManagedApp } from './managed-apps.ts';
import { isGuid } from './tenant-name.ts';

export interface NewManagedConnection {
  workspaceId: string;
  name: string;
  /** GUID or domain, lower case. */
  tenant: string;
  app: ManagedApp;
  by: { objectId: string; name: string };
}

/** A connection that uses an app of the operator: it holds no secret, and reaches nothing before its tenant is proven. */
export function createManaged(
  made: Pick<Connections, 'changing' | 'requestTestIn'>,
  audit: AuditLog,
  { workspaceId, name, tenant, app, by }: NewManagedConnection,
): Promise<StoredConnection> {
  return made.changing(async (tx) => {
    await keepNameFree(tx, workspaceId, name);
    const [row] = await tx
      .insert(connections)
      .values({
        workspaceId,
        name,
        nameKey: nameKey(name),
        cloud: app.cloud,
        tenantId: tenant,
        tenantDomain: isGuid(tenant) ? null : tenant,
        clientId: app.clientId,
        mode: 'managed',
        permissionKind: app.permissions,
        credentialKind: app.credential.kind,
        status: 'notFinished',
        statusReason: 'proofNeeded',
        connectedById: by.objectId,
        connectedByName: by.name,
      })
      .returning({ id: connections.id });
    if (row === undefined) throw new Error('The new connection did not come back from the store');
    const connection = await made.requestTestIn(tx, row.id);
    await recordConnection(audit, tx, { before: null, after: connection, renewed: false, by });
    return connection;
  });
}
