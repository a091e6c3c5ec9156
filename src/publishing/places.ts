import { and, asc, eq } from 'drizzle-orm';
import type { StoredConnection } from '../connections/connection.ts';
import { usableConnection } from '../connections/connection-directory.ts';
import type { Connections } from '../connections/connections.ts';
import { asProblemError, type Problem, ProblemError } from '../problems/problem.ts';
import type { Database, Db } from '../store/database.ts';
import { publishJobs, releasePlaces, releases as releaseRows } from '../store/schema.ts';
import type { AssignmentPlanner } from '../templates/assignment-planner.ts';
import type { JobView } from './job-view.ts';
import { shapeFor } from './kinds/app-shapes.ts';
import type { PublishPlan } from './plan.ts';
import { makePlan, withAction } from './planner.ts';
import type { PublishJobs } from './publish-jobs.ts';
import { type FormValues, noTemplate, readReleaseForm } from './release-form.ts';
import { type ReleaseTemplates, withoutDetection } from './release-templates.ts';
import { type Release, type Releases, StaleRelease } from './releases.ts';

export interface PlacesOptions {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'accessTo'>;
  releases: Pick<Releases, 'get' | 'savePlan' | 'confirm'>;
  jobs: Pick<PublishJobs, 'start' | 'nudge' | 'view' | 'retry'>;
  templates: Pick<ReleaseTemplates, 'applied'>;
  assignments: Pick<AssignmentPlanner, 'plan'>;
  now?: () => Date;
}

export interface PlaceRow {
  connection: StoredConnection | null;
  connectionId: string;
  release: Release;
  job: JobView | null;
  /** What pressing Publish does there; null where somebody has to decide first. */
  chosen: PublishPlan | null;
  problem: Problem | null;
}

export interface Places {
  groupId: string;
  /** In the order in which they were chosen. */
  rows: PlaceRow[];
}

/** One package, many connections: a plan and a job for each, and what fails in one place stays there. */
export class ReleasePlaces {
  readonly #options: PlacesOptions;
  readonly #now: () => Date;

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** The group that a release is in; its own id where it is in none. */
  async groupOf(releaseId: string): Promise<string> {
    return (await this.groupWith(releaseId)) ?? releaseId;
  }

  /** Null for a release that goes to one place. */
  async groupWith(releaseId: string, db: Db = this.#options.database.db): Promise<string | null> {
    const [row] = await db
      .select({ groupId: releasePlaces.groupId })
      .from(releasePlaces)
      .where(eq(releasePlaces.releaseId, releaseId));
    return row?.groupId ?? null;
  }

  /** A place was planned on its own card: what had stood in the way of its plan is over. */
  async planned(releaseId: string): Promise<void> {
    await this.#options.database.db
      .update(releasePlaces)
      .set({ problem: null })
      .where(eq(releasePlaces.releaseId, releaseId));
  }

