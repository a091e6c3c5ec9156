import { createHash, randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Actor, Place } from '../access/actor.ts';
import type { PackageFacts } from '../packages/package-facts.ts';
import { asProblemError, type Problem, problem } from '../problems/problem.ts';
import { type Database, type Db, queueDatabase } from '../store/database.ts';
import { releases } from '../store/schema.ts';
import { assertPublishable } from './kinds/app-shapes.ts';
import { type PackageOrigin, type PackageOrigins, packageOrigin } from './package-origin.ts';
import { type PublishPlan, publishPlan } from './plan.ts';
import { type FormValues, formValues } from './release-form.ts';

const readQueue = 'read-package';
/** One slow host must not hold up everybody's drafts. */
const readersAtOnce = 4;

export type ReleaseState = 'reading' | 'draft' | 'planned' | 'started' | 'discarded' | 'failed';

export interface Release {
  id: string;
  workspaceId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  state: ReleaseState;
  origin: PackageOrigin;
  sha256: string | null;
  /** Without the icon's bytes. */
  facts: PackageFacts | null;
  icon: { mimeType: string; base64: string } | null;
  /** As it was typed, right or wrong. */
  form: FormValues | null;
  plan: PublishPlan | null;
  problem: Problem | null;
  revision: number;
}

export interface NewRelease {
  workspaceId: string;
  homeTenantId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  origin: PackageOrigin;
  /** Hex, where it is already known. */
  sha256: string | null;
  /** Where it was meant to go from the start; the form shows it chosen. */
  connectionId?: string | null;
}

export interface ReleasesOptions {
  database: Database;
  origins: PackageOrigins;
  readPackage(
    source: Awaited<ReturnType<PackageOrigins['open']>>,
    fileName: string,
    options: { signal: AbortSignal },
  ): Promise<PackageFacts>;
  /** The facts are known, or the package was refused. */
  onRead(releaseId: string): Promise<void>;
  log: Logger;
}

/** Somebody else changed the release first; the newest state is inside. */
export class StaleRelease extends Error {
  readonly release: Release;
  constructor(release: Release) {
    super('The release was changed meanwhile');
    this.release = release;
  }
}

