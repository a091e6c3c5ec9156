import type { StoredConnection } from '../connections/connection.ts';
import type { IntuneApp } from '../graph/intune-app.ts';
import type { Category } from '../graph/intune-app-changes.ts';
import { openApps } from './app-access.ts';
import { type ChangeServices, finishDraft } from './change-services.ts';

export interface CategoryChoice {
  draftId: string;
  app: IntuneApp;
  all: Category[];
}

export type Categorized =
  | { kind: 'saved'; connectionId: string; appId: string; added: string[]; removed: string[] }
  | { kind: 'gone' };

/** Under which headings people find an app in Company Portal. */
export class AppCategories {
  readonly #services: ChangeServices;

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  async begin(
    workspaceId: string,
    connection: StoredConnection,
    appId: string,
    signal: AbortSignal,
  ): Promise<CategoryChoice | null> {
    const { apps, changes } = await openApps(this.#services.connections, connection.id);
    const [app, all] = await Promise.all([apps.get(appId, signal), changes.categories(signal)]);
    if (app === null) return null;
    const { id: connectionId } = connection;
    const seen = { categories: app.categories.map(({ id }) => id) };
    const draft = await this.#services.drafts.begin({ workspaceId, connectionId, appId, kind: 'categories', seen });
    return { draftId: draft.id, app, all };
  }

  /** Adds and takes away what the person changed; what others changed meanwhile stays. */
  async save(
    workspaceId: string,
    draftId: string,
    wanted: readonly string[],
    signal: AbortSignal,
  ): Promise<Categorized> {
    const { connections, drafts } = this.#services;
    const draft = await drafts.find(workspaceId, 'categories', draftId);
    if (draft === null) return { kind: 'gone' };
    const { connectionId, appId } = draft;
    const { apps, changes } = await openApps(connections, connectionId);
    const [app, all] = await Promise.all([apps.get(appId, signal), changes.categories(signal)]);
    if (app === null) return { kind: 'gone' };
    const seen = (draft.seen as { categories: string[] }).categories;
    const now = new Set(app.categories.map(({ id }) => id));
    const added = all.filter(({ id }) => wanted.includes(id) && !seen.includes(id) && !now.has(id));
    const removed = app.categories.filter(({ id }) => seen.includes(id) && !wanted.includes(id));
    for (const { id } of added) await changes.addCategory(appId, id, signal);
    for (const { id } of removed) await changes.removeCategory(appId, id, signal);
    const names = {
      added: added.map(({ name }) => name),
      removed: removed.map(({ displayName, id }) => displayName ?? id),
    };
    if (added.length + removed.length > 0)
      await finishDraft(this.#services, draft, {
        appName: app.metadata.displayName,
        before: { categories: app.categories.map(({ displayName, id }) => displayName ?? id) },
        after: { added: names.added, removed: names.removed },
      });
    return { kind: 'saved', connectionId, appId, ...names };
  }
}
