import type { StoredConnection } from '../connections/connection.ts';
import { asNewRelation, mostSuperseded, type NewRelation } from '../graph/app-relations.ts';
import type { AppRelation, AppRow, IntuneApp } from '../graph/intune-app.ts';

import { type AppAccess, openApps } from './app-access.ts';
import { mustBePublished } from './app-targets.ts';
import { type ChangeServices, finishDraft } from './change-services.ts';

/** What can be said about another app. */
export const relationKinds = ['update', 'replace', 'autoInstall', 'detect', 'none'] as const;
export type RelationKind = (typeof relationKinds)[number];

export interface WantedRelation {
  otherId: string;
  otherName: string;
  /** `none` takes what is there away. */
  how: RelationKind;
}

export interface RelationPlan {
  draftId: string;
  connectionId: string;
  app: IntuneApp;
  wanted: WantedRelation;
  before: AppRelation | null;
  /** Others that stay. */
  kept: number;
}

export type Related =
  | { kind: 'saved'; plan: RelationPlan }
  | { kind: 'changed'; plan: RelationPlan }
  | { kind: 'done'; connectionId: string; appId: string }
  | { kind: 'gone' };

/** A sentence for the person. */
export interface RelationFault {
  fault: string;
}

/**
 * Intune's limits: only Win32 apps have relations, at most 10 apps hang together by supersedence and 100 by dependencies.
 * https://learn.microsoft.com/intune/intune-service/apps/apps-win32-supersedence,
 * https://learn.microsoft.com/intune/intune-service/apps/apps-win32-add#dependencies
 */
const relatable: ReadonlySet<string> = new Set(['win32LobApp', 'win32CatalogApp']);
const mostDependencies = 100;

/** Which apps an app replaces and which it needs. What is there already is kept: Intune takes the whole set only. */
export class AppRelations {
  readonly #services: ChangeServices;

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  static areFor(graphType: string): boolean {
    return relatable.has(graphType);
  }

  /** Win32 apps whose name is, or holds, the words. */
  async candidates(connection: StoredConnection, words: string, signal: AbortSignal): Promise<AppRow[]> {
    const { apps } = await openApps(this.#services.connections, connection.id);
    return (await apps.named(words, 20, signal)).filter(({ graphType }) => relatable.has(graphType)).slice(0, 8);
  }

  /** Null when the app is not there any more. */
  async plan(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    wanted: { otherId: string; how: RelationKind },
    signal: AbortSignal,
  ): Promise<RelationPlan | RelationFault | null> {
    const access = await openApps(this.#services.connections, connection.id);
    const read = await readRelations(access, appId, wanted.otherId, signal);
    if (read === null) return null;
    const fault = faultOf(read, wanted);
    if (fault !== null) return { fault };
    const { id: connectionId } = connection;
    const full = { ...wanted, otherName: read.otherName };
    const seen = { wanted: full, before: shortly(read.own) };
    const draft = await this.#services.drafts.begin({ workspaceId, connectionId, appId, kind: 'relations', seen });
    return planOf(draft.id, connectionId, read, full);
  }

  async save(workspaceId: string, draftId: string, signal: AbortSignal): Promise<Related | RelationFault> {
    const { drafts, connections } = this.#services;
    const draft = await drafts.find(workspaceId, 'relations', draftId);
    if (draft === null) return { kind: 'gone' };
    const { connectionId, appId } = draft;
    if (draft.doneAt !== null) return { kind: 'done', connectionId, appId };
    const { wanted, before } = draft.seen as { wanted: WantedRelation; before: string[] };
    const access = await openApps(connections, connectionId);
    const read = await readRelations(access, appId, wanted.otherId, signal);
    if (read === null) return { kind: 'gone' };
    const fault = faultOf(read, wanted);
    if (fault !== null) return { fault };
    const plan = planOf(draftId, connectionId, read, wanted);
    if (JSON.stringify(before) !== JSON.stringify(shortly(read.own))) {
      await drafts.see(draft, { wanted, before: shortly(read.own) });
      return { kind: 'changed', plan };
    }
    mustBePublished(read.app);
    const others = read.own.filter(({ targetId }) => targetId !== wanted.otherId);
    const after = [
      ...others.map(asNewRelation),
      ...(wanted.how === 'none' ? [] : [newRelation(wanted.otherId, wanted.how)]),
    ];
    await access.changes.setRelations(appId, after, signal);
    await finishDraft(this.#services, draft, {
      appName: read.app.metadata.displayName,
      before: { relations: shortly(read.own) },
      after: { relations: after.map(({ kind, targetId, how }) => `${kind} ${how} ${targetId}`) },
    });
    return { kind: 'saved', plan };
  }
}

interface ReadRelations {
  app: IntuneApp;
  /** From this app to others. */
  own: AppRelation[];
  inbound: AppRelation[];
  otherId: string;
  otherName: string;
  other: IntuneApp | null;
}

async function readRelations(
  access: AppAccess,
  appId: string,
  otherId: string,
  signal: AbortSignal,
): Promise<ReadRelations | null> {
  const [app, other, relations] = await Promise.all([
    access.apps.get(appId, signal),
    access.apps.get(otherId, signal),
    access.apps.relations(appId, signal),
  ]);
  if (app === null) return null;
  const own = relations.filter(({ isInbound }) => !isInbound);
  const known = own.find(({ targetId }) => targetId === otherId)?.targetName;
  const otherName = other?.metadata.displayName ?? known ?? otherId;
  return { app, own, inbound: relations.filter(({ isInbound }) => isInbound), otherId, otherName, other };
}

function faultOf(
  { app, own, inbound, other, otherName }: ReadRelations,
  wanted: { otherId: string; how: RelationKind },
): string | null {
  if (wanted.how === 'none') return null;
  if (!relatable.has(app.graphType)) return 'Intune knows relations of Win32 apps only';
  if (other === null) return 'The other app is not in Intune any more';
  if (!relatable.has(other.graphType)) return `${otherName} is no Win32 app, and Intune relates Win32 apps only`;
  if (other.id === app.id) return 'An app cannot be related to itself';
  if (inbound.some(({ targetId }) => targetId === other.id))
    return `${otherName} is related to this app already; the other way round would make a circle`;
  const others = own.filter(({ targetId }) => targetId !== other.id);
  const { kind } = newRelation(other.id, wanted.how);
  const count = others.filter((relation) => relation.kind === kind).length;
  if (kind === 'supersedence' && count >= mostSuperseded - 1)
    return `It supersedes ${count} apps already. Intune lets ${mostSuperseded} apps hang together by supersedence`;
  if (kind === 'dependency' && count >= mostDependencies)
    return `It depends on ${count} apps already, and Intune allows ${mostDependencies}`;
  return null;
}

function newRelation(targetId: string, how: Exclude<RelationKind, 'none'>): NewRelation {
  return how === 'update' || how === 'replace'
    ? { kind: 'supersedence', targetId, how }
    : { kind: 'dependency', targetId, how };
}

function planOf(
  draftId: string,
  connectionId: string,
  { app, own }: ReadRelations,
  wanted: WantedRelation,
): RelationPlan {
  const before = own.find(({ targetId }) => targetId === wanted.otherId) ?? null;
  return { draftId, connectionId, app, wanted, before, kept: own.length - (before === null ? 0 : 1) };
}

const shortly = (relations: readonly AppRelation[]) =>
  relations.map(({ kind, how, targetId }) => `${kind} ${how} ${targetId}`).sort();
