import { eq, isNull, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { removeArtifact } from '../store/artifacts.ts';
import type { Db } from '../store/database.ts';
import { artifacts, connections, publishJobs, releases } from '../store/schema.ts';

export interface PackageRetentionOptions {
  db: Db;
  store: ArtifactStore;
  /** How many packages of an app are kept after they were published, the last ones. */
  keepPerApp: number;
  /** Bytes that packages kept for going back may take; what is published last in each app stays in any case. */
  keepBytes: number;
  log: Logger;
}

const day = 24 * 3_600_000;
/** A draft that nobody touched, and a job that somebody may still retry. */
const patienceMs = 14 * day;
/** Bytes that came a moment ago and have no draft yet. */
const freshMs = day;

interface Use {
  artifactId: string;
  size: number;
  receivedAt: Date;
  releaseState: (typeof releases.$inferSelect)['state'] | null;
  releaseAt: Date | null;
  jobState: (typeof publishJobs.$inferSelect)['state'] | null;
  outcome: (typeof publishJobs.$inferSelect)['outcome'];
  finishedAt: Date | null;
  /** Tenant and app; null while there is none. */
  app: string | null;
}

/** Removes packages that nobody needs any more: neither a draft, nor a job, nor somebody who wants to go back. */
export class PackageRetention {
  readonly #options: PackageRetentionOptions;

  constructor(options: PackageRetentionOptions) {
    this.#options = options;
  }

  /** Returns how many packages went. */
  async sweep(now: Date): Promise<number> {
    const { db, store, log, keepPerApp, keepBytes } = this.#options;
    const leaving = unneeded(await this.#uses(), { now, keepPerApp, keepBytes });
    for (const id of leaving) await removeArtifact(db, store, id, now);
    if (leaving.length > 0) log.info({ packages: leaving.length }, 'packages that nobody needs were removed');
    return leaving.length;
  }

  #uses(): Promise<Use[]> {
    return this.#options.db
      .select({
        artifactId: artifacts.id,
        size: artifacts.size,
        receivedAt: artifacts.createdAt,
        releaseState: releases.state,
        releaseAt: releases.createdAt,
        jobState: publishJobs.state,
        outcome: publishJobs.outcome,
        finishedAt: publishJobs.finishedAt,
        app: sql<string | null>`${connections.tenantId} || ' ' || (${publishJobs.progress} ->> 'appId')`,
      })
      .from(artifacts)
      .leftJoin(releases, sql`${releases.origin} ->> 'artifactId' = ${artifacts.id}::text`)
      .leftJoin(publishJobs, eq(publishJobs.releaseId, releases.id))
      .leftJoin(connections, eq(connections.id, publishJobs.connectionId))
      .where(isNull(artifacts.removedAt));
  }
}

interface Rule {
  now: Date;
  keepPerApp: number;
  keepBytes: number;
}

/** Ids of artifacts that may go, the ones kept longest first. */
function unneeded(uses: readonly Use[], { now, keepPerApp, keepBytes }: Rule): string[] {
  const inUse = new Set(uses.filter((use) => isAtWork(use, now)).map(({ artifactId }) => artifactId));
  /** By artifact: the best place it has in the history of an app, 0 being what was published last. */
  const places = new Map<string, { place: number; at: number; size: number }>();
  for (const history of histories(uses).values()) {
    for (const [place, { artifactId, size, finishedAt }] of history.entries()) {
      if (place >= Math.max(1, keepPerApp)) continue;
      const before = places.get(artifactId);
      if (before === undefined || place < before.place)
        places.set(artifactId, { place, at: finishedAt?.getTime() ?? 0, size });
    }
  }
  const kept = [...places].filter(([id]) => !inUse.has(id)).sort(([, a], [, b]) => b.at - a.at);
  let bytes = 0;
  const tooMuch = kept
    .filter(([, { place, size }]) => {
      bytes += size;
      return place > 0 && bytes > keepBytes;
    })
    .map(([id]) => id);
  const idle = new Set(uses.map(({ artifactId }) => artifactId).filter((id) => !inUse.has(id) && !places.has(id)));
  return [...idle, ...tooMuch.reverse()];
}

function isAtWork(use: Use, now: Date): boolean {
  const since = (then: Date | null) => (then === null ? 0 : now.getTime() - then.getTime());
  switch (use.releaseState) {
    case null:
      return since(use.receivedAt) < freshMs;
    case 'reading':
    case 'draft':
    case 'planned':
      return since(use.releaseAt) < patienceMs;
    case 'started':
      if (use.jobState !== 'done') return true;
      // It can be retried.
      return (use.outcome === 'failed' || use.outcome === 'cancelled') && since(use.finishedAt) < patienceMs;
    default:
      return false;
  }
}

/** What was published in each app, the latest first, each package once. */
function histories(uses: readonly Use[]): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  const published = uses
    .filter(({ app, outcome }) => app !== null && (outcome === 'published' || outcome === 'publishedWithWarnings'))
    .sort((a, b) => (b.finishedAt?.getTime() ?? 0) - (a.finishedAt?.getTime() ?? 0));
  for (const use of published) {
    const history = found.get(use.app as string) ?? [];
    if (!history.some(({ artifactId }) => artifactId === use.artifactId)) history.push(use);
    found.set(use.app as string, history);
  }
  return found;
}
