import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Actor, Place } from '../access/actor.ts';
import type { Outbound } from '../network/outbound.ts';
import { linkFileName, safeFileName } from '../packages/link-name.ts';
import { type ProbedLink, parseLink, probeLink } from '../packages/probe-link.ts';
import { asProblemError, type Problem, problem } from '../problems/problem.ts';
import type { ArtifactStore, StoredBytes } from '../store/artifact-store.ts';
import { addArtifact } from '../store/artifacts.ts';
import { type Database, type Db, queueDatabase } from '../store/database.ts';
import { secrets } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import { type CopyLinkOptions, copyLink } from './copy-link.ts';
import type { PackageOrigin } from './package-origin.ts';

const importQueue = 'link-import';
const retryLimit = 3;

/** Whose link it is and where its news go. */
export interface ImportSubject {
  workspaceId: string;
  homeTenantId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  fileName: string;
  host: string;
}

export interface LinkImportRequest extends Omit<ImportSubject, 'fileName' | 'host'> {
  url: string;
  /** Where somebody knows it better than the host. */
  fileName?: string;
  signal: AbortSignal;
}

export interface ImportedPackage extends ImportSubject {
  /** Null where the bytes stay at their host. */
  importId: string | null;
  origin: PackageOrigin;
  /** Hex; null where nobody has read all bytes yet. */
  sha256: string | null;
}

/** A copy as a card shows it. */
export interface ImportView {
  id: string;
  subject: ImportSubject;
  /** `ended`: it is not known yet how. */
  state: 'waiting' | 'copying' | 'imported' | 'failed' | 'cancelled' | 'ended';
  receivedBytes: number;
  /** Null where the host does not say it, or another process copies. */
  totalBytes: number | null;
  /** Why it failed. */
  problem: Problem | null;
}

export interface AcceptedImport {
  /** For `view` and `cancel`; null when there is nothing left to do. */
  id: string | null;
  fileName: string;
  host: string;
}

export interface LinkImportOptions {
  database: Database;
  outbound: Outbound;
  artifacts: ArtifactStore;
  vault: Pick<SecretVault, 'put' | 'get'>;
  maxBytes: number;
  /** Called once, inside the transaction that ends the import. */
  onImported(tx: Db, imported: ImportedPackage): Promise<void>;
  /** Called once, inside the transaction that ends the import; a cancelled one is told as `importCancelled`. */
  onFailed(tx: Db, id: string, subject: ImportSubject, failed: Problem): Promise<void>;
  /** After those, for work that may be lost. */
  afterChange?: () => void;
  /** Called often while bytes come in; `view` says how many. */
  onProgress?: (id: string) => void;
  /** Copies at the same time in this process. */
  concurrency?: number;
  wait?: CopyLinkOptions['wait'];
  log: Logger;
}

const importJob = z.object({
  /** The link is a secret of the vault. As long as it is there, the import has not ended. */
  linkSecretId: z.string(),
  subject: z.object({
    workspaceId: z.string(),
    homeTenantId: z.string(),
    requester: z.object({ objectId: z.string(), name: z.string(), teamsId: z.string() }),
    place: z.custom<Place>((value) => typeof value === 'object' && value !== null),
    fileName: z.string(),
    host: z.string(),
  }),
});
type ImportJob = z.infer<typeof importJob>;

/** What the queue keeps of an import that has ended. */
const importEnd = z.object({ outcome: z.enum(['imported', 'failed']), problem: z.custom<Problem>().nullable() });
type ImportEnd = z.infer<typeof importEnd>;

interface Running {
  stop: AbortController;
  receivedBytes: number;
  totalBytes: number | null;
}

type PinnedLink = ProbedLink & { size: number; etag: string };

/** Only a strong ETag and ranges let the bytes stay where they are: what is read later is what was confirmed. */
const isPinned = (probed: ProbedLink): probed is PinnedLink =>
  probed.acceptsRanges && probed.etag !== null && probed.size !== null;

