import type { Access } from './access/access.ts';
import type { OwnRoles } from './access/own-roles.ts';
import type { Workspaces } from './access/workspaces.ts';
import { Audit } from './audit/audit.ts';
import { AuditExports } from './audit/audit-exports.ts';
import { AuditRows } from './audit/audit-rows.ts';
import { type Bot, createBot } from './bot/bot.ts';
import type { Clock } from './bot/clock.ts';
import { composeAccess } from './composition/access.ts';
import { composeApps } from './composition/apps.ts';
import { artifactHosts, artifactStore } from './composition/artifact-store.ts';
import { composeBelongings } from './composition/belongings.ts';
import { type ConnectionDialogs, composeConnectionDialogs, ownHosts } from './composition/connection-dialogs.ts';
import { type Consent, composeConsent } from './composition/consent.ts';
import { composeDelegated, type Delegated } from './composition/delegated.ts';
import { approversIn } from './composition/job-access.ts';
import { composeManaged } from './composition/managed.ts';
import { composePublishing, type Publishing } from './composition/publishing.ts';
import { composeSignIns } from './composition/sign-in.ts';
import { composeTemplates } from './composition/templates.ts';
import type { Config } from './config.ts';
import type { CertificateUploads } from './connections/certificate-uploads.ts';
import type { ConnectionWatch } from './connections/connection-watch.ts';
import { Connections } from './connections/connections.ts';
import { ManagedApps } from './connections/managed-apps.ts';
import { UserSessions } from './connections/user-sessions.ts';
import { auditRoutes } from './dialogs/audit/audit-routes.ts';
import { helpRoutes } from './dialogs/help/help-routes.ts';
import { IconNews } from './dialogs/icons/icon-news.ts';
import { permissionRoutes } from './dialogs/permissions/permission-routes.ts';
import { earlierRoutes } from './dialogs/publish/earlier-routes.ts';
import { importRoutes } from './dialogs/publish/import-routes.ts';
import { jobRoutes } from './dialogs/publish/job-routes.ts';
import { placeRoutes } from './dialogs/publish/place-routes.ts';
import type { PublishNews } from './dialogs/publish/publish-news.ts';
import { releaseRoutes } from './dialogs/publish/release-routes.ts';
import type { CommandRoute, Follow, Route } from './dialogs/route.ts';
import { standardAnswers } from './dialogs/standard-answers.ts';
import { templateRoutes } from './dialogs/templates/template-routes.ts';
import { createClouds } from './graph/clouds.ts';
import { openJobs, queuedWork } from './http/health.ts';
import type { Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOutbound } from './network/outbound.ts';
import { Icons } from './publishing/icons.ts';
import type { LinkImport } from './publishing/link-import.ts';
import type { PackageRetention } from './publishing/package-retention.ts';
import type { PublishJobs } from './publishing/publish-jobs.ts';
import { RecentPackages } from './publishing/recent-packages.ts';
import type { Releases } from './publishing/releases.ts';
import { RequestTrail } from './publishing/request-trail.ts';
import { UploadTickets } from './publishing/upload-tickets.ts';
import type { SignIns } from './sign-in/sign-ins.ts';
import type { ArtifactStore } from './store/artifact-store.ts';
import type { Database } from './store/database.ts';
import { GraphBudgets } from './store/graph-budgets.ts';
import { SecretVault } from './store/secret-vault.ts';

const justNow = 30_000;

/** Every part of one process, built and wired, nothing started. */
export interface Parts {
  bot: Bot;
  metrics: Metrics;
  artifacts: ArtifactStore;
  tickets: UploadTickets;
  signIns: SignIns;
  releases: Releases;
  jobs: PublishJobs;
  connections: Connections;
  watch: ConnectionWatch;
  auditRows: AuditRows;
  auditExports: AuditExports;
  certificateUploads: CertificateUploads;
  access: Access;
  ownRoles: OwnRoles;
  workspaces: Workspaces;
  linkImport: LinkImport;
  retention: PackageRetention;
  news: PublishNews;
  iconNews: IconNews;
  consent: Consent;
  delegated: Delegated;
  close(): Promise<void>;
}

