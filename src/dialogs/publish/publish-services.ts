import type { Connections } from '../../connections/connections.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { LinkImport } from '../../publishing/link-import.ts';
import type { PublishJobs } from '../../publishing/publish-jobs.ts';
import type { Releases } from '../../publishing/releases.ts';
import type { UploadTickets } from '../../publishing/upload-tickets.ts';

/** What the publish dialog talks to. */
export interface PublishServices {
  connections: Pick<Connections, 'list' | 'find' | 'get' | 'accessTo'>;
  releases: Pick<Releases, 'find' | 'get' | 'confirm' | 'discard' | 'savePlan'>;
  jobs: Pick<PublishJobs, 'start' | 'nudge' | 'view' | 'list' | 'find' | 'ofRelease' | 'cancel' | 'retry'>;
  tickets: Pick<UploadTickets, 'issue'>;
  linkImport: Pick<LinkImport, 'begin'>;
  cloud(id: string): Cloud | undefined;
  /** The app's page in the Intune admin centre of a cloud. */
  appPage(cloud: Cloud, tenantId: string, appId: string): string;
  supportContact: string;
}
