import type { StoredConnection } from '../connections/connection.ts';
import type { AppRelation, IntuneApp } from '../graph/intune-app.ts';
import { openApps } from './app-access.ts';
import { type ChangeServices, finishDraft } from './change-services.ts';

export interface RetirePlan {
  draftId: string;
  connectionId: string;
  app: IntuneApp;
  /** Other apps that supersede it or need it. */
  needed: AppRelation[];
}

export type Retired =
  | { kind: 'retired'; connectionId: string; name: string | null; assignments: number }
  /** More would go than was confirmed. */
  | { kind: 'changed'; plan: RetirePlan }
  | { kind: 'gone'; connectionId: string | null };

/** Taking an app away: first from everybody who receives it, then from Intune. */
export class AppRetirement {
  readonly #services: ChangeServices;

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  /** Null when the app is not there any more. */
  async plan(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    signal: AbortSignal,
  ): Promise<RetirePlan | null> {
    const read = await this.#read(connection.id, appId, signal);
    if (read === null) return null;
    const { id: connectionId } = connection;
    const { id } = await this.#services.drafts.begin({
      workspaceId,
      connectionId,
      appId,
      kind: 'retire',
      seen: { what: whatGoes(read) },
    });
    return { draftId: id, connectionId, ...read };
  }

  /** Pressed again after a half way failure, it goes on where it stopped. */
  async retire(workspaceId: string, draftId: string, signal: AbortSignal): Promise<Retired> {
    const { drafts, connections } = this.#services;
    const draft = await drafts.find(workspaceId, 'retire', draftId);
    if (draft === null) return { kind: 'gone', connectionId: null };
    const { connectionId, appId } = draft;
    const read = await this.#read(connectionId, appId, signal);
    if (read === null) return { kind: 'gone', connectionId };
    const confirmed = new Set((draft.seen as { what: string[] }).what);
    const goes = whatGoes(read);
    if (goes.some((each) => !confirmed.has(each))) {
      await drafts.see(draft, { what: goes });
      return { kind: 'changed', plan: { draftId, connectionId, ...read } };
    }
    const { app } = read;
    const { changes, assignments } = await openApps(connections, connectionId);
    if (app.assignments.length > 0) await assignments.assign(appId, [], signal);
    await changes.remove(appId, signal);
    await finishDraft(this.#services, draft, {
      appName: app.metadata.displayName,
      before: {
        type: app.graphType,
        version: app.version,
        identity: app.identifier,
        assignments: app.assignments.length,
      },
      after: { type: null, version: null, identity: null, assignments: 0 },
    });
    return { kind: 'retired', connectionId, name: app.metadata.displayName, assignments: app.assignments.length };
  }

  async #read(connectionId: string, appId: string, signal: AbortSignal) {
    const { apps } = await openApps(this.#services.connections, connectionId);
    const [app, relations] = await Promise.all([
      apps.get(appId, signal),
      // Without the answer nobody knows who needs the app, so it is not taken away.
      apps.relations(appId, signal).catch((error: unknown) => error),
    ]);
    if (app === null) return null;
    if (!Array.isArray(relations)) throw relations;
    return { app, needed: (relations as AppRelation[]).filter(({ isInbound }) => isInbound) };
  }
}

const whatGoes = ({ app, needed }: Pick<RetirePlan, 'app' | 'needed'>): string[] =>
  [
    ...app.assignments.map(({ id, intent }) => `${id} ${intent}`),
    ...needed.map(({ targetId }) => `for ${targetId}`),
  ].sort();
