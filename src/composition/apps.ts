import { AppCategories } from '../apps/app-categories.ts';
import { AppDrafts } from '../apps/app-drafts.ts';
import { AppEdits } from '../apps/app-edits.ts';
import { AppIcons } from '../apps/app-icons.ts';
import { AppRelations } from '../apps/app-relations.ts';
import { AppRetirement } from '../apps/app-retirement.ts';
import { AppTargets } from '../apps/app-targets.ts';
import { HeldChanges, type HeldChangesOptions } from '../apps/approval/held-changes.ts';
import { Apps } from '../apps/apps.ts';
import type { ChangeServices } from '../apps/change-services.ts';
import { Devices } from '../apps/devices.ts';
import { LinkApps } from '../apps/links/link-apps.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Connections } from '../connections/connections.ts';
import { appEditRoutes } from '../dialogs/apps/app-edit-routes.ts';
import { appIconRoutes } from '../dialogs/apps/app-icon-routes.ts';
import { appRoutes } from '../dialogs/apps/app-routes.ts';
import type { AppServices } from '../dialogs/apps/app-services.ts';
import { deviceRoutes } from '../dialogs/apps/device-routes.ts';
import { filing, heldRoutes } from '../dialogs/apps/held-routes.ts';
import { linkRoutes, takingStoreLinks } from '../dialogs/apps/links/link-routes.ts';
import { relationRoutes } from '../dialogs/apps/relation-routes.ts';
import { retireRoutes } from '../dialogs/apps/retire-routes.ts';
import { targetRoutes } from '../dialogs/apps/target-routes.ts';
import type { Route } from '../dialogs/route.ts';
import type { Clouds } from '../graph/clouds.ts';
import type { Icons } from '../publishing/icons.ts';
import type { RecentPackages } from '../publishing/recent-packages.ts';
import type { UploadTickets } from '../publishing/upload-tickets.ts';
import type { Database } from '../store/database.ts';

export interface AppParts {
  database: Database;
  connections: Connections;
  clouds: Clouds;
  audit: AuditLog;
  icons: Icons;
  recent: RecentPackages;
  tickets: UploadTickets;
  supportContact: string;
  /** Whose part it is to approve in a workspace. */
  approversOf: HeldChangesOptions['approversOf'];
  /** `publish` takes links into stores too. */
  publishRoutes: readonly Route[];
}

/** The apps and devices that are in Intune already. */
export function composeApps({
  database,
  connections,
  clouds,
  audit,
  icons,
  recent,
  tickets,
  supportContact,
  approversOf,
  publishRoutes,
}: AppParts): Route[] {
  const held = new HeldChanges({ database, connections, audit, approversOf });
  const changes: ChangeServices = {
    database,
    connections: held.connections,
    audit,
    drafts: new AppDrafts(database.db),
  };
  const services: AppServices = {
    connections,
    apps: new Apps({ database, connections }),
    edits: new AppEdits(changes),
    categories: new AppCategories(changes),
    targets: new AppTargets(changes),
    relations: new AppRelations(changes),
    retirement: new AppRetirement(changes),
    links: new LinkApps({ database, connections, audit }),
    appIcons: new AppIcons({ database, connections: held.connections, audit }),
    icons,
    recent,
    tickets,
    devices: new Devices({ database, connections }),
    cloud: (id) => clouds.find(id),
    supportContact,
  };
  return [
    ...publishRoutes.map((route) => takingStoreLinks(route, services)),
    ...linkRoutes(services),
    ...appRoutes(services),
    ...[
      ...appEditRoutes(services),
      ...appIconRoutes(services),
      ...targetRoutes(services),
      ...relationRoutes(services),
      ...retireRoutes(services),
    ].map((route) => filing(route, { ...services, held })),
    ...heldRoutes({ ...services, held }),
    ...deviceRoutes(services),
  ];
}
