import { type Looked, lookAt } from '../permissions/lens.ts';
import { type ConnectionTestResult, testConnection } from './connection-tester.ts';
import type { Connections } from './connections.ts';

export interface PermissionCheck {
  looked: Looked;
  test: ConnectionTestResult;
}

/** A fresh token and a live probe: what was granted a minute ago counts, what was stored yesterday does not. */
export async function checkPermissions(
  connections: Pick<Connections, 'accessTo' | 'recordTest'>,
  connectionId: string,
  signal: AbortSignal,
): Promise<PermissionCheck> {
  const { connection, cloud, tokenSource, graph } = await connections.accessTo(connectionId);
  const test = await testConnection({ cloud, tenantId: connection.tenantId, tokenSource, graph, signal });
  await connections.recordTest(connection.id, connection.revision, test);
  return { looked: lookAt({ grantedRoles: test.roles, probe: test.probe }), test };
}
