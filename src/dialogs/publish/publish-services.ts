import type { Connections } from '../../connections/connections.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { LinkImport } from '../../publishing/link-import.ts';
import type { PublishJobs } from '../../publishing/publish-jobs.ts';
import type { ReleaseTemplates } from '../../publishing/release-templates.ts';
import type { Releases } from '../../publishing/releases.ts';
import type { UploadTickets } from '../../publishing/upload-tickets.ts';
import type { Db } from '../../store/database.ts';
import type { AssignmentPlanner } from '../../templates/assignment-planner.ts';

/** What the publish dialog talks to. */
export interface PublishServices {
  connections: Pick<Connections, 'list' | 'find' | 'get' | 'accessTo'>;
  releases: Pick<Releases, 'find' | 'get' | 'confirm' | 'discard' | 'saveForm' | 'savePlan'>;
  jobs: Pick<PublishJobs, 'start' | 'nudge' | 'view' | 'list' | 'find' | 'ofRelease' | 'cancel' | 'retry' | 'lookNow'>;
  assignments: Pick<AssignmentPlanner, 'choices' | 'plan'>;
  templates: Pick<ReleaseTemplates, 'choices' | 'applied'>;
  tickets: Pick<UploadTickets, 'issue'>;
  linkImport: Pick<LinkImport, 'begin' | 'view' | 'viewOf' | 'cancel'>;
  /** A release has a plan now; tells its group. */
  planned(releaseId: string): Promise<void>;
  /** The group of a release that goes to several places. */
  groupWith(releaseId: string, db?: Db): Promise<string | null>;
  cloud(id: string): Cloud | undefined;
  /** The app's page in the Intune admin center of a cloud. */
  appPage(cloud: Cloud, tenantId: string, appId: string): string;
  /** Where a second administrator approves changes. */
  approvalsPage(cloud: Cloud, tenantId: string): { url: string; menuPath: string };
  supportContact: string;
}
