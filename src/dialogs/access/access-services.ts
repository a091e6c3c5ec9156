import type { Access, Members } from '../../access/access.ts';
import type { GroupDirectory } from '../../access/group-directory.ts';
import type { OwnRoles } from '../../access/own-roles.ts';
import type { Reach } from '../../access/reach.ts';
import type { Roles } from '../../access/roles.ts';
import type { Workspaces } from '../../access/workspaces.ts';
import type { Connections } from '../../connections/connections.ts';

/** What the access dialog talks to. */
export interface AccessServices {
  access: Pick<Access, 'can' | 'rolesOf' | 'presence'>;
  roles: Pick<Roles, 'list' | 'grant' | 'revoke'>;
  ownRoles: Pick<OwnRoles, 'list' | 'find' | 'save' | 'remove'>;
  groups: Pick<GroupDirectory, 'search' | 'has'>;
  workspaces: Pick<Workspaces, 'allowSharedChannels'>;
  connections: Pick<Connections, 'list'>;
  members: () => Members;
  reach: Reach;
}
