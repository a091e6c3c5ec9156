import { type Access, createAccess, type Members } from '../access/access.ts';
import { createGroupDirectory } from '../access/group-directory.ts';
import { OwnRoles } from '../access/own-roles.ts';
import { createReach, type Reach } from '../access/reach.ts';
import { createRoles, type Roles } from '../access/roles.ts';
import { createWorkspaces, type Workspaces } from '../access/workspaces.ts';
import type { Audit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import { ConnectionShares } from '../connections/connection-shares.ts';
import type { Connections } from '../connections/connections.ts';
import { accessRoutes } from '../dialogs/access/access-routes.ts';
import { ownRoleRoutes } from '../dialogs/access/own-role-routes.ts';
import { roleFormRoutes } from '../dialogs/access/role-form-routes.ts';
import { connectionReply } from '../dialogs/connection/connection-reply.ts';
import type { Route } from '../dialogs/route.ts';
import { shareRoutes } from '../dialogs/share/share-routes.ts';
import type { Clouds } from '../graph/clouds.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Database } from '../store/database.ts';

export interface AccessNeeds {
  config: Pick<Config, 'administrators' | 'supportContact'>;
  database: Database;
  audit: Audit;
  connections: Connections;
  /** For the card of a connection. */
  clouds: Clouds;
  /** Asked for late: the bot, which knows Teams, needs access itself. */
  members: () => Members;
}

export interface AccessParts {
  roles: Roles;
  ownRoles: OwnRoles;
  workspaces: Workspaces;
  access: Access;
  reach: Reach;
  accessRoutes: Route[];
}

/** Who may do what, from what was given here, what Teams says of a team and Entra of a group. */
export function composeAccess({ config, database, audit, connections, clouds, members }: AccessNeeds): AccessParts {
  const now = () => Date.now();
  const roles = createRoles({ database, audit });
  const groups = createGroupDirectory({
    now,
    async open(workspace, connectionId) {
      const connection = await connections.find(workspace.id, connectionId);
      if (connection === null) throw new ProblemError('connectionNotFound');
      if (connection.tenantId !== workspace.homeTenantId) throw new ProblemError('groupConnectionElsewhere');
      return (await connections.accessTo(connection.id)).graph;
    },
  });
  const ownRoles = new OwnRoles({ database, audit });
  const workspaces = createWorkspaces({ database, roles, audit, now });
  const access = createAccess({
    roles,
    members: { find: (workspace, person) => members().find(workspace, person) },
    groups,
    administrators: config.administrators,
  });
  const reach = createReach({ roles, access });
  const services = { access, roles, ownRoles, groups, workspaces, connections, members, reach };
  const cardNeeds = { clouds: clouds.list, supportContact: config.supportContact };
  const shares = new ConnectionShares({ database, audit });
  const routes = [
    ...accessRoutes(services),
    ...roleFormRoutes(services),
    ...ownRoleRoutes(services),
    ...shareRoutes({
      connections,
      shares,
      reach,
      connectionReply: (connection, at, saved) =>
        connectionReply(cardNeeds, connection, at, saved === undefined ? {} : { saved }),
    }),
  ];
  return { roles, ownRoles, workspaces, access, reach, accessRoutes: routes };
}
