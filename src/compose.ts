import { join } from 'node:path';
import { createAccess } from './access/access.ts';
import { createRoles } from './access/roles.ts';
import { createWorkspaces } from './access/workspaces.ts';
import { type Bot, createBot } from './bot/bot.ts';
import type { Config } from './config.ts';
import { Connections } from './connections/connections.ts';
import { accessRoutes } from './dialogs/access/access-routes.ts';
import { connectionReply, connectionRoutes } from './dialogs/connection/connection-routes.ts';
import { helpRoutes } from './dialogs/help/help-routes.ts';
import type { Messenger } from './dialogs/messenger.ts';
import { permissionRoutes } from './dialogs/permissions/permission-routes.ts';
import { jobRoutes } from './dialogs/publish/job-routes.ts';
import { PublishNews } from './dialogs/publish/publish-news.ts';
import type { PublishServices } from './dialogs/publish/publish-services.ts';
import { releaseRoutes } from './dialogs/publish/release-routes.ts';
import type { CommandRoute, Follow, Route } from './dialogs/route.ts';
import { standardAnswers } from './dialogs/standard-answers.ts';
import { createClouds, isStorageUrl } from './graph/clouds.ts';
import { portalLink } from './graph/portal-links.ts';
import { openJobs, queuedWork } from './http/health.ts';
import type { Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOutbound } from './network/outbound.ts';
import { readPackage } from './packages/read-package.ts';
import { LinkImport } from './publishing/link-import.ts';
import { StoredPackageOrigins } from './publishing/package-origins.ts';
import { PublishJobs } from './publishing/publish-jobs.ts';
import { Releases } from './publishing/releases.ts';
import { UploadTickets } from './publishing/upload-tickets.ts';
import { FolderArtifactStore } from './store/artifact-store.ts';
import type { Database } from './store/database.ts';
import { SecretVault } from './store/secret-vault.ts';

const justNow = 30_000;

/** Every part of one process, built and wired, nothing started. */
export interface Parts {
  bot: Bot;
  metrics: Metrics;
  artifacts: FolderArtifactStore;
  tickets: UploadTickets;
  releases: Releases;
  jobs: PublishJobs;
  connections: Connections;
  linkImport: LinkImport;
  news: PublishNews;
  close(): Promise<void>;
}

