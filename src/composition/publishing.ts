import type { Roles } from '../access/roles.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { Audit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Connections } from '../connections/connections.ts';
import type { Messenger } from '../dialogs/messenger.ts';
import type { EarlierServices } from '../dialogs/publish/earlier-routes.ts';
import { PlaceCards } from '../dialogs/publish/place-news.ts';
import { PublishNews } from '../dialogs/publish/publish-news.ts';
import type { PublishServices } from '../dialogs/publish/publish-services.ts';
import type { Clouds } from '../graph/clouds.ts';
import { portalLink } from '../graph/portal-links.ts';
import type { Logger } from '../log.ts';
import type { Outbound } from '../network/outbound.ts';
import { readForPublishing } from '../packages/read-package.ts';
import { earlierPackages } from '../publishing/earlier-packages.ts';
import { LinkImport } from '../publishing/link-import.ts';
import { StoredPackageOrigins } from '../publishing/package-origins.ts';
import { PackageRetention } from '../publishing/package-retention.ts';
import { PlaceEvents } from '../publishing/place-events.ts';
import { ReleasePlaces } from '../publishing/places.ts';
import { auditedEvents } from '../publishing/publish-audit.ts';
import { PublishJobs } from '../publishing/publish-jobs.ts';
import type { ReleaseTemplates } from '../publishing/release-templates.ts';
import { Releases } from '../publishing/releases.ts';
import type { RequestTrail } from '../publishing/request-trail.ts';
import type { UploadTickets } from '../publishing/upload-tickets.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Database } from '../store/database.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { AssignmentPlanner } from '../templates/assignment-planner.ts';
import { approversIn, jobAccess } from './job-access.ts';

export interface PublishingNeeds {
  config: Config;
  database: Database;
  log: Logger;
  clouds: Clouds;
  outbound: Outbound;
  vault: SecretVault;
  artifacts: ArtifactStore;
  tickets: UploadTickets;
  connections: Connections;
  assignments: AssignmentPlanner;
  templates: ReleaseTemplates;
  audit: Audit;
  roles: Roles;
  workspaces: Workspaces;
  trail: RequestTrail;
}

export interface Publishing {
  news: PublishNews;
  placeNews: PlaceCards;
  places: ReleasePlaces;
  releases: Releases;
  jobs: PublishJobs;
  linkImport: LinkImport;
  retention: PackageRetention;
  earlier: EarlierServices;
  services: PublishServices;
}

/** Everything between a package and its outcome. Its news leaves through the messenger. */
export function composePublishing(needs: PublishingNeeds, messenger: Messenger): Publishing {
  const {
    config,
    database,
    log,
    clouds,
    outbound,
    vault,
    artifacts,
    tickets,
    connections,
    audit,
    roles,
    workspaces,
    trail,
  } = needs;
  const origins = new StoredPackageOrigins({
    db: database.db,
    artifacts,
    outbound,
    vault,
    maxBytes: config.maxPackageBytes,
  });
  const news = new PublishNews({ messenger, services: () => services });
  const releases = new Releases({
    database,
    origins,
    readPackage: readForPublishing,
    onRead: async (id) => news.releaseChanged(id),
    log,
  });
  const placeNews = new PlaceCards(messenger, () => places);
  const placeEvents = new PlaceEvents(database.db, placeNews);
  const jobs = new PublishJobs({
    database,
    vault,
    origins,
    accessTo: jobAccess(connections, outbound),
    approversOf: approversIn(workspaces, roles),
    events: placeEvents.around(auditedEvents(audit, news)),
    trail,
    during: (_jobId, work) => audit.during({ actor: null, place: null, action: 'publish' }, work),
    log,
  });
  const linkImport = new LinkImport({
    database,
    outbound,
    artifacts,
    vault,
    maxBytes: config.maxPackageBytes,
    onImported: async (tx, { origin, sha256, importId, ...subject }) => {
      const { workspaceId, homeTenantId, requester, place } = subject;
      const id = await releases.create(tx, { origin, sha256, workspaceId, homeTenantId, requester, place });
      if (importId !== null) await news.imported(tx, importId, subject);
      await news.drafted(tx, await releases.get(id, tx));
    },
    onFailed: (tx, id, subject, failed) => news.importFailed(tx, id, subject, failed),
    onProgress: (id) => news.importMoved(id),
    afterChange: () => messenger.nudge(),
    log,
  });
  const services: PublishServices = {
    connections,
    releases,
    jobs,
    assignments: needs.assignments,
    templates: needs.templates,
    tickets,
    linkImport,
    planned: (releaseId) => places.planned(releaseId),
    groupWith: (releaseId, db) => places.groupWith(releaseId, db),
    cloud: (id) => clouds.find(id),
    approvalsPage: (cloud, tenantId) => portalLink('intuneApprovals', cloud, { tenantId }),
    appPage: (cloud, tenantId, appId) => portalLink('intuneApp', cloud, { tenantId, appId }).url,
    supportContact: config.supportContact,
  };
  const earlier: EarlierServices = {
    connections,
    jobs,
    earlier: (app) => earlierPackages(database.db, app),
    again: async (earlierId, draft) => {
      const id = await releases.again(earlierId, draft);
      await news.drafted(database.db, await releases.get(id));
      messenger.nudge();
    },
  };
  const { perApp, bytes } = config.keepPackages;
  const retention = new PackageRetention({
    db: database.db,
    store: artifacts,
    keepPerApp: perApp,
    keepBytes: bytes,
    log,
  });
  const places = new ReleasePlaces({
    database,
    connections,
    releases,
    jobs,
    templates: needs.templates,
    assignments: needs.assignments,
  });
  return { news, placeNews, places, releases, jobs, linkImport, retention, earlier, services };
}
