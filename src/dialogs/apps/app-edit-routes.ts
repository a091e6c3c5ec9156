import { z } from 'zod';
import { type MetadataField, metadataLabels, readMetadataForm } from '../../apps/app-metadata.ts';
import { type Route, verb } from '../route.ts';
import { editCard } from './app-edit-cards.ts';
import { appGone, appReply, connectionGone, oneApp, withConnection } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import { categoriesCard } from './category-card.ts';

const draftGone = { kind: 'text', text: 'This form is too old. Open the app and begin again.' } as const;
const draftOf = z.looseObject({ draft: z.uuid() });

export function appEditRoutes(services: AppServices): Route[] {
  const { edits, categories, connections } = services;
  return [
    verb({
      verb: 'app.edit',
      permission: 'manageApps',
      asks: true,
      data: oneApp,
      handle: (turn, data) =>
        withConnection(services, turn, data.connection, async (connection) => {
          const edit = await edits.begin((await turn.workspace()).id, connection, data.app, turn.signal);
          if (edit === null) return appGone(connection);
          return {
            kind: 'personalCard',
            card: editCard({ edit, connection, appId: data.app }),
            summary: `Edit ${edit.seen.displayName ?? 'the app'}`,
          };
        }),
    }),
    verb({
      verb: 'app.save',
      permission: 'manageApps',
      data: draftOf,
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const edit = await edits.find(workspaceId, data.draft);
        const connection = edit === null ? null : await connections.find(workspaceId, edit.connectionId);
        if (edit === null) return draftGone;
        if (connection === null) return connectionGone;
        const again = (more: Omit<Parameters<typeof editCard>[0], 'connection' | 'appId' | 'values'>) => ({
          kind: 'personalCard' as const,
          card: editCard({ connection, appId: edit.appId, values: data, ...more }),
          summary: 'Not saved yet',
        });
        const read = readMetadataForm(data);
        if (!read.ok) return again({ edit, faults: read.faults });
        const saved = await edits.save(workspaceId, data.draft, read.values, turn.signal);
        if (saved.kind === 'clash') return again({ edit: saved.edit, clashes: saved.clashes });
        if (saved.kind === 'gone') return appGone(connection);
        const words = saved.kind === 'done' ? undefined : savedWords(saved.changed, saved.othersChanged);
        return appReply(services, turn, connection, saved.appId, words);
      },
    }),
    verb({
      verb: 'app.categories',
      permission: 'manageApps',
      asks: true,
      data: oneApp,
      handle: (turn, data) =>
        withConnection(services, turn, data.connection, async (connection) => {
          const choice = await categories.begin((await turn.workspace()).id, connection, data.app, turn.signal);
          if (choice === null) return appGone(connection);
          return { kind: 'personalCard', card: categoriesCard({ choice, connection }), summary: 'Categories' };
        }),
    }),
    verb({
      verb: 'app.categories.save',
      permission: 'manageApps',
      data: draftOf.extend({ categories: z.string().max(8_000).default('') }),
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const wanted = data.categories.split(',').filter(Boolean);
        const saved = await categories.save(workspaceId, data.draft, wanted, turn.signal);
        if (saved.kind === 'gone') return draftGone;
        const connection = await connections.find(workspaceId, saved.connectionId);
        if (connection === null) return connectionGone;
        const words = [
          saved.added.length === 0 ? '' : `Added: ${saved.added.join(', ')}.`,
          saved.removed.length === 0 ? '' : `Taken away: ${saved.removed.join(', ')}.`,
        ].filter(Boolean);
        return appReply(services, turn, connection, saved.appId, words.join(' ') || 'The categories are as they were');
      },
    }),
  ];
}

function savedWords(changed: readonly MetadataField[], othersChanged: readonly MetadataField[]): string {
  const names = (list: readonly MetadataField[]) => list.map((field) => metadataLabels[field]).join(', ');
  const others =
    othersChanged.length === 0 ? '' : ` Meanwhile somebody else changed ${names(othersChanged)}; that stays.`;
  return changed.length === 0 ? `Nothing was changed.${others}` : `Saved: ${names(changed)}.${others}`;
}