export async function compose(config: Config, database: Database, log: Logger, teamsClock?: Clock): Promise<Parts> {
  const { supportContact } = config;
  const metrics = createMetrics();
  const clouds = createClouds(config.customCloud);
  const outbound = createOutbound({
    privateHosts: [
      ...clouds.privateHosts,
      ...ownHosts(config.ownIdentity),
      ...config.packageHosts,
      ...artifactHosts(config),
    ],
    ca: config.customCloud?.ca,
  });
  const vault = new SecretVault(config.vaultKeys);
  const artifacts = await artifactStore(config, outbound);
  const tickets = new UploadTickets({ db: database.db, publicUrl: config.http.publicUrl });
  const signIns = composeSignIns({ db: database.db, outbound, publicUrl: config.http.publicUrl });

  const audit = new Audit();
  const auditRows = new AuditRows(database.db);
  const trail = new RequestTrail();
  const budgets = new GraphBudgets({ db: database.db, limits: config.graphBudget });
  const managedApps = new ManagedApps({ db: database.db, apps: config.managedApps, audit, now: () => new Date() });
  const sessions = new UserSessions({ db: database.db, vault });
  const connections = new Connections({
    managed: managedApps,
    database,
    vault,
    clouds,
    outbound,
    identity: config.ownIdentity,
    audit,
    sessions,
    presser: () => audit.actor?.objectId ?? null,
    onRequest: (request) => {
      audit.requested(request);
      trail.requested(request);
    },
    budgetOf: (tenantId, clientId) => budgets.of(tenantId, clientId),
    logger: log,
  });
  const icons = new Icons(database.db, artifacts);
  const recent = new RecentPackages(database.db);
  const templates = composeTemplates(database, connections, audit, { icons, recent, tickets });

  const { access, roles, workspaces, ownRoles, reach, accessRoutes } = composeAccess({
    config,
    database,
    audit,
    connections,
    clouds,
    members: () => bot.members,
  });

  const auditExports = new AuditExports({
    db: database.db,
    audit,
    publicUrl: config.http.publicUrl,
    async mayRead(workspaceId, objectId) {
      const workspace = await workspaces.byId(workspaceId);
      if (workspace === null) return false;
      const person = { homeTenantId: workspace.homeTenantId, objectId };
      return access.canFromOutside(person, workspace, 'administer');
    },
  });

  const routesOf = ({ earlier, services, places }: Publishing, further: readonly Route[]): Route[] => {
    const routes: Route[] = [
      ...further,
      ...templateRoutes(templates),
      ...permissionRoutes({ connections, clouds: clouds.list, supportContact }),
      ...jobRoutes(services),
      ...importRoutes(services),
      ...earlierRoutes(earlier),
      ...composeApps({
        database,
        connections,
        clouds,
        audit,
        icons,
        recent,
        tickets,
        supportContact,
        approversOf: approversIn(workspaces, roles),
        publishRoutes: [...releaseRoutes(services), ...placeRoutes({ ...services, places })],
      }),
      ...accessRoutes,
      ...auditRoutes({ rows: auditRows, exports: auditExports }),
    ];
    const commands = () => [...routes, ...help].filter((route): route is CommandRoute => route.kind === 'command');
    const help = helpRoutes({ supportContact, commands, placesOf: reach.of });
    return [...help, ...routes];
  };

  // Publishing tells its news through the bot's messenger, and the bot's routes lead to publishing.
  const made: {
    publishing?: Publishing;
    connectionDialogs?: ConnectionDialogs;
    consent?: Consent;
    delegated?: Delegated;
  } = {};
  const bot = createBot({
    config,
    teamsClock,
    routes: (messenger, people) => {
      made.publishing = composePublishing(
        {
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
          assignments: templates.planner,
          templates: templates.forReleases,
        },
        messenger,
      );
      const dialogs = composeConnectionDialogs(
        { config, database, log, clouds, vault, connections, sessions, outbound, access, workspaces, audit },
        messenger,
      );
      made.connectionDialogs = dialogs;
      made.consent = composeConsent(
        {
          ...{ config, database, log, clouds, vault, roles, access, workspaces, connections, managedApps, audit },
          showConnection: (id) => dialogs.news.changed(id),
        },
        messenger,
        people,
      );
      made.delegated = composeDelegated(
        { database, clouds, connections, managedApps, sessions, signIns, audit, log },
        messenger,
      );
      const managed = composeManaged({ config, clouds, access, audit, connections, managedApps, signIns });
      return routesOf(made.publishing, [
        ...dialogs.routes,
        ...made.consent.routes,
        ...managed,
        ...made.delegated.routes,
      ]);
    },
    answers: standardAnswers({ supportContact }),
    database,
    access,
    reach,
    belongings: composeBelongings({ connections, publishing: () => made.publishing }),
    audit,
    workspaces,
    log,
    metrics,
    onShown: (follow, how) => {
      void catchUp(follow, how).catch((error) => log.warn({ err: error, ...follow }, 'a card may be behind'));
    },
  });
  if (
    made.publishing === undefined ||
    made.connectionDialogs === undefined ||
    made.consent === undefined ||
    made.delegated === undefined
  )
    throw new Error('The bot did not ask for its routes');

  const iconNews = new IconNews(bot.messenger, icons);
  const { news, placeNews, jobs, releases } = made.publishing;
  const { consent, delegated } = made;
  const { news: connectionNews, watch, uploads: certificateUploads } = made.connectionDialogs;
  connections.onTested((id) => {
    connectionNews
      .tested(id)
      .catch((error) => log.warn({ err: error, connectionId: id }, 'a connection card may be behind'));
  });

  /** What ended while its card was on its way to the chat would never be shown on it. */
  async function catchUp({ subject, subjectId }: Follow, how: 'sent' | 'updated'): Promise<void> {
    if (subject === 'job' && (await jobs.view(subjectId))?.state === 'done') news.progressed(subjectId);
    if (subject === 'release' && how === 'sent' && (await releases.get(subjectId)).state !== 'reading')
      news.releaseChanged(subjectId);
    if (subject === 'import' && how === 'sent') news.importMoved(subjectId);
    if (subject === 'places' && how === 'sent') placeNews.moved(subjectId);
    if (subject === 'consent') await consent.shown(subjectId);
    if (subject === 'connection') {
      const connection = await connections.get(subjectId);
      const tested = connection?.testingSince === null ? connection.lastTestedAt : null;
      if (tested != null && Date.now() - tested.getTime() < justNow) await connectionNews.tested(subjectId);
    }
  }
  metrics.gauge('jobs_open', 'Publish jobs that are not done', () => openJobs(database));
  metrics.gauge('queue_waiting', 'Work in the queue', () => queuedWork(database), 'queue');

  return {
    bot,
    metrics,
    artifacts,
    tickets,
    signIns,
    connections,
    watch,
    auditRows,
    auditExports,
    certificateUploads,
    consent,
    delegated,
    access,
    workspaces,
    ownRoles,
    ...made.publishing,
    iconNews,
    close: () => outbound.close(),
  };
}
