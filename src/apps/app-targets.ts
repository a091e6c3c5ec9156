import type { StoredConnection } from '../connections/connection.ts';
import type { AppAssignment, GraphObject } from '../graph/app-assignments.ts';
import type { Group } from '../graph/groups/groups.ts';
import type { AssignedTarget, IntuneApp } from '../graph/intune-app.ts';
import { ProblemError } from '../problems/problem.ts';
import {
  type AssignmentDifference,
  changesNothing,
  mergeAssignments,
  targetKey,
} from '../templates/merge-assignments.ts';
import { type AppAccess, openApps } from './app-access.ts';
import { type ChangeServices, finishDraft } from './change-services.ts';

export type TargetChoice = 'group' | 'without' | 'allUsers' | 'allDevices';

export const intents = ['required', 'available', 'availableWithoutEnrollment', 'uninstall'] as const;
export type Intent = (typeof intents)[number];

export interface WantedTarget {
  who: TargetChoice;
  /** For a group that gets it or is left out. */
  group: { id: string; name: string } | null;
  intent: Intent;
}

export interface AssignPlan {
  draftId: string;
  connectionId: string;
  app: IntuneApp;
  wanted: WantedTarget;
  difference: AssignmentDifference;
}

export type Assigned =
  | { kind: 'assigned'; connectionId: string; appId: string; plan: AssignPlan }
  /** Somebody changed the assignments since the plan was shown. */
  | { kind: 'changed'; plan: AssignPlan }
  | { kind: 'done'; connectionId: string; appId: string }
  | { kind: 'gone' };

interface Seen extends Record<string, unknown> {
  wanted: WantedTarget;
  /** Targets and intents when the plan was shown. */
  before: string[];
}

/** Who an app goes to, by hand. What others assigned stays. */
export class AppTargets {
  readonly #services: ChangeServices;

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  async groups(connection: StoredConnection, words: string, signal: AbortSignal): Promise<Group[]> {
    const { groups } = await openApps(this.#services.connections, connection.id);
    return groups.search(words, mostGroups, signal);
  }

  async group(connection: StoredConnection, id: string, signal: AbortSignal): Promise<Group | null> {
    const { groups } = await openApps(this.#services.connections, connection.id);
    return (await groups.byIds([id], signal)).get(id.toLowerCase()) ?? null;
  }

  /** Null when the app is not there any more. */
  async plan(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    wanted: WantedTarget,
    signal: AbortSignal,
  ): Promise<AssignPlan | null> {
    const access = await openApps(this.#services.connections, connection.id);
    const read = await readTargets(access, appId, wanted, signal);
    if (read === null) return null;
    const { id: connectionId } = connection;
    const seen: Seen = { wanted, before: read.before };
    const draft = await this.#services.drafts.begin({ workspaceId, connectionId, appId, kind: 'assign', seen });
    return { draftId: draft.id, connectionId, app: read.app, wanted, difference: read.difference };
  }

  async assign(workspaceId: string, draftId: string, signal: AbortSignal): Promise<Assigned> {
    const { drafts, connections } = this.#services;
    const draft = await drafts.find(workspaceId, 'assign', draftId);
    if (draft === null) return { kind: 'gone' };
    const { connectionId, appId } = draft;
    if (draft.doneAt !== null) return { kind: 'done', connectionId, appId };
    const access = await openApps(connections, connectionId);
    const { wanted, before } = draft.seen as Seen;
    const read = await readTargets(access, appId, wanted, signal);
    if (read === null) return { kind: 'gone' };
    const plan: AssignPlan = { draftId, connectionId, app: read.app, wanted, difference: read.difference };
    const isAsSeen = JSON.stringify(before) === JSON.stringify(read.before);
    if (!isAsSeen && !changesNothing(read.difference)) {
      await drafts.see(draft, { wanted, before: read.before });
      return { kind: 'changed', plan };
    }
    mustBePublished(read.app);
    if (!changesNothing(read.difference)) await access.assignments.assign(appId, read.all, signal);
    await finishDraft(this.#services, draft, {
      appName: read.app.metadata.displayName,
      before: { assignments: read.before },
      after: { assignments: read.all.map(shortly).sort() },
    });
    return { kind: 'assigned', connectionId, appId, plan };
  }

  /** Takes one assignment away; the app's other assignments are not touched. Null: neither is there any more. */
  async unassign(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    assignmentId: string,
    signal: AbortSignal,
  ): Promise<AssignedTarget | 'gone' | null> {
    const { database, audit, connections } = this.#services;
    const { apps, changes } = await openApps(connections, connection.id);
    const app = await apps.get(appId, signal);
    if (app === null) return null;
    const target = app.assignments.find(({ id }) => id === assignmentId);
    if (target === undefined) return 'gone';
    await changes.unassign(appId, assignmentId, signal);
    await audit.record(database.db, {
      workspaceId,
      subject: { kind: 'app', id: appId, name: app.metadata.displayName ?? appId },
      before: { assignment: shortly(target) },
      after: { assignment: null },
    });
    return target;
  }
}

/** Intune refuses assignments and relations of an app that it is still processing. */
export function mustBePublished({ publishingState }: IntuneApp): void {
  if (publishingState !== 'published') throw new ProblemError('appNotPublishedYet');
}

const mostGroups = 10;

async function readTargets(access: AppAccess, appId: string, wanted: WantedTarget, signal: AbortSignal) {
  const app = await access.apps.get(appId, signal);
  if (app === null) return null;
  const there = app.assignments.map(({ id: _, ...assignment }) => assignment);
  const { all, difference } = mergeAssignments(there, [assignmentOf(wanted)], 'add');
  return { app, all, difference, before: there.map(shortly).sort() };
}

function assignmentOf({ who, group, intent }: WantedTarget): AppAssignment {
  return { intent, target: targetOf(who, group?.id ?? null), settings: null };
}

function targetOf(who: TargetChoice, groupId: string | null): GraphObject {
  const type = (name: string) => `#microsoft.graph.${name}`;
  switch (who) {
    case 'group':
      return { '@odata.type': type('groupAssignmentTarget'), groupId };
    case 'without':
      return { '@odata.type': type('exclusionGroupAssignmentTarget'), groupId };
    case 'allUsers':
      return { '@odata.type': type('allLicensedUsersAssignmentTarget') };
    case 'allDevices':
      return { '@odata.type': type('allDevicesAssignmentTarget') };
  }
}

const shortly = (assignment: AppAssignment) =>
  `${targetKey(assignment)} ${assignment.target['@odata.type'].replace(/^#?microsoft\.graph\./, '')} ${assignment.intent}`;
