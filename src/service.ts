import type { Clock } from './bot/clock.ts';
import { compose, type Parts } from './compose.ts';
import type { Config } from './config.ts';
import { addAuditRoutes } from './http/audit/routes.ts';
import { addCertificateRoutes } from './http/certificates/routes.ts';
import { addCertificateUploadRoutes } from './http/certificates/upload-routes.ts';
import { addConsentRoutes } from './http/consent/routes.ts';
import { createReadiness, standardDependencies } from './http/health.ts';
import { createHttpServer } from './http/server.ts';
import { addSignInRoutes } from './http/signin/routes.ts';
import { addUploadRoutes } from './http/upload/routes.ts';
import type { Logger } from './log.ts';
import { sweepArtifacts } from './store/artifacts.ts';
import type { Database } from './store/database.ts';
import { sweepPictures } from './store/pictures.ts';

const hour = 3_600_000;
const queueEndsWithinMs = 10_000;

export interface Service {
  port: number;
  parts: Parts;
  /** Takes nothing new, finishes what is running; the database stays open. */
  drain(): Promise<void>;
}

/** One process of the product: port, turns, upload page and workers. */
export async function startService(
  config: Config,
  database: Database,
  log: Logger,
  teamsClock?: Clock,
): Promise<Service> {
  const parts = await compose(config, database, log, teamsClock);
  const {
    bot,
    jobs,
    releases,
    linkImport,
    connections,
    consent,
    news,
    tickets,
    signIns,
    delegated,
    artifacts,
    metrics,
  } = parts;

  const started = { migrated: false, queue: false };
  const server = createHttpServer({
    bot,
    readiness: createReadiness(
      standardDependencies(database, { migrated: () => started.migrated, queueStarted: () => started.queue }),
    ),
    metrics,
    metricsToken: config.metricsToken,
    isOpen: () => started.queue,
    log,
  });
  server.addRoutes((restify) => {
    addCertificateRoutes(restify, { connections });
    addCertificateUploadRoutes(restify, { uploads: parts.certificateUploads, publicUrl: config.http.publicUrl, log });
  });
  let sweepUploads = async () => 0;
  server.addRoutes((restify) =>
    addAuditRoutes(restify, {
      exports: parts.auditExports,
      rows: parts.auditRows,
      publicUrl: config.http.publicUrl,
      log,
    }),
  );
  server.addRoutes((restify) => {
    addConsentRoutes(restify, { pages: consent.pages, publicUrl: config.http.publicUrl, log });
    addSignInRoutes(restify, { signIns, publicUrl: config.http.publicUrl, log });
    ({ sweep: sweepUploads } = addUploadRoutes(restify, {
      db: database.db,
      tickets,
      artifacts,
      dataDir: config.dataDir,
      publicUrl: config.http.publicUrl,
      maxBytes: config.maxPackageBytes,
      onReceived: async (tx, { ticket, artifact }) => {
        if (await parts.iconNews.received(tx, { ticket, artifact })) return;
        const { id: artifactId, fileName, size, sha256 } = artifact;
        const id = await releases.create(tx, {
          workspaceId: ticket.workspace.id,
          homeTenantId: ticket.homeTenantId,
          requester: ticket.requester,
          place: ticket.place,
          origin: { kind: 'artifact', artifactId, fileName, size },
          sha256,
          connectionId: ticket.connectionId,
        });
        await news.drafted(tx, await releases.get(id, tx));
      },
      afterReceived: () => bot.messenger.nudge(),
      log,
    }));
  });

  // The port opens first, so that /healthz and /readyz can tell what is missing while the database is being brought up.
  const { port } = await server.listen(config.http);
  await database.migrate();
  started.migrated = true;
  database.queue.on('error', (error) => log.error({ err: error }, 'the queue reported an error'));
  await database.queue.start();
  await connections.prepare();
  await jobs.prepare();
  await Promise.all([
    connections.work(),
    consent.watch.work(),
    parts.watch.work(),
    releases.work(),
    linkImport.work(),
    jobs.work(config.jobConcurrency),
  ]);
  started.queue = true;
  bot.start();
  const sweep = async () => {
    await sweepUploads();
    await parts.retention.sweep(new Date());
    await delegated.signIn.refreshDue();
    await sweepPictures(database.db, new Date(Date.now() - 7 * 24 * hour));
    await sweepArtifacts(database.db, artifacts, new Date(Date.now() - 24 * hour));
  };
  const sweeping = setInterval(() => {
    sweep().catch((error) => log.warn({ err: error }, 'old files could not be removed'));
  }, hour);
  log.info({ port, database: database.kind, demo: config.demo }, 'Quartermaster is ready');

  return {
    port,
    parts,
    async drain() {
      clearInterval(sweeping);
      await jobs.drain();
      await database.queue.stop({ graceful: true, timeout: queueEndsWithinMs });
      await server.drain();
      await parts.close();
    },
  };
}