export function compose(config: Config, database: Database, log: Logger): Parts {
  const { supportContact } = config;
  const now = () => Date.now();
  const metrics = createMetrics();
  const clouds = createClouds(config.customCloud);
  const outbound = createOutbound({
    privateHosts: [...clouds.privateHosts, ...config.packageHosts],
    ca: config.customCloud?.ca,
  });
  const vault = new SecretVault(config.vaultKeys);
  const artifacts = new FolderArtifactStore({ folder: join(config.dataDir, 'artifacts') });
  const tickets = new UploadTickets({ db: database.db, publicUrl: config.http.publicUrl });
  const origins = new StoredPackageOrigins({
    db: database.db,
    artifacts,
    outbound,
    vault,
    maxBytes: config.maxPackageBytes,
  });

  const roles = createRoles({ database });
  const workspaces = createWorkspaces({ database, roles, now });
  const access = createAccess({ roles, administrators: config.administrators });
  const connections = new Connections({ database, vault, clouds, outbound, logger: log });

  const publishing = (messenger: Messenger): Publishing => {
    const news = new PublishNews({ messenger, services: () => services });
    const releases = new Releases({
      database,
      origins,
      readPackage,
      onRead: async (id) => news.releaseChanged(id),
      log,
    });
    const jobs = new PublishJobs({
      database,
      vault,
      origins,
      accessTo: async (connectionId) => {
        const { cloud, connection, mobileApps } = await connections.accessTo(connectionId);
        return { connection, mobileApps, outbound, isStorageHost: (url: URL) => isStorageUrl(cloud, url) };
      },
      events: news,
      log,
    });
    const linkImport = new LinkImport({
      database,
      outbound,
      artifacts,
      vault,
      maxBytes: config.maxPackageBytes,
      onImported: async (tx, { origin, sha256, workspaceId, homeTenantId, requester, place }) => {
        const id = await releases.create(tx, { origin, sha256, workspaceId, homeTenantId, requester, place });
        await news.drafted(tx, await releases.get(id, tx));
      },
      onFailed: (tx, subject, failed) => news.importFailed(tx, subject, failed),
      afterChange: () => messenger.nudge(),
      log,
    });
    const services: PublishServices = {
      connections,
      releases,
      jobs,
      tickets,
      linkImport,
      cloud: (id) => clouds.find(id),
      appPage: (cloud, tenantId, appId) => portalLink('intuneApp', cloud, { tenantId, appId }).url,
      supportContact,
    };
    return { news, releases, jobs, linkImport, services };
  };

  const routesOf = ({ services }: Publishing): Route[] => {
    const routes: Route[] = [
      ...connectionRoutes({ connections, clouds: clouds.list, supportContact }),
      ...permissionRoutes({ connections, clouds: clouds.list, supportContact }),
      ...releaseRoutes(services),
      ...jobRoutes(services),
      ...accessRoutes({ access, roles, workspaces }),
    ];
    const commands = () => [...routes, ...help].filter((route): route is CommandRoute => route.kind === 'command');
    const help = helpRoutes({ supportContact, commands });
    return [...help, ...routes];
  };

  // Publishing tells its news through the bot's messenger, and the bot's routes lead to publishing.
  const made: { publishing?: Publishing } = {};
  const bot = createBot({
    config,
    routes: (messenger) => {
      made.publishing = publishing(messenger);
      return routesOf(made.publishing);
    },
    answers: standardAnswers({ supportContact }),
    database,
    access,
    workspaces,
    log,
    metrics,
    onShown: (follow, how) => {
      void catchUp(follow, how).catch((error) => log.warn({ err: error, ...follow }, 'a card may be behind'));
    },
  });
  if (made.publishing === undefined) throw new Error('The bot did not ask for its routes');

  const { news, jobs, releases } = made.publishing;
  const showConnection = async (id: string) => {
    const connection = await connections.get(id);
    if (connection === null) return;
    const shown = connectionReply({ clouds: clouds.list, supportContact }, connection, new Date());
    // A test has one end, so its news does not wait behind cards that keep moving.
    const key = `connection:${id}:${connection.revision}:${connection.lastTestedAt?.getTime() ?? 0}`;
    await bot.messenger.enqueueCards(database.db, key, { subject: 'connection', subjectId: id }, shown);
    bot.messenger.nudge();
  };
  connections.onTested((id) => {
    showConnection(id).catch((error) => log.warn({ err: error, connectionId: id }, 'a connection card may be behind'));
  });

  /** What ended while its card was on its way to the chat would never be shown on it. */
  async function catchUp({ subject, subjectId }: Follow, how: 'sent' | 'updated'): Promise<void> {
    if (subject === 'job' && (await jobs.view(subjectId))?.state === 'done') news.progressed(subjectId);
    if (subject === 'release' && how === 'sent' && (await releases.get(subjectId)).state !== 'reading')
      news.releaseChanged(subjectId);
    if (subject === 'connection') {
      const connection = await connections.get(subjectId);
      const tested = connection?.testingSince === null ? connection.lastTestedAt : null;
      if (tested != null && Date.now() - tested.getTime() < justNow) await showConnection(subjectId);
    }
  }
  metrics.gauge('jobs_open', 'Publish jobs that are not done', () => openJobs(database));
  metrics.gauge('queue_waiting', 'Work in the queue', () => queuedWork(database), 'queue');

  return { bot, metrics, artifacts, tickets, connections, ...made.publishing, close: () => outbound.close() };
}

interface Publishing {
  news: PublishNews;
  releases: Releases;
  jobs: PublishJobs;
  linkImport: LinkImport;
  services: PublishServices;
}