/** From a package to a confirmed plan. Nothing here reaches Intune. */
export class Releases {
  readonly #options: ReleasesOptions;

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  /** Writes the draft and queues its reading in the same transaction. */
  async create(tx: Db, draft: NewRelease): Promise<string> {
    const [row] = await tx
      .insert(releases)
      .values({
        workspaceId: draft.workspaceId,
        homeTenantId: draft.homeTenantId,
        requesterId: draft.requester.objectId,
        requesterName: draft.requester.name,
        requesterTeamsId: draft.requester.teamsId,
        place: draft.place,
        state: 'reading',
        origin: draft.origin,
        sha256: draft.sha256,
        form: draft.connectionId == null ? null : { connectionId: draft.connectionId },
      })
      .returning({ id: releases.id });
    if (row === undefined) throw new Error('The release was not written');
    await this.#options.database.queue.send(
      readQueue,
      { releaseId: row.id },
      { db: queueDatabase(tx), retryLimit: 10, retryDelay: 5 },
    );
    return row.id;
  }

  /** A new draft of a package that was published before; it needs no reading. */
  async again(earlierId: string, draft: Pick<NewRelease, 'homeTenantId' | 'requester' | 'place'>): Promise<string> {
    const { db } = this.#options.database;
    const [earlier] = await db.select().from(releases).where(eq(releases.id, earlierId));
    if (earlier === undefined) throw new Error('No such release');
    const { workspaceId, origin, sha256, facts, iconBase64, form } = earlier;
    const [row] = await db
      .insert(releases)
      .values({
        workspaceId,
        homeTenantId: draft.homeTenantId,
        requesterId: draft.requester.objectId,
        requesterName: draft.requester.name,
        requesterTeamsId: draft.requester.teamsId,
        place: draft.place,
        state: 'draft',
        origin,
        sha256,
        facts,
        iconBase64,
        form,
      })
      .returning({ id: releases.id });
    if (row === undefined) throw new Error('The release was not written');
    return row.id;
  }

  async work(): Promise<void> {
    const { queue } = this.#options.database;
    await queue.createQueue(readQueue, { heartbeatSeconds: 60, expireInSeconds: 12 * 3600 });
    // Fills the queue's memory of itself: looking it up inside a transaction would wait for the embedded database for ever.
    await queue.findJobs(readQueue, { id: randomUUID() });
    await queue.work<{ releaseId: string }>(
      readQueue,
      { pollingIntervalSeconds: 0.5, localConcurrency: readersAtOnce, heartbeatRefreshSeconds: 20 },
      async (jobs) => {
        for (const job of jobs) await this.#read(job.data.releaseId, job.signal);
      },
    );
  }

  async find(workspaceId: string, id: string): Promise<Release | null> {
    const [row] = await this.#options.database.db
      .select()
      .from(releases)
      .where(and(eq(releases.id, id), eq(releases.workspaceId, workspaceId)));
    return row === undefined ? null : toRelease(row);
  }

  /** Inside a transaction pass it on: the embedded database has one connection, and a second query would wait for ever. */
  async get(id: string, db: Db = this.#options.database.db): Promise<Release> {
    const [row] = await db.select().from(releases).where(eq(releases.id, id));
    if (row === undefined) throw new Error('No such release');
    return toRelease(row);
  }

  saveForm(release: Release, form: FormValues): Promise<Release> {
    return this.#change(this.#options.database.db, release, { form, state: 'draft', plan: null });
  }

  savePlan(release: Release, form: FormValues, plan: PublishPlan): Promise<Release> {
    return this.#change(this.#options.database.db, release, { form, plan, state: 'planned' });
  }

  discard(release: Release): Promise<Release> {
    return this.#change(this.#options.database.db, release, { state: 'discarded' });
  }

  /** `start` queues the job in the same transaction, so that a plan is carried out once or not at all. */
  async confirm<T>(release: Release, plan: PublishPlan, start: (tx: Db, confirmed: Release) => Promise<T>): Promise<T> {
    return this.#options.database.db.transaction(async (tx) => {
      const confirmed = await this.#change(tx as unknown as Db, release, { state: 'started', plan });
      return start(tx as unknown as Db, confirmed);
    });
  }

  async #change(db: Db, release: Release, values: Partial<typeof releases.$inferInsert>): Promise<Release> {
    const [row] = await db
      .update(releases)
      .set({ ...values, revision: release.revision + 1 })
      .where(and(eq(releases.id, release.id), eq(releases.revision, release.revision)))
      .returning();
    if (row === undefined) throw new StaleRelease(await this.get(release.id, db));
    return toRelease(row);
  }

  async #read(releaseId: string, signal: AbortSignal): Promise<void> {
    const { log, onRead, origins, readPackage, database } = this.#options;
    const release = await this.get(releaseId);
    if (release.state !== 'reading') return;
    try {
      const source = await origins.open(release.origin, signal);
      try {
        const facts = await readPackage(source, release.origin.fileName, { signal });
        assertPublishable(facts, new Date());
        const sha256 = release.sha256 ?? (await digestOf(source.stream(0, signal)));
        const { icon, ...withoutIcon } = facts;
        await this.#change(database.db, release, {
          state: 'draft',
          sha256,
          facts: {
            ...withoutIcon,
            icon: icon === null ? null : { mimeType: icon.mimeType, width: icon.width, height: icon.height },
          },
          iconBase64: icon === null ? null : icon.bytes.toString('base64'),
        });
      } finally {
        await source.close();
      }
    } catch (error) {
      if (error instanceof StaleRelease) return;
      // The process is ending: the queue brings the reading back, and the draft is not to blame.
      if (signal.aborted) throw error;
      const found = asProblemError(error);
      if (found.problem.code === 'unexpected') log.error({ err: error, releaseId }, 'a package could not be read');
      if (found.problem.retryable && !signal.aborted && found.problem.code === 'networkDown') throw error;
      await this.#change(database.db, release, {
        state: 'failed',
        problem: problem(found.problem.code, {
          ...(found.problem.detail === undefined ? {} : { detail: found.problem.detail }),
        }),
      });
    }
    await onRead(releaseId);
  }
}

async function digestOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

function toRelease(row: typeof releases.$inferSelect): Release {
  const stored = row.facts as (Omit<PackageFacts, 'icon'> & { icon: { mimeType: string } | null }) | null;
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    requester: { objectId: row.requesterId, name: row.requesterName, teamsId: row.requesterTeamsId },
    place: row.place as Place,
    state: row.state,
    origin: packageOrigin.parse(row.origin),
    sha256: row.sha256,
    facts: stored === null ? null : ({ ...stored, icon: null } as PackageFacts),
    icon:
      row.iconBase64 === null || stored?.icon == null
        ? null
        : { mimeType: stored.icon.mimeType, base64: row.iconBase64 },
    form: row.form === null ? null : formValues.parse(row.form),
    plan: row.plan === null ? null : publishPlan.parse(row.plan),
    problem: row.problem as Problem | null,
    revision: row.revision,
  };
}