/** `publish <https url>`: from a link to a package origin. */
export class LinkImport {
  readonly #options: LinkImportOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: LinkImportOptions) {
    this.#options = options;
  }

  /**
   * Looks at the link. Bytes that are pinned at their host are accepted at once, others are copied by a worker; so is the
   * look itself when the host takes longer than `signal` allows. Throws the problem of a link that is none.
   */
  async begin(request: LinkImportRequest): Promise<AcceptedImport> {
    const { database, vault, afterChange } = this.#options;
    const url = parseLink(request.url);
    this.#options.outbound.check(url);
    const probed = await this.#probe(url, request.signal).catch((error: unknown) => {
      if (request.signal.aborted) return null;
      throw error;
    });
    const fileName = safeFileName(request.fileName ?? '') || (probed?.fileName ?? linkFileName(null, [url]));
    const { workspaceId, homeTenantId, requester, place } = request;
    const subject: ImportSubject = { workspaceId, homeTenantId, requester, place, fileName, host: url.host };

    const id = await database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      if (probed !== null && isPinned(probed)) {
        await this.#accept(tx, null, subject, url, probed);
        return null;
      }
      const data: ImportJob = { linkSecretId: await vault.put(tx, url.href), subject };
      return database.queue.send(importQueue, data, {
        db: queueDatabase(tx),
        retryLimit,
        retryDelay: 10,
        heartbeatSeconds: 60,
        expireInSeconds: 12 * 3600,
      });
    });
    afterChange?.();
    return { id, fileName, host: url.host };
  }

  /** False when it had ended before. */
  async cancel(id: string): Promise<boolean> {
    const { afterChange, database, onFailed } = this.#options;
    const [job] = await database.queue.findJobs<ImportJob>(importQueue, { id });
    if (job === undefined) return false;
    const { subject, linkSecretId } = importJob.parse(job.data);
    const ended = await this.#end(linkSecretId, async (tx) => {
      await database.queue.cancel(importQueue, id, { db: queueDatabase(tx) });
      await onFailed(tx, id, subject, problem('importCancelled'));
    });
    if (!ended) return false;
    this.#running.get(id)?.stop.abort();
    afterChange?.();
    return true;
  }

  /** Null where it is unknown here, or so old that the queue has forgotten it. */
  async view(workspaceId: string, id: string): Promise<ImportView | null> {
    const view = await this.viewOf(id);
    return view?.subject.workspaceId === workspaceId ? view : null;
  }

  /** Of any workspace: for a card that is in a chat already. */
  async viewOf(id: string): Promise<ImportView | null> {
    const [job] = await this.#options.database.queue.findJobs<ImportJob>(importQueue, { id });
    if (job === undefined) return null;
    const { subject, linkSecretId } = importJob.parse(job.data);
    const { receivedBytes = 0, totalBytes = null } = this.#running.get(id) ?? {};
    const shown = { id, subject, receivedBytes, totalBytes, problem: null };
    const ended = importEnd.safeParse(job.output);
    if (ended.success) return { ...shown, state: ended.data.outcome, problem: ended.data.problem };
    if (job.state === 'cancelled') return { ...shown, state: 'cancelled' };
    if ((await this.#linkOf(linkSecretId)) === null) return { ...shown, state: 'ended' };
    return { ...shown, state: job.state === 'active' ? 'copying' : 'waiting' };
  }

  /** Must have been called once before links are accepted; `work` does it too. */
  async createQueue(): Promise<void> {
    const { queue } = this.#options.database;
    await queue.createQueue(importQueue);
    // Fills the queue's memory of itself: looking it up inside a transaction would wait for the embedded database for ever.
    await queue.findJobs(importQueue, { id: randomUUID() });
  }

  async work(): Promise<void> {
    await this.createQueue();
    const { database, concurrency = 2 } = this.#options;
    const options = { pollingIntervalSeconds: 0.5, localConcurrency: concurrency };
    await database.queue.work<ImportJob>(importQueue, options, async (jobs) => {
      for (const job of jobs) {
        const stop = new AbortController();
        this.#running.set(job.id, { stop, receivedBytes: 0, totalBytes: null });
        const signal = AbortSignal.any([job.signal, stop.signal]);
        try {
          return await this.#import(job.id, importJob.parse(job.data), signal, job.retryCount >= retryLimit);
        } finally {
          this.#running.delete(job.id);
        }
      }
      return null;
    });
  }

  /** The answer is what the queue keeps; null where this import was ended elsewhere. */
  async #import(
    id: string,
    { linkSecretId, subject }: ImportJob,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<ImportEnd | null> {
    const { afterChange, log, onFailed } = this.#options;
    const url = await this.#linkOf(linkSecretId);
    if (url === null) return null;
    let end: ImportEnd = { outcome: 'imported', problem: null };
    try {
      const probed = await this.#probe(url, signal);
      if (isPinned(probed)) await this.#end(linkSecretId, (tx) => this.#accept(tx, id, subject, url, probed));
      else await this.#copy(id, linkSecretId, subject, url, signal);
    } catch (error) {
      if ((await this.#linkOf(linkSecretId)) === null) return null;
      const found = asProblemError(error);
      // This process ends, or something of ours failed: the queue brings the job back.
      if (signal.aborted || (found.problem.code === 'unexpected' && !isLast)) throw error;
      if (found.problem.code === 'unexpected') log.error({ err: error, importId: id }, 'a link could not be imported');
      await this.#end(linkSecretId, (tx) => onFailed(tx, id, subject, found.problem));
      end = { outcome: 'failed', problem: found.problem };
    }
    afterChange?.();
    return end;
  }

  async #copy(id: string, linkSecretId: string, subject: ImportSubject, url: URL, signal: AbortSignal): Promise<void> {
    const { artifacts, maxBytes, onImported, onProgress, outbound, wait } = this.#options;
    const stored = await copyLink(url, {
      outbound,
      artifacts,
      maxBytes,
      signal,
      onProgress: (receivedBytes, totalBytes) => {
        const running = this.#running.get(id);
        if (running !== undefined) Object.assign(running, { receivedBytes, totalBytes });
        onProgress?.(id);
      },
      ...(wait === undefined ? {} : { wait }),
    });
    const { workspaceId, fileName } = subject;
    const ended = await this.#end(linkSecretId, async (tx) => {
      const { id: artifactId, size, sha256 } = await addArtifact(tx, { workspaceId, fileName, stored });
      await onImported(tx, {
        ...subject,
        importId: id,
        origin: { kind: 'artifact', artifactId, fileName, size },
        sha256,
      });
    }).catch((error: unknown) => this.#forget(stored, error));
    if (!ended) await artifacts.remove(stored.location);
  }

  async #forget(stored: StoredBytes, error: unknown): Promise<never> {
    await this.#options.artifacts.remove(stored.location);
    throw error;
  }

  async #accept(
    tx: Db,
    importId: string | null,
    subject: ImportSubject,
    url: URL,
    { size, etag }: PinnedLink,
  ): Promise<void> {
    const { onImported, vault } = this.#options;
    const urlSecretId = await vault.put(tx, url.href);
    const { fileName, host } = subject;
    await onImported(tx, {
      ...subject,
      importId,
      origin: { kind: 'link', urlSecretId, host, fileName, size, etag },
      sha256: null,
    });
  }

  /** Does `last` together with taking the link away, so that an import ends once however often its job runs. */
  async #end(linkSecretId: string, last: (tx: Db) => Promise<void>): Promise<boolean> {
    return this.#options.database.db.transaction(async (transaction) => {
      const tx = transaction as unknown as Db;
      const taken = await tx.delete(secrets).where(eq(secrets.id, linkSecretId)).returning({ id: secrets.id });
      if (taken.length === 0) return false;
      await last(tx);
      return true;
    });
  }

  #probe(url: URL, signal: AbortSignal): Promise<ProbedLink> {
    return probeLink(this.#options.outbound, url, { maxBytes: this.#options.maxBytes, signal });
  }

  async #linkOf(secretId: string): Promise<URL | null> {
    const { database, vault } = this.#options;
    const [row] = await database.db.select({ id: secrets.id }).from(secrets).where(eq(secrets.id, secretId));
    if (row === undefined) return null;
    return new URL((await vault.get(database.db, secretId)).toString('utf8'));
  }
}
