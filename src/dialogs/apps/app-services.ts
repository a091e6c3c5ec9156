import type { AppCategories } from '../../apps/app-categories.ts';
import type { AppEdits } from '../../apps/app-edits.ts';
import type { AppIcons } from '../../apps/app-icons.ts';
import type { AppRelations } from '../../apps/app-relations.ts';
import type { AppRetirement } from '../../apps/app-retirement.ts';
import type { AppTargets } from '../../apps/app-targets.ts';
import type { Apps } from '../../apps/apps.ts';
import type { Devices } from '../../apps/devices.ts';
import type { LinkApps } from '../../apps/links/link-apps.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Icons } from '../../publishing/icons.ts';
import type { RecentPackages } from '../../publishing/recent-packages.ts';
import type { UploadTickets } from '../../publishing/upload-tickets.ts';

/** What the dialogs about apps and devices talk to. */
export interface AppServices {
  connections: Pick<Connections, 'list' | 'find'>;
  apps: Pick<Apps, 'list' | 'page' | 'find' | 'view'>;
  edits: Pick<AppEdits, 'begin' | 'find' | 'save'>;
  categories: Pick<AppCategories, 'begin' | 'save'>;
  targets: Pick<AppTargets, 'groups' | 'group' | 'plan' | 'assign' | 'unassign'>;
  relations: Pick<AppRelations, 'candidates' | 'plan' | 'save'>;
  retirement: Pick<AppRetirement, 'plan' | 'retire'>;
  appIcons: Pick<AppIcons, 'put'>;
  icons: Pick<Icons, 'find' | 'fromPackage'>;
  recent: Pick<RecentPackages, 'list'>;
  tickets: Pick<UploadTickets, 'issue'>;
  links: Pick<LinkApps, 'begin' | 'find' | 'plan' | 'discard' | 'twins' | 'create'>;
  devices: Pick<Devices, 'list' | 'page'>;
  cloud(id: string): Cloud | undefined;
  supportContact: string;
}
