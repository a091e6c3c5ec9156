import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { type AppAssignment, createAppAssignments } from '../graph/app-assignments.ts';
import { createGroups } from '../graph/groups/groups.ts';
import { ProblemError } from '../problems/problem.ts';
import { type AssignmentTemplate, whoName } from './assignment-template.ts';
import { assignmentTitle, rowTitle } from './assignment-titles.ts';
import { assignmentsForApp } from './assignments-for-app.ts';
import { changesNothing, type MergeMode, mergeAssignments, traceOfAll } from './merge-assignments.ts';
import type { ChangeOfApp, PlannedAssignment } from './planned-assignment.ts';
import type { Templates } from './templates.ts';

export interface AssignmentPlannerOptions {
  templates: Pick<Templates<AssignmentTemplate>, 'list' | 'find'>;
  connections: Pick<Connections, 'accessTo'>;
}

export interface AssignmentRequest {
  workspaceId: string;
  templateId: string;
  connection: StoredConnection;
  graphType: string;
  /** Apps that are there already and may get it. */
  appIds: readonly string[];
  /** `add` without it: what others assigned stays. */
  mode?: MergeMode;
  now: Date;
  signal: AbortSignal;
}

/** What using a template on an app would do now. Reads Intune, changes nothing. */
export class AssignmentPlanner {
  readonly #options: AssignmentPlannerOptions;

  constructor(options: AssignmentPlannerOptions) {
    this.#options = options;
  }

  /** The saved templates whose groups live in the tenant of one of these connections. */
  async choices(
    workspaceId: string,
    connections: readonly Pick<StoredConnection, 'cloud' | 'tenantId' | 'name'>[],
  ): Promise<{ id: string; name: string; where: string }[]> {
    const all = await this.#options.templates.list(workspaceId);
    return all.flatMap(({ id, content, tenant }) => {
      const connection = connections.find(
        ({ cloud, tenantId }) => cloud === tenant?.cloud && tenantId === tenant.tenantId,
      );
      return content === null || connection === undefined ? [] : [{ id, name: content.name, where: connection.name }];
    });
  }

  /** Throws the explained reason why the template cannot be used here. */
  async plan(request: AssignmentRequest): Promise<PlannedAssignment> {
    const { workspaceId, templateId, connection, graphType, mode = 'add', now, signal } = request;
    const stored = await this.#options.templates.find(workspaceId, templateId);
    const template = stored?.content ?? null;
    if (stored === null || template === null) throw new ProblemError('templateNotFound');
    const { tenant } = stored;
    if (tenant?.cloud !== connection.cloud || tenant.tenantId !== connection.tenantId)
      throw new ProblemError('templateOtherTenant');
    const made = assignmentsForApp(template, graphType, now);
    if (made.refused.length > 0) throw new ProblemError('templateDoesNotFit', { detail: made.refused.join(' ') });
    const { graph } = await this.#options.connections.accessTo(connection.id);
    await this.#expectGroups(createGroups(graph), template, signal);
    const door = createAppAssignments(graph);
    const changes: ChangeOfApp[] = [];
    for (const appId of request.appIds)
      changes.push(changeOf(appId, await door.list(appId, signal), made.assignments, { template, mode }));
    return { templateId, template, targets: template.rows.map(rowTitle), leftOut: made.leftOut, changes };
  }

  /**
   * Writes what a plan showed to an app that is there. Null where somebody changed its assignments since: then nothing is
   * written. Written already, it changes nothing.
   */
  async apply(request: AssignmentRequest & { appId: string; shown: string }): Promise<number | null> {
    const { appId, connection, graphType, mode = 'add', now, signal, shown } = request;
    const { template } = await this.plan({ ...request, appIds: [] });
    const { graph } = await this.#options.connections.accessTo(connection.id);
    const door = createAppAssignments(graph);
    const existing = await door.list(appId, signal);
    const wanted = assignmentsForApp(template, graphType, now).assignments;
    const { all, difference } = mergeAssignments(existing, wanted, mode);
    if (changesNothing(difference)) return all.length;
    if (traceOfAll(existing) !== shown) return null;
    // Without the signal: a change that was begun is worth its answer.
    await door.assign(appId, all);
    return all.length;
  }

  /** Where groups cannot be read nothing can be said about them, and Intune has the last word. */
  async #expectGroups(
    groups: ReturnType<typeof createGroups>,
    { rows }: AssignmentTemplate,
    signal: AbortSignal,
  ): Promise<void> {
    const named = rows.flatMap(({ who }) => (who.kind === 'group' ? [who] : []));
    if (named.length === 0) return;
    let there: ReadonlyMap<string, unknown>;
    try {
      there = await groups.byIds(
        named.map(({ id }) => id),
        signal,
      );
    } catch (error) {
      if (error instanceof ProblemError && unreadable.has(error.problem.code)) return;
      throw error;
    }
    const gone = named.filter(({ id }) => !there.has(id));
    if (gone.length > 0)
      throw new ProblemError('templateGroupGone', { detail: `It is about ${gone.map(whoName).join(', ')}.` });
  }
}

const unreadable: ReadonlySet<string> = new Set(['graphPermissionMissing', 'graphForbidden']);

function changeOf(
  appId: string,
  existing: readonly AppAssignment[],
  wanted: readonly AppAssignment[],
  { template, mode }: { template: AssignmentTemplate; mode: MergeMode },
): ChangeOfApp {
  const { difference } = mergeAssignments(existing, wanted, mode);
  const title = (assignment: AppAssignment) => assignmentTitle(assignment, template);
  return {
    appId,
    added: difference.added.map(title),
    changed: difference.changed.map(({ before, after }) =>
      title(before) === title(after) ? `${title(after)} (settings)` : `${title(before)} → ${title(after)}`,
    ),
    removed: difference.removed.map(title),
    kept: difference.kept.length,
    contradictions: difference.contradictions.map(({ wanted: each }) => title(each)),
    trace: traceOfAll(existing),
  };
}
