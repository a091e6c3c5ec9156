import { openDatabase } from '../src/store/database.ts';
import { connections, workspaces } from '../src/store/schema.ts';
import { conversations, tenants } from './cast.ts';
import type { DisposableDatabase } from './disposable-database.ts';

const perWorkspace = ['Production', 'Test', 'Kiosk devices'];
const batch = 500;

/** Workspaces with a few connections each, as people would have made them: tested and in order. */
export async function seedConnections(target: DisposableDatabase): Promise<void> {
  const database = openDatabase({ dataDir: target.dataDir, databaseUrl: target.databaseUrl });
  try {
    await database.migrate();
    for (let from = 0; from < conversations.length; from += batch) {
      const part = conversations.slice(from, from + batch);
      const rows = await database.db
        .insert(workspaces)
        .values(
          part.map(({ tenantId, teamsKey, workspaceKind, person }) => ({
            homeTenantId: tenantId,
            kind: workspaceKind,
            teamsKey,
            name: workspaceKind === 'team' ? 'Mobile' : null,
            installedBy: person.objectId,
          })),
        )
        .returning({ id: workspaces.id, teamsKey: workspaces.teamsKey });
      const ids = new Map(rows.map(({ id, teamsKey }) => [teamsKey, id]));
      await database.db
        .insert(connections)
        .values(
          part.flatMap(({ teamsKey, marker, person }) =>
            perWorkspace.map((purpose, i) =>
              connectionRow(ids.get(teamsKey) ?? '', i === 0 ? marker : purpose, i, person),
            ),
          ),
        );
    }
  } finally {
    await database.close();
  }
}

function connectionRow(
  workspaceId: string,
  name: string,
  number: number,
  person: { objectId: string; name: string },
): typeof connections.$inferInsert {
  const testedAt = new Date(Date.now() - 3_600_000);
  return {
    workspaceId,
    name,
    nameKey: name.toLowerCase(),
    cloud: 'global',
    tenantId: tenants[number] ?? '',
    clientId: '5b0c3f5e-0000-4000-8000-00000000c11e',
    mode: 'custom',
    permissionKind: 'application',
    credentialKind: 'secret',
    status: 'connected',
    grantedRoles: ['DeviceManagementApps.ReadWrite.All'],
    connectedById: person.objectId,
    connectedByName: person.name,
    connectedAt: testedAt,
    lastTestedAt: testedAt,
  };
}
