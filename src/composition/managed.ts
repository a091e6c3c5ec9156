import type { Access } from '../access/access.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Connections } from '../connections/connections.ts';
import { createManaged } from '../connections/create-managed.ts';
import type { ManagedApps } from '../connections/managed-apps.ts';
import { ownConnections } from '../connections/own-connections.ts';
import { appProof, assertStandsForTenant } from '../connections/tenant-sign-in.ts';
import { connectionReply } from '../dialogs/connection/connection-reply.ts';
import { managedRoutes } from '../dialogs/consent/managed-routes.ts';
import type { Route } from '../dialogs/route.ts';
import type { Clouds } from '../graph/clouds.ts';
import { ProblemError } from '../problems/problem.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';

export interface ManagedNeeds {
  config: Pick<Config, 'supportContact'>;
  clouds: Clouds;
  access: Access;
  audit: AuditLog;
  connections: Connections;
  managedApps: ManagedApps;
  signIns: SignIns;
}

/** Connections with an app of the operator, and the sign-in that proves whose tenant it is. */
export function composeManaged(needs: ManagedNeeds): Route[] {
  const { config, clouds, access, audit, connections, managedApps, signIns } = needs;
  const { supportContact } = config;

  /** As it is now: a connection that was changed since the link was made is another one. */
  const meant = async ({ connectionId, connectionRevision, workspace }: SignIn) => {
    const connection = await connections.get(connectionId);
    if (connection === null || connection.workspaceId !== workspace.id) throw new ProblemError('connectionNotFound');
    if (connection.revision !== connectionRevision) throw new ProblemError('connectionChanged');
    const app = managedApps.of(connection);
    const cloud = clouds.find(connection.cloud);
    if (app === null || cloud === undefined) throw new ProblemError('managedAppGone');
    return { connection, app, cloud };
  };

  signIns.handle('tenantProof', {
    async subject(signIn) {
      const { connection, app, cloud } = await meant(signIn);
      const { tenantId, clientId } = connection;
      return {
        app: { cloud, tenantId, clientId, proof: async () => appProof(app) },
        scopes: [],
        connectionName: connection.name,
        purpose: `Your sign-in proves that an administrator of the tenant wants it to be reached by ${app.name} from the place below. Continue only if you know the person who asks.`,
        rights: [],
      };
    },
    async accept(signIn, { person }) {
      const { connection } = await meant(signIn);
      assertStandsForTenant(person);
      const { tenantId, objectId, name } = person;
      await managedApps.prove(connection, { tenantId, how: 'signIn', by: { objectId, name } });
      await connections.requestTest(connection.id);
      return 'The tenant is proven. The card in Teams changes by itself and says what comes next.';
    },
  });

  return managedRoutes({
    apps: managedApps,
    connections: ownConnections(connections),
    create: (made) => createManaged(connections, audit, made),
    signIns,
    access,
    connectionReply: (connection, now, words) =>
      connectionReply({ clouds: clouds.list, supportContact }, connection, now, words),
  });
}
