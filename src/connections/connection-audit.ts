import type { AuditLog } from '../audit/audit.ts';
import { changedFacts } from '../audit/safe-facts.ts';
import type { Db } from '../store/database.ts';
import type { StoredConnection } from './connection.ts';

export interface ConnectionChanged {
  /** Null for a new one. */
  before: StoredConnection | null;
  after: StoredConnection;
  /** A new secret or certificate came with the change. */
  renewed: boolean;
  /** What happened to the credential, where "renewed" does not say it. */
  credential?: string;
  by: { objectId: string; name: string };
}

/** In the transaction of the change. */
export async function recordConnection(
  audit: AuditLog,
  tx: Db,
  { before, after, renewed, credential, by }: ConnectionChanged,
): Promise<void> {
  const facts = {
    ...factsOf(after),
    ...(renewed ? { credential: credential ?? `${after.credentialKind}, renewed` } : {}),
  };
  await audit.record(tx, {
    workspaceId: after.workspaceId,
    subject: { kind: 'connection', id: after.id, name: after.name },
    ...(before === null ? { after: factsOf(after) } : changedFacts(factsOf(before), facts)),
    by,
  });
}

function factsOf({ name, cloud, tenantId, clientId, mode, credentialKind, status }: StoredConnection) {
  return {
    name,
    cloud,
    tenant: tenantId,
    application: clientId,
    mode,
    credential: credentialKind,
    ...(status === 'disabled' ? { status } : {}),
  };
}
