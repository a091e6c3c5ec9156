import type { AuditFacts } from '../audit/audit.ts';
import { changedFacts } from '../audit/safe-facts.ts';
import type { StoredConnection } from '../connections/connection.ts';
import { openApps } from './app-access.ts';
import type { AppDraft } from './app-drafts.ts';
import { type AppMetadata, type Clash, type MetadataField, mergeMetadata, metadataLabels } from './app-metadata.ts';
import { type ChangeServices, finishDraft } from './change-services.ts';

export interface AppEdit {
  draftId: string;
  connectionId: string;
  appId: string;
  graphType: string;
  seen: AppMetadata;
}

export type Saved =
  | { kind: 'saved'; edit: AppEdit; appId: string; changed: MetadataField[]; othersChanged: MetadataField[] }
  /** Nothing was written; the edit goes on from what others wrote. */
  | { kind: 'clash'; edit: AppEdit; clashes: Clash[] }
  /** Pressed a second time. */
  | { kind: 'done'; connectionId: string; appId: string }
  | { kind: 'gone' };

/** Editing what people read about an app. Nobody's words are lost: neither those typed here nor those written elsewhere. */
export class AppEdits {
  readonly #services: ChangeServices;

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  /** Null when the app is not there any more. */
  async begin(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    signal: AbortSignal,
  ): Promise<AppEdit | null> {
    const { apps } = await openApps(this.#services.connections, connection.id);
    const app = await apps.get(appId, signal);
    if (app === null) return null;
    const { id: connectionId } = connection;
    const seen = { metadata: app.metadata, graphType: app.graphType };
    return editOf(await this.#services.drafts.begin({ workspaceId, connectionId, appId, kind: 'metadata', seen }));
  }

  async find(workspaceId: string, draftId: string): Promise<AppEdit | null> {
    const draft = await this.#services.drafts.find(workspaceId, 'metadata', draftId);
    return draft === null ? null : editOf(draft);
  }

  async save(workspaceId: string, draftId: string, typed: AppMetadata, signal: AbortSignal): Promise<Saved> {
    const { connections, drafts } = this.#services;
    const draft = await drafts.find(workspaceId, 'metadata', draftId);
    if (draft === null) return { kind: 'gone' };
    const { connectionId, appId } = draft;
    if (draft.doneAt !== null) return { kind: 'done', connectionId, appId };
    const { apps, changes } = await openApps(connections, connectionId);
    const app = await apps.get(appId, signal);
    if (app === null) return { kind: 'gone' };
    const merged = mergeMetadata(editOf(draft).seen, typed, app.metadata);
    if (merged.clashes.length > 0) {
      const edit = editOf(await drafts.see(draft, { metadata: app.metadata, graphType: app.graphType }));
      return { kind: 'clash', edit, clashes: merged.clashes };
    }
    const changed = Object.keys(merged.changes) as MetadataField[];
    if (changed.length > 0) await changes.update(appId, app.graphType, merged.changes, signal);
    const facts = changedFacts(factsOf(app.metadata), factsOf({ ...app.metadata, ...merged.changes }));
    await finishDraft(this.#services, draft, { appName: app.metadata.displayName, ...facts });
    return { kind: 'saved', edit: editOf(draft), appId, changed, othersChanged: merged.othersChanged };
  }
}

function editOf({ id, connectionId, appId, seen }: AppDraft): AppEdit {
  const { metadata, graphType } = seen as { metadata: AppMetadata; graphType: string };
  return { draftId: id, connectionId, appId, graphType, seen: metadata };
}

const factsOf = (metadata: AppMetadata): AuditFacts =>
  Object.fromEntries(
    (Object.keys(metadataLabels) as MetadataField[]).map((field) => [metadataLabels[field], metadata[field]]),
  );