  /** Adds connections and plans each. A connection that is in the group already is planned anew where nothing was started. */
  async add(origin: Release, connections: readonly StoredConnection[], signal: AbortSignal): Promise<Places> {
    const { db } = this.#options.database;
    const groupId = await this.groupOf(origin.id);
    if (origin.plan !== null)
      await db
        .insert(releasePlaces)
        .values({ groupId, connectionId: origin.plan.connectionId, releaseId: origin.id })
        .onConflictDoNothing();
    const planned = await Promise.all(
      connections.map(async (connection) => {
        const releaseId = await this.#releaseFor(groupId, origin, connection.id);
        return { connection, release: await this.#options.releases.get(releaseId) };
      }),
    );
    await Promise.all(planned.map(({ connection, release }) => this.#plan(groupId, release, connection, signal)));
    return this.list(groupId);
  }

  async list(groupId: string, db: Db = this.#options.database.db): Promise<Places> {
    const { releases, jobs } = this.#options;
    const places = await db
      .select()
      .from(releasePlaces)
      .where(eq(releasePlaces.groupId, groupId))
      .orderBy(asc(releasePlaces.createdAt), asc(releasePlaces.connectionId));
    const rows: PlaceRow[] = [];
    for (const { connectionId, releaseId, problem } of places) {
      const release = await releases.get(releaseId, db);
      const [job] = await db
        .select({ id: publishJobs.id })
        .from(publishJobs)
        .where(eq(publishJobs.releaseId, releaseId));
      rows.push({
        connectionId,
        // Null as well where a lent connection was taken back.
        connection: await usableConnection(db, release.workspaceId, connectionId),
        release,
        job: job === undefined ? null : await jobs.view(job.id, db),
        chosen: release.state === 'planned' && release.plan !== null ? obvious(release.plan) : null,
        problem: problem as Problem | null,
      });
    }
    return { groupId, rows };
  }

  /** Starts what is planned and needs no decision. One place that fails does not hold up the others. */
  async start(groupId: string): Promise<Places> {
    const { releases, jobs } = this.#options;
    const { rows } = await this.list(groupId);
    for (const { release, chosen, connection, connectionId } of rows) {
      if (chosen === null || connection === null) continue;
      try {
        await releases.confirm(release, chosen, (tx, confirmed) =>
          jobs.start(tx, { releaseId: confirmed.id, workspaceId: confirmed.workspaceId, plan: chosen }),
        );
      } catch (error) {
        // Somebody else's press was faster.
        if (error instanceof StaleRelease) continue;
        await this.#note(groupId, connectionId, asProblemError(error).problem);
      }
    }
    jobs.nudge();
    return this.list(groupId);
  }

  /** A job that failed is taken up again; a place without a plan is planned anew. */
  async retry(groupId: string, connectionId: string, by: string, signal: AbortSignal): Promise<Places> {
    const { rows } = await this.list(groupId);
    const row = rows.find((each) => each.connectionId === connectionId);
    if (row == null || row.connection === null) return this.list(groupId);
    if (row.job !== null) await this.#options.jobs.retry(row.job.id, by);
    else await this.#plan(groupId, row.release, row.connection, signal);
    return this.list(groupId);
  }

  /** The same package and the same words, for another connection. */
  async #releaseFor(groupId: string, origin: Release, connectionId: string): Promise<string> {
    return this.#options.database.db.transaction(async (tx) => {
      const place = and(eq(releasePlaces.groupId, groupId), eq(releasePlaces.connectionId, connectionId));
      const [known] = await tx.select().from(releasePlaces).where(place);
      if (known !== undefined) return known.releaseId;
      const [row] = await tx.select().from(releaseRows).where(eq(releaseRows.id, origin.id));
      if (row === undefined) throw new Error('The release is gone');
      const { id: _id, createdAt: _at, ...copied } = row;
      const [copy] = await tx
        .insert(releaseRows)
        .values({
          ...copied,
          state: 'draft',
          form: { ...origin.form, connectionId },
          plan: null,
          problem: null,
          revision: 1,
        })
        .returning({ id: releaseRows.id });
      if (copy === undefined) throw new Error('The copy of the release was not written');
      await tx.insert(releasePlaces).values({ groupId, connectionId, releaseId: copy.id });
      return copy.id;
    });
  }

  async #plan(groupId: string, release: Release, connection: StoredConnection, signal: AbortSignal): Promise<void> {
    const { connections, releases } = this.#options;
    const { facts, form } = release;
    if (facts === null || form === null || (release.state !== 'draft' && release.state !== 'planned')) return;
    try {
      const usual = shapeFor(facts, release.origin.fileName, form.appType);
      const applied = await this.#options.templates.applied(release, form, usual);
      const shape = withoutDetection(usual, applied);
      const read = readReleaseForm(form, shape);
      // What was planned once can be read; anything else is decided on its own card.
      if ('faults' in read) return;
      const { mobileApps } = await connections.accessTo(connection.id);
      const plan = await makePlan(
        { release, shape, form: read.form, connection, now: this.#now(), applied },
        mobileApps,
        signal,
      );
      const assigned = await this.#withAssignment(plan, { release, form, connection, signal });
      await releases.savePlan(release, form, assigned);
      await this.#note(groupId, connection.id, null);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StaleRelease) return;
      await this.#note(groupId, connection.id, asProblemError(error).problem);
    }
  }

  /** Groups live in one tenant: a template of another one is left out, and the row says so. */
  async #withAssignment(
    plan: PublishPlan,
    { release, form, connection, signal }: Placed & { signal: AbortSignal },
  ): Promise<PublishPlan> {
    const { assignmentTemplateId: templateId = noTemplate } = form;
    if (templateId === '' || templateId === noTemplate) return plan;
    const appIds = plan.existing.slice(0, 1).map(({ id }) => id);
    const { workspaceId } = release;
    const { graphType } = plan;
    const now = this.#now();
    try {
      const assignment = await this.#options.assignments.plan({
        ...{ workspaceId, templateId, connection, graphType, appIds, now, signal },
      });
      return { ...plan, assignment };
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'templateOtherTenant') throw error;
      const leftOut = 'The assignment template is left out: its groups are in another tenant.';
      return { ...plan, leftOut: [...plan.leftOut, leftOut] };
    }
  }

  async #note(groupId: string, connectionId: string, problem: Problem | null): Promise<void> {
    await this.#options.database.db
      .update(releasePlaces)
      .set({ problem })
      .where(and(eq(releasePlaces.groupId, groupId), eq(releasePlaces.connectionId, connectionId)));
  }
}

interface Placed {
  release: Release;
  form: FormValues;
  connection: StoredConnection;
}

/** A new app where there is none, a new version where there is one and nothing speaks against it. */
function obvious(plan: PublishPlan): PublishPlan | null {
  const [only, ...others] = plan.existing;
  if (only === undefined) return withAction(plan, { action: 'create', texts: undefined });
  return others.length === 0 && only.guard === 'allow'
    ? withAction(plan, { action: `update:${only.id}`, texts: undefined })
    : null;
}
